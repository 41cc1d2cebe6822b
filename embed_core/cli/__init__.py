"""The command line: what the library does, for a terminal."""
