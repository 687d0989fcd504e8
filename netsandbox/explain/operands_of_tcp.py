"""What TCP's events looked at, as texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.explain.catalogue import CATALOGUE
from netsandbox.explain.voice import Voice, safe
from netsandbox.linux.tcp import events as tcp

Fields = tuple[str, dict[str, str]]  # A key of the catalogue, and its fields


def _ends(event: Any, voice: Voice) -> dict[str, str]:
    return {"ns": safe(event.namespace), "here": f"{voice.ip(event.local)}:{event.port}",
            "there": f"{voice.ip(event.peer)}:{event.peer_port}"}


def _fields(event: Any, voice: Voice) -> Fields:
    """The two ends, and the other values as they are; the case is `why` where that has words."""
    fields = _ends(event, voice)
    for name, value in event._asdict().items():
        if name == "error":
            fields[name] = safe(value)
        elif name == "timeout":
            fields[name] = f"{value / 1e9:.3g} s"
        elif name == "what":
            fields[name] = voice.say(f"segment.{value}")
        elif name not in ("namespace", "local", "port", "peer", "peer_port", "why"):
            fields[name] = str(value).replace("_", "-")
    kind = type(event).__name__
    why = getattr(event, "why", "")
    if why == "timeout" and fields.get("error", "ETIMEDOUT") != "ETIMEDOUT":
        why = "unreachable"
    case = f"{kind}.{why}"
    return case if case in CATALOGUE["en"] else kind, fields


TELLERS: dict[type, Callable[[Any, Voice], Fields]] = dict.fromkeys(
    (tcp.TcpStateChanged, tcp.TcpRetransmitted, tcp.TcpResetSent, tcp.TcpFailed, tcp.TcpWindowShut,
     tcp.TcpSegmentsSmaller, tcp.TcpCookieSent, tcp.TcpKeepaliveEnded, tcp.TcpChallenged), _fields)
