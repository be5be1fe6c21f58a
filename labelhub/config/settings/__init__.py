"""Settings modules: base, dev, test, prod."""
