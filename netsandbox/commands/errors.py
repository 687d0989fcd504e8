"""A command line that cannot be carried out."""

from __future__ import annotations


class CommandError(Exception):
    """Wrong words: one line that names what is wrong and what to do."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code  # the line's exit status; 2 for wrong usage
