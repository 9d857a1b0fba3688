"""What is generated from an API?"""
