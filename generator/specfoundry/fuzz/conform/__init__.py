"""How is a live server, or recorded traffic, judged by a document?"""
