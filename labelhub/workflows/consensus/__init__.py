"""Rules that cross applications about deciding and settling cases."""
