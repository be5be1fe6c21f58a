"""Endpoints for readers."""
