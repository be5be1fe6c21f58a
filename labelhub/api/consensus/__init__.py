"""Endpoints for adjudicators, and for settling anew."""
