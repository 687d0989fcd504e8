"""The one error that a pcap filter expression can raise."""

from __future__ import annotations


class FilterError(ValueError):
    """An expression that libpcap would refuse, in its words.

    Attributes:
        message: what tcpdump prints.
        near: the word at fault; empty at the end of the expression.
    """

    def __init__(self, message: str, near: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.near = near[:60]

    @classmethod
    def syntax(cls, near: str) -> FilterError:
        return cls("can't parse filter expression: syntax error", near)
