"""What does a document promise to those who call what it describes?"""
