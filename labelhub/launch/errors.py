"""What can go wrong before anything runs: each error says what to do about it."""

from __future__ import annotations


class LaunchError(Exception):
    """A start that was refused, with a stable code and one sentence for the person at the terminal."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
