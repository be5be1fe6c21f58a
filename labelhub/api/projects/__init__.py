"""Endpoints about a project: what is asked in it, who takes part, how far it is."""
