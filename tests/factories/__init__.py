"""Makes rows for tests through the same services that the product uses."""
