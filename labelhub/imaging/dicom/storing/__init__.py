"""What is kept of an image: frames in a form that browsers decode, how they open, and their metadata."""
