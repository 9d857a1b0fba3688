"""What was found and what was touched, for people and programs?"""
