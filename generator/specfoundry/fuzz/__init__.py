"""Where does a running server break the document that describes it?"""
