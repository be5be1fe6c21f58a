"""Changes of the imaging app's data: imports, instances and case versions."""
