"""What does the Cloud Controller do for each operation of the contract? One module per tag."""
