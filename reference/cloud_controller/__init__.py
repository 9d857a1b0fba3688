"""Which program answers like a Cloud Controller?"""
