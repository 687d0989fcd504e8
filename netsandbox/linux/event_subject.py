"""What an event is about, of whatever kind it is: a frame, a packet, a drop."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.drop import Dropped
from netsandbox.wire.ethernet import Frame


def frame_of(event: Any) -> Frame | None:
    frame: Frame | None = getattr(event, "frame", None)
    return frame


def packet_of(event: Any) -> object:
    """The packet that it tells of, or what the frame carries."""
    frame = frame_of(event)
    return frame.payload if frame is not None else getattr(event, "packet", None)


def drop_of(event: Any) -> Dropped | None:
    """The verdict that something goes no further."""
    verdict = getattr(event, "verdict", None)
    return verdict if isinstance(verdict, Dropped) else None
