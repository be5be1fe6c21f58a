"""The administrator's routes. To everybody else they look absent."""
