"""Rules that cross applications about training, promoting and ranking."""
