"""Which toolchain turns one OpenAPI document into models, server, client and docs?"""
