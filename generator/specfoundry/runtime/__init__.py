"""What does generated code need while it runs?

Beside pydantic, Starlette and httpx2 this package is all that generated code imports. It knows
OpenAPI and HTTP; it imports nothing else of the toolchain.
"""
