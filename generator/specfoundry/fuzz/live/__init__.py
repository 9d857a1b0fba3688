"""What is known of a live server while it is questioned, and is an answer one that the document allows?"""
