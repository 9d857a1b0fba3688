"""How do Schemathesis' phases meet live resources?"""
