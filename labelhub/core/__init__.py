"""Audit, jobs, errors, states and dispatch. Knows no other app."""
