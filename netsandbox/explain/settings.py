"""Which line set what a drop or a silence rests on: a sysctl, a route that has gone, the MTU of an interface."""

from __future__ import annotations

import re
from typing import Any

from netsandbox.engine.trace import Record, Trace, event_of
from netsandbox.explain.explanation import tell
from netsandbox.explain.voice import Voice
from netsandbox.linux.drop import DropReason
from netsandbox.linux.event_subject import drop_of, frame_of
from netsandbox.linux.events import ArpWithheld, LinkChanged, RouteChanged, RouteMissing, SettingChanged
from netsandbox.wire.ipv4 import IPv4Packet

LOOKED_AT = re.compile(r"([a-z][a-z0-9_]+) is (\d+)\b")
"""How what was looked at tells of a sysctl, in English: `ip_forward is 0`."""
CALLED = {"forwarding": "ip_forward"}
WITHHELD = {"IP_RPFILTER": "rp_filter"}
"""What sets the reasons that an ArpWithheld has, where it is not called as they are."""
KINDS = (SettingChanged, RouteChanged, LinkChanged)


def setting_of(trace: Trace, record: Record) -> int | None:
    """The record of the line that made a setting what it was as a record was made which rests on it."""
    event = record.event
    place = getattr(event, "interface", None)
    namespace = getattr(event, "namespace", None) or getattr(place, "namespace", None)
    gone = _without_route(event)
    wanted = _looked_at(event) if namespace is not None and gone is None else {}
    mtu = _too_small(event)
    if not wanted and gone is None and not mtu:
        return None
    later: set[str] = set()
    for seq, raw in trace.back_to(record.seq, KINDS, None):
        change = event_of(raw, seq)
        if isinstance(change, SettingChanged):
            is_it = (change.namespace == namespace and change.key not in later
                     and _is_set(change, wanted, getattr(place, "name", "")))
            if change.namespace == namespace:
                later.add(change.key)
        elif isinstance(change, RouteChanged):
            is_it = (gone is not None and not change.added and change.namespace == namespace
                     and gone in change.route.destination)
        else:
            is_it = change.what == "mtu" and (change.interface.namespace, change.detail) == (namespace, mtu)
        if is_it:
            return int(seq)
    return None


def _looked_at(event: Any) -> dict[str, str]:
    """The sysctls that were looked at, and what they said; of one that keeps a host silent only that it is set."""
    if isinstance(event, ArpWithheld):
        return {WITHHELD.get(event.why, event.why): ""}
    found = (LOOKED_AT.match(text) for text in tell(event, Voice("en")).looked_at)
    return {one[1]: one[2] for one in found if one is not None}


def _is_set(change: SettingChanged, wanted: dict[str, str], interface: str) -> bool:
    _net, _family, *kind, name = change.path
    is_its = len(kind) < 2 or not interface or kind[1] in ("all", interface)
    said = wanted.get(CALLED.get(name, name))
    return is_its and said is not None and (said == change.value if said else change.value != "0")


def _without_route(event: Any) -> int | None:
    """The destination that no route leads to."""
    if isinstance(event, RouteMissing):
        return event.destination if event.route is None else None
    verdict, frame = drop_of(event), frame_of(event)
    if verdict is None or verdict.reason is not DropReason.IP_INNOROUTES or any(verdict.operands[1:]):
        return None
    return frame.payload.dst if frame is not None and isinstance(frame.payload, IPv4Packet) else None


def _too_small(event: Any) -> str:
    """The MTU that a packet did not fit."""
    verdict = drop_of(event)
    if verdict is None or verdict.reason is not DropReason.PKT_TOO_BIG:
        return ""
    return str(verdict.operands[1]) if len(verdict.operands) > 1 else ""
