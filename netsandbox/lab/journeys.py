"""Journeys: which rows of the frame log tell of one frame's way, through bridges, hubs and routers, from its sender on.

An arrival belongs to the journey of the frame that was sent in the step which caused it; what a bridge, a hub or a
router sends on in the step of an arrival goes on with that journey; an answer begins one of its own.
"""

from __future__ import annotations

from netsandbox.engine.trace import Record
from netsandbox.linux.drop import Outcome
from netsandbox.linux.events import FrameBridged, FrameReceived, FrameSent, SendFailed
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.vlan import VlanTag

KEPT = 20_000  # Steps whose frames are remembered; what arrives later than so many steps begins a journey of its own
PASSED_ON = (Outcome.BRIDGED, Outcome.REPEATED, Outcome.FORWARDED)


class Journeys:
    """Shown all records in order, it tells of each the first record of the journey; see `of`."""

    def __init__(self) -> None:
        self._sent: dict[int, list[tuple[Frame, int]]] = {}
        """By step: the frames that were sent in it, each with its journey."""
        self._step = -1
        self._came: tuple[Frame, int] | None = None
        """What arrived in the present step and is passed on, with its journey."""

    def forget(self, step: int) -> None:
        """The lab went back to before a step."""
        for later in [number for number in self._sent if number >= step]:
            del self._sent[later]
        self._step, self._came = -1, None

    def of(self, record: Record) -> int:
        """The number of the first record of the journey that a record of a frame belongs to; its own where none is."""
        event = record.event
        if record.step != self._step:
            self._step, self._came = record.step, None
        if isinstance(event, FrameReceived):
            return self._arrived(record, event)
        if isinstance(event, FrameSent | FrameBridged | SendFailed):
            journey = self._goes_on(event.frame)
            if journey is None:
                journey = record.seq
            self._remember(record.step, event.frame, journey)
            return journey
        return record.seq

    def _arrived(self, record: Record, event: FrameReceived) -> int:
        sent = self._sent.get(record.cause, ()) if record.cause is not None else ()
        journey = next((number for frame, number in sent
                        if frame is event.frame or _untagged(frame) is _untagged(event.frame)), record.seq)
        if event.verdict in PASSED_ON:
            self._came = event.frame, journey
        return journey

    def _goes_on(self, frame: Frame) -> int | None:
        """The journey of what is sent in the present step, if it is sent on."""
        for sent, journey in self._sent.get(self._step, ()):
            if sent is frame:
                return journey
        if self._came is None:
            return None
        came, journey = self._came
        return journey if came is frame or _is_same_packet(_untagged(came), _untagged(frame)) else None

    def _remember(self, step: int, frame: Frame, journey: int) -> None:
        self._sent.setdefault(step, []).append((frame, journey))
        if len(self._sent) > KEPT:
            for old in list(self._sent)[: KEPT // 2]:
                del self._sent[old]


def _untagged(frame: Frame) -> object:
    """What it carries behind its VLAN tags, which a bridge puts on and takes off."""
    payload: object = frame.payload
    while isinstance(payload, VlanTag):
        payload = payload.payload
    return payload


def _is_same_packet(one: object, other: object) -> bool:
    """Whether a bridge or a router sent on what came: a router with a TTL less, perhaps with other addresses."""
    if one is other:
        return True
    if not isinstance(one, IPv4Packet) or not isinstance(other, IPv4Packet):
        return False
    return (one.ident, one.protocol) == (other.ident, other.protocol) and one.ttl > other.ttl
