"""Rules that cross applications about projects and their people."""
