"""The options of a segment, in the layout and order in which Linux writes them (net/ipv4/tcp_output.c)."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.wire.options import FEW, whole_options
from netsandbox.wire.sequence import distance

END, NOP, MSS, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMP = 0, 1, 2, 3, 4, 5, 8
MAX_SCALE = 14  # RFC 7323, 2.3: a larger shift is taken to be this one
TIMESTAMP_SIZE = 12  # Bytes that timestamps take, with the two NOPs before them
SACK_BASE, SACK_BLOCK = 4, 8
PAWS_WRAP = 2147 * SECOND  # So long after the last timestamp no other is too old

_STAMPS = Struct("!II")
_ALIGNED = Struct("!III")
_ALIGNED_HEAD = 0x0101080A


class Options(NamedTuple):
    """What a segment's options say."""

    mss: int = 0  # bytes, 0 when not given
    scale: int | None = None  # None when not given
    sack_permitted: bool = False
    stamp: tuple[int, int] | None = None  # (TSval, TSecr), or None
    sacks: tuple[tuple[int, int], ...] = ()  # [start, end) pairs


NONE = Options()


@lru_cache(FEW)
def read(data: bytes, is_syn: bool) -> Options:
    """tcp_parse_options: nonsense ends the reading; what only a SYN may carry is not looked at elsewhere."""
    if not data:
        return NONE
    if len(data) == TIMESTAMP_SIZE and data.startswith(b"\x01\x01\x08\x0a"):
        return Options(stamp=_STAMPS.unpack_from(data, 4))
    found: dict[str, object] = {}
    for kind, value in whole_options(data):
        if kind == TIMESTAMP and len(value) == 8:
            found["stamp"] = _STAMPS.unpack(value)
        elif kind == SACK and value and len(value) % SACK_BLOCK == 0:
            found["sacks"] = tuple(_STAMPS.iter_unpack(value))
        elif is_syn:
            found.update(_of_syn(kind, value))
    return Options(**found)  # type: ignore[arg-type]


def is_too_old(stamp: int, recent: int, passed: int = 0, slack: int = 0) -> bool:
    """PAWS (RFC 7323, 5; tcp_paws_check): a timestamp older than the last one marks an old duplicate.

    Args:
        recent: the last one; 0 is what peers send that have none yet.  passed: since then, in virtual nanoseconds.
        slack: how much older it may be.
    """
    return recent != 0 and passed < PAWS_WRAP and distance(recent, stamp) > slack


def _of_syn(kind: int, value: bytes) -> dict[str, object]:
    if kind == MSS and len(value) == 2 and any(value):
        return {"mss": int.from_bytes(value, "big")}
    if kind == WINDOW_SCALE and len(value) == 1:
        return {"scale": min(value[0], MAX_SCALE)}
    if kind == SACK_PERMITTED and not value:
        return {"sack_permitted": True}
    return {}


def of_syn(mss: int, stamp: tuple[int, int] | None, sack: bool, scale: int | None) -> bytes:
    """The options of a SYN or SYN,ACK (tcp_options_write): MSS, SACK permitted and timestamps, window scale."""
    out = bytes((MSS, 4)) + mss.to_bytes(2, "big")
    if stamp is not None:
        out += bytes((SACK_PERMITTED, 2)) if sack else bytes((NOP, NOP))
        out += bytes((TIMESTAMP, 10)) + _STAMPS.pack(*stamp)
    elif sack:
        out += bytes((NOP, NOP, SACK_PERMITTED, 2))
    if scale is not None:
        out += bytes((NOP, WINDOW_SCALE, 3, scale))
    return out


@lru_cache(FEW)
def _stamped(stamp: tuple[int, int]) -> bytes:
    """Timestamps as every later segment has them; those of one millisecond are alike."""
    return _ALIGNED.pack(_ALIGNED_HEAD, *stamp)


def of_data(stamp: tuple[int, int] | None, sacks: tuple[tuple[int, int], ...]) -> bytes:
    """The options of every later segment: timestamps, then what has come out of order (or twice, RFC 2883)."""
    out = _stamped(stamp) if stamp is not None else b""
    if sacks:
        out += bytes((NOP, NOP, SACK, 2 + SACK_BLOCK * len(sacks)))
        out += b"".join(_STAMPS.pack(*block) for block in sacks)
    return out


def most_sacks(has_stamp: bool) -> int:
    """How many blocks fit into 40 bytes of options."""
    return (40 - TIMESTAMP_SIZE * has_stamp - SACK_BASE) // SACK_BLOCK
