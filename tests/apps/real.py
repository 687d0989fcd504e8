"""The real tcpdump, where it is installed: what it prints of frames, and which of them a filter lets through."""

from __future__ import annotations

import functools
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.wire.ethernet import Frame

ETHERNET, COOKED = 1, 276
"""LINKTYPE_ETHERNET and LINKTYPE_LINUX_SLL2."""
_FILE = struct.Struct("<IHHiIII")
_PACKET = struct.Struct("<IIII")


@functools.cache
def version() -> tuple[int, ...]:
    """Of the tcpdump that is installed, or nothing."""
    if shutil.which("tcpdump") is None:
        return ()
    done = subprocess.run(["tcpdump", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"tcpdump version (\d+)\.(\d+)\.(\d+)", done.stdout + done.stderr)
    return tuple(int(part) for part in found.groups()) if found else ()


needs_tcpdump = pytest.mark.skipif(version()[:2] != (4, 99), reason="tcpdump 4.99 is not installed")


def write_pcap(path: Path, frames: list[tuple[int, bytes]], link: int = ETHERNET) -> None:
    """A capture file of (virtual nanoseconds, frame)."""
    with path.open("wb") as file:
        file.write(_FILE.pack(0xA1B23C4D, 2, 4, 0, 0, 262144, link))
        for at, data in frames:
            seconds, nanos = divmod(EPOCH + at, SECOND)
            file.write(_PACKET.pack(seconds, nanos, len(data), len(data)) + data)


def run(path: Path, *arguments: str) -> tuple[int, str, str]:
    """(exit status, output, errors) of tcpdump reading a file, in UTC."""
    done = subprocess.run(["tcpdump", "-r", str(path), *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
    errors = "".join(line + "\n" for line in done.stderr.splitlines() if not line.startswith("reading from file"))
    return done.returncode, done.stdout, errors


def read_pcap(path: Path) -> list[Frame]:
    """The Ethernet frames of a capture file."""
    data, at, frames = path.read_bytes(), _FILE.size, []
    while at < len(data):
        _seconds, _fraction, kept, _length = _PACKET.unpack_from(data, at)
        at += _PACKET.size
        frames.append(Frame.parse(data[at:at + kept]))
        at += kept
    return frames
