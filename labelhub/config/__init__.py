"""Settings, environment, URLs and server entry points."""
