"""What did the contract generate?"""
