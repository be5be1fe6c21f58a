"""Endpoints about images and cases: pixels, imports, uploads."""
