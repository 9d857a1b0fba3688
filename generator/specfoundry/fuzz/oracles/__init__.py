"""Which semantic promises of a document are checked on a live server, and by whom?

An oracle asks the server questions whose right answer follows from its other answers: it needs no
model of the server, only what the document says (see `semantics`).
"""
