"""Which calls lead to a complaint, and do they when they are made again?"""
