"""Where something happened: a network device as it was called then.

Records of a trace outlive what they tell of: a device is renamed, moved, given another MAC, plugged in elsewhere.  So
they hold no device but its Place, a value that is made anew when one of its fields changes.
"""

from __future__ import annotations

from typing import NamedTuple

LOOPBACK, BRIDGE, HUB = "loopback", "bridge", "hub"
CABLE, LOOPED_BACK = "cable", "looped back"
"""Kinds of places that are no devices: the inside of a long cable, and a sender's own copy of a broadcast."""


class Place(NamedTuple):
    """A device in its namespace."""

    namespace: str
    name: str
    kind: str
    ifindex: int  # 0 for what is no network device
    mac: int
    id: int  # The device's number in its lab: the same wherever it is moved and whatever it is called
    peer: int = 0  # The number of the device at the other end of its cable; 0 when there is none
    master: int = 0  # The number of the bridge that it is a port of; 0 when it is none

    @property
    def label(self) -> str:
        return f"{self.namespace}:{self.name}" if self.name else self.namespace

    @property
    def is_loopback(self) -> bool:
        return self.kind == LOOPBACK

    @property
    def is_device(self) -> bool:
        """Whether a tap could sit here."""
        return self.ifindex > 0

    def trace_key(self) -> str:
        return self.label if self.is_device else f"{self.kind} {self.label}"
