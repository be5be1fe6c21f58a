"""Rules that cross apps: straight-line functions, one file per verb."""
