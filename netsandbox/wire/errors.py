"""What `parse` raises when bytes do not make the header they should."""

from __future__ import annotations


class ParseError(ValueError):
    """Bytes that are too short or contradict themselves."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason  # the kernel's drop reason name (include/net/dropreason-core.h)
