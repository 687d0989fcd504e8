"""The one error that a pcap filter expression can raise."""

from __future__ import annotations


class FilterError(ValueError):
    """An expression that libpcap would refuse, in its words."""

    def __init__(self, message: str, near: str = "") -> None:
        super().__init__(message)
        self.message = message  # what tcpdump prints
        self.near = near[:60]  # the word at fault; empty at the end of the expression

    @classmethod
    def syntax(cls, near: str) -> FilterError:
        return cls("can't parse filter expression: syntax error", near)
