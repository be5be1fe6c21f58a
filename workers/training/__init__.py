"""Train a multi-label classifier from consensus labels, as a child process that can be killed at any moment."""
