"""Endpoints about trainings, models and rankings."""
