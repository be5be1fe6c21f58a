"""Reads single values of a header, forgivingly, and no more of them than may leave the engine."""
