"""What are the rules of the Cloud Controller, without any I/O?"""
