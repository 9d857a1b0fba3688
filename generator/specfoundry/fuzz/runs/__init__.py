"""How does a run go, from what was asked for to its findings?"""
