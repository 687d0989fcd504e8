"""When a queue that stands for too long loses a frame (RFC 8289; include/net/codel_impl.h)."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple, Protocol

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.queueing.discipline import Held
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.vlan import VlanTag

ONE = 1 << 16  # Of the root, which is kept in 16 bits behind the point (REC_INV_SQRT_BITS)
WORD = 1 << 32
CE = 3  # Congestion experienced, of the two bits of ECN


def clock(nanoseconds: int) -> int:
    """codel_time_t: in units of 1024 ns."""
    return nanoseconds >> 10


class Parameters(NamedTuple):
    """struct codel_params: how long a frame may wait, for how long that may last, and whether ECN's mark will do."""

    mtu: int  # bytes, of which so many never stand for too long
    # target, interval, ce_threshold: nanoseconds; ce_threshold: None: no such mark
    target: int = 5 * MILLISECOND
    interval: int = 100 * MILLISECOND
    ce_threshold: int | None = None
    is_ecn: bool = True


class Counts:
    """struct codel_stats."""

    def __init__(self) -> None:
        self.maxpacket = self.ecn_mark = self.ce_mark = 0


class Source(Protocol):
    """Where the frames come from."""

    @property
    def backlog(self) -> int:
        """Bytes that wait in all."""

    def next_of(self, codel: Codel) -> Held | None:
        """The next frame of the flow that this state belongs to."""

    def drop(self, frame: Frame, why: str) -> None:
        """Lose a frame."""

    def length_of(self, frame: Frame) -> int:
        """Its bytes."""


class Codel:
    """What is known of one flow (struct codel_vars); its times are in the clock's units."""

    def __init__(self) -> None:
        self.count = self.lastcount = self.first_above_time = self.drop_next = self.ldelay = 0
        self.is_dropping = False
        self._root = 0

    def dequeue(self, source: Source, said: Parameters, counts: Counts, now: int) -> Held | None:
        """codel_dequeue."""
        now = clock(now)
        held = source.next_of(self)
        if held is None:
            self.is_dropping = False
            return None
        is_too_long = self._is_too_long(held, source, said, counts, now)
        found: Held | None = held
        if self.is_dropping and not is_too_long:
            self.is_dropping = False
        elif self.is_dropping:
            found = self._drop_more(held, source, said, counts, now)
        elif is_too_long:
            found = self._begin(held, source, said, counts, now)
        return self._mark_late(found, said, counts)

    def _is_too_long(self, held: Held | None, source: Source, said: Parameters, counts: Counts, now: int) -> bool:
        """codel_should_drop."""
        if held is None:
            self.first_above_time = 0
            return False
        counts.maxpacket = max(counts.maxpacket, source.length_of(held[2]))
        self.ldelay = now - clock(held[0])
        if self.ldelay < clock(said.target) or source.backlog <= said.mtu:
            self.first_above_time = 0
            return False
        if not self.first_above_time:
            self.first_above_time = now + clock(said.interval)
            return False
        return now > self.first_above_time

    def _drop_more(self, held: Held | None, source: Source, said: Parameters, counts: Counts, now: int) -> Held | None:
        """While it is dropping: each comes sooner after the last one."""
        while self.is_dropping and now >= self.drop_next and held is not None:
            self.count += 1
            self._newton_step()
            if said.is_ecn and (marked := with_ce(held)) is not None:
                counts.ecn_mark += 1
                self.drop_next = self._next_time(self.drop_next, said)
                return marked
            source.drop(held[2], "codel")
            held = source.next_of(self)
            if self._is_too_long(held, source, said, counts, now):
                self.drop_next = self._next_time(self.drop_next, said)
            else:
                self.is_dropping = False
        return held

    def _begin(self, held: Held, source: Source, said: Parameters, counts: Counts, now: int) -> Held | None:
        """The first one, at the rate of the last time if that was not long ago."""
        found: Held | None = held
        if said.is_ecn and (marked := with_ce(held)) is not None:
            counts.ecn_mark += 1
            found = marked
        else:
            source.drop(held[2], "codel")
            found = source.next_of(self)
            self._is_too_long(found, source, said, counts, now)
        self.is_dropping = True
        since = self.count - self.lastcount
        if since > 1 and now - self.drop_next < 16 * clock(said.interval):
            self.count = since
            self._newton_step()
        else:
            self.count, self._root = 1, ONE - 1
        self.lastcount = self.count
        self.drop_next = self._next_time(now, said)
        return found

    def _mark_late(self, held: Held | None, said: Parameters, counts: Counts) -> Held | None:
        if held is None or said.ce_threshold is None or self.ldelay <= clock(said.ce_threshold):
            return held
        marked = with_ce(held)
        counts.ce_mark += marked is not None
        return marked or held

    def _newton_step(self) -> None:
        """codel_Newton_step: towards one by the square root of `count`."""
        root = self._root << 16
        value = (3 << 32) - self.count * (root * root >> 32)
        self._root = ((value >> 2) * root >> 31) % WORD >> 16

    def _next_time(self, since: int, said: Parameters) -> int:
        """codel_control_law."""
        return since + (clock(said.interval) * (self._root << 16) >> 32)


def with_ce(held: Held) -> Held | None:
    """INET_ECN_set_ce; None: the packet's sender does not know ECN."""
    since, serial, frame = held
    payload = _marked(frame.payload)
    if payload is None or payload is frame.payload:
        return None if payload is None else held
    made = copy(frame)
    made.payload, made._wire = payload, None
    return since, serial, made


def _marked(payload: object) -> IPv4Packet | VlanTag | None:
    """The same with the mark, which may be there already."""
    if isinstance(payload, VlanTag):
        inner = _marked(payload.payload)
        return VlanTag(payload.tci, payload.ethertype, inner) if inner is not None else None
    if not isinstance(payload, IPv4Packet) or not payload.tos & CE:
        return None
    if payload.tos & CE == CE:
        return payload
    twin = payload.with_ttl(payload.ttl)
    twin.tos |= CE
    return twin
