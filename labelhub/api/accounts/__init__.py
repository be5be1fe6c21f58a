"""Endpoints about the person who is signed in."""
