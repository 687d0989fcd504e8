"""One machine's kernel: what its network namespaces share, as protocols and modules are not a namespace's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RELEASE = "6.12.118+deb13-amd64"  # The kernel that the sandbox is like: most of its behaviour was held against this one


class Kernel:
    """What the namespaces of one machine have in common."""

    __slots__ = ("handles", "modules", "transports")

    def __init__(self, transports: dict[int, Callable[..., Any]]) -> None:
        self.transports = transports  # handlers by IP protocol number (inet_protos)
        self.handles = 0  # how many queueing disciplines without a number of their own there have been
        self.modules: tuple[str, ...] = ()  # those that were loaded, of which it matters when

    def next_handle(self) -> int:
        """qdisc_alloc_handle: none is given twice."""
        self.handles += 1
        return 0x8000 + self.handles

    def add_protocol(self, number: int, handler: Callable[..., Any]) -> None:
        """inet_add_protocol: the module of the first such device is loaded, and stays."""
        if number not in self.transports:
            self.transports = {**self.transports, number: handler}
