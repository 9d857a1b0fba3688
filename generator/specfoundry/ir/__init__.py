"""What does a document say, in Python terms?

The intermediate representation: frozen data, fully resolved before any template opens. Only
`ir.build` (and the modules that it calls) sees raw document nodes and these classes together.
"""
