"""Rules that cross applications about reading a case."""
