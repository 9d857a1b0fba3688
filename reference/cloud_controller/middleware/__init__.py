"""What does every answer carry, whoever made it?"""
