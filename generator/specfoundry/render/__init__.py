"""How does text come out of templates, and how does it reach the disk?"""
