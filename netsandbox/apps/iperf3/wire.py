"""The control connection of iperf3 (iperf_api.h): a cookie, states of one byte, and JSON with its length before it."""

from __future__ import annotations

import json
from typing import Any

from netsandbox.apps.stream import Stream

PORT = 5201
COOKIE = 37  # Bytes of the cookie, its NUL included
TEST_START, TEST_RUNNING, TEST_END = 1, 2, 4
PARAM_EXCHANGE, CREATE_STREAMS, EXCHANGE_RESULTS, DISPLAY_RESULTS, DONE = 9, 10, 13, 14, 16
ACCESS_DENIED = 255
LARGEST = 1 << 16  # Bytes of JSON that anybody here reads


def tell(control: Stream, value: dict[str, Any]) -> None:
    """Two writes, and as many segments (JSON_write of iperf_api.c)."""
    text = json.dumps(value, separators=(",", ":")).encode()
    control.write(len(text).to_bytes(4, "big"))
    control.write(text)


def unpacked(data: bytes) -> tuple[dict[str, Any] | None, bytes]:
    """A JSON object and what follows it; None while it is not whole (ValueError: it is no object, or too long)."""
    length = int.from_bytes(data[:4], "big") if len(data) >= 4 else 0
    if length > LARGEST:
        raise ValueError("too long")
    if len(data) < 4 or len(data) < 4 + length:
        return None, data
    value = json.loads(data[4:4 + length])
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value, data[4 + length:]


def results(count: int, again: int, nanoseconds: int) -> dict[str, Any]:
    """What one side tells the other at the end."""
    return {"cpu_util_total": 0, "cpu_util_user": 0, "cpu_util_system": 0, "sender_has_retransmits": int(again >= 0),
            "streams": [{"id": 1, "bytes": count, "retransmits": again, "jitter": 0, "errors": 0, "packets": 0,
                         "start_time": 0, "end_time": nanoseconds / 1e9}]}


def counted(value: dict[str, Any]) -> tuple[int, int, int]:
    """(bytes, retransmissions, nanoseconds) that the other side tells of; what makes no sense is nothing."""
    streams = value.get("streams")
    first = streams[0] if isinstance(streams, list) and streams and isinstance(streams[0], dict) else {}
    size, again, end = (first.get(name) for name in ("bytes", "retransmits", "end_time"))
    return (size if isinstance(size, int) else 0, again if isinstance(again, int) else 0,
            int(end * 1e9) if isinstance(end, int | float) and 0 <= end < 1e6 else 0)
