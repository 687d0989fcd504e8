"""What is said of a tool's line once the tool has ended: options that change nothing, and other notes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NOTES: ContextVar[list[str] | None] = ContextVar("notes", default=None)


def note(option: str) -> None:
    """Say of an option, once the tool has ended, that it changes nothing."""
    say(f"note: {option} changes nothing in the sandbox\n")


def say(sentence: str) -> None:
    """Say something once the tool has ended, and say it once."""
    said = _NOTES.get()
    if said is not None and sentence not in said:
        said.append(sentence)


@contextmanager
def notes() -> Iterator[list[str]]:
    """What is noted while a tool runs."""
    said: list[str] = []
    token = _NOTES.set(said)
    try:
        yield said
    finally:
        _NOTES.reset(token)
