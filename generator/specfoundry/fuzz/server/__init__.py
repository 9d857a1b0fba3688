"""How is a server reached, and what came back?"""
