"""What does each command of `specfoundry` take, do and print? One module per command."""
