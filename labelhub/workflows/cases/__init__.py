"""Rules that cross applications about the list of a project's cases."""
