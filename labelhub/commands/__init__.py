"""Management commands: the command line's way into the same services."""
