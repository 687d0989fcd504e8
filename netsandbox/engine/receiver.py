"""What a frame can arrive at: one receiver, or many that know in common what a frame means to most of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Receiver(Protocol):
    """Whatever a frame can arrive at."""

    @property
    def place(self) -> Any:
        """What the records call it now: a value."""

    def receive(self, frame: Any, /) -> Any:
        """Process the frame to the end; the verdict goes into the trace."""


class Audience:
    """A sequence of the receivers of one frame, who know in common what it means to most of them."""

    __slots__ = ()

    @property
    def places(self) -> Sequence[Any]:
        """What the records call each of them now."""
        raise NotImplementedError

    def split(self, frame: Any, /) -> tuple[Any, list[tuple[int, Receiver]]] | None:
        """The verdict of all receivers but some, and those who have to process the frame, each with its place before
        it, ascending.

        None when all have to.
        """
        raise NotImplementedError
