"""What tcpdump -w writes and -r reads: a file of whoever ran it, as long as the bytes of a pcap (pcap-savefile(5))."""

from __future__ import annotations

from struct import Struct

from netsandbox.apps.tap import Seen
from netsandbox.apps.tcpdump.lines import cooked_header
from netsandbox.engine.octets import to_text
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.wire.ethernet import HEADER

FILE, RECORD = Struct("<IHHiIII"), Struct("<IIII")
MAGIC, VERSION = 0xA1B2C3D4, (2, 4)
BEGINNING = to_text(MAGIC.to_bytes(4, "little"))
LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 = 1, 276


class CaptureText(str):
    """A file's text that knows the frames that it was made of: a copy of the file is a capture as well."""

    is_cooked: bool  # of the pseudo-device any
    frames: tuple[Seen, ...]  # what it has
    pid: int  # of the tcpdump that writes it and has more, which no block was full of yet; 0 once it has ended

    @classmethod
    def begun(cls, is_cooked: bool, pid: int) -> CaptureText:
        """Of a file that is opened."""
        return cls._made("", is_cooked, (), pid)

    @classmethod
    def whole(cls, is_cooked: bool, frames: list[Seen], snaplen: int) -> CaptureText:
        """Of a file that is closed (snaplen: bytes kept of each frame)."""
        return cls._made(to_text(_file(is_cooked, frames, snaplen)), is_cooked, tuple(frames), 0)

    @classmethod
    def _made(cls, text: str, is_cooked: bool, frames: tuple[Seen, ...], pid: int) -> CaptureText:
        made = cls(text)
        made.is_cooked, made.frames, made.pid = is_cooked, frames, pid
        return made


def _file(is_cooked: bool, frames: list[Seen], snaplen: int) -> bytes:
    parts = [FILE.pack(MAGIC, *VERSION, 0, 0, snaplen, LINKTYPE_LINUX_SLL2 if is_cooked else LINKTYPE_ETHERNET)]
    for seen in frames:
        data = seen.frame.wire()
        data = cooked_header(seen) + data[HEADER:] if is_cooked else data
        seconds, rest = divmod(EPOCH + seen.at, SECOND)
        parts += [RECORD.pack(seconds, rest // MICROSECOND, min(len(data), snaplen), len(data)), data[:snaplen]]
    return b"".join(parts)
