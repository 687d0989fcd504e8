"""What a person does to a lab, as events."""

from __future__ import annotations

from typing import NamedTuple


class CommandRun(NamedTuple):
    """A line was executed; the steps that it scheduled have this step as their cause."""

    line: str


class NodeAdded(NamedTuple):
    kind: str
    name: str


class NodeRemoved(NamedTuple):
    kind: str
    name: str


class CableConnected(NamedTuple):
    left: str
    right: str


class CableDisconnected(NamedTuple):
    left: str
    right: str
