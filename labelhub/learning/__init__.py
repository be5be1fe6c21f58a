"""Records of training, scoring and ranking. Never imports torch."""
