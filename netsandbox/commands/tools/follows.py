"""A tool that goes on until it is interrupted, and prints what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Follower(Protocol):
    """What goes on."""

    def open(self, show: Callable[[str], object], complain: Callable[[str], object]) -> None:
        """Begin; `show` gets each message, without its last newline, `complain` what there is to say about them."""

    def close(self) -> None:
        """End."""


class FollowsError(Exception):
    """The tool's words are right, and it goes on from now (interrupted: its status after Ctrl-C)."""

    def __init__(self, follower: Follower, interrupted: int = 130) -> None:
        super().__init__()
        self.follower, self.interrupted = follower, interrupted
