"""What does a refused request get to read? One module per kind of message."""
