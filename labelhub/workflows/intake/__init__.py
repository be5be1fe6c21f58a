"""Rules that cross applications about what comes in: images, labels, reads made elsewhere."""
