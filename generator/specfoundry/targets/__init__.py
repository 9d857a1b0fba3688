"""What can be made of an API?"""
