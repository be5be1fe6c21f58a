"""Rounds, the worklist, assignments, drafts and reads."""
