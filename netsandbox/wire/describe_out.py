"""What the parts of a description share: the text so far, and where bytes run out."""

from __future__ import annotations

Conversations = dict[tuple[int, int, int, int], tuple[int, int]]
"""First sequence number of either end of a TCP connection, by addresses and ports, the lower port's end first.

tcpdump prints sequence numbers counted from these once it has seen a segment
with an acknowledgment. The caller keeps them, one dictionary a capture.
"""


class Cut(Exception):  # noqa: N818 - it carries a description out, and is no error of the caller's
    """The bytes end inside a header; the description ends with its name."""

    def __init__(self, protocol: str) -> None:
        super().__init__(protocol)
        self.protocol = protocol


class Out:
    """One description in the making."""

    __slots__ = ("asked", "conversations", "depth", "dumps", "is_cut", "link", "parts", "quiet", "resolver", "trusts",
                 "verbose")

    DEEPEST = 20  # Tunnels and quoted packets inside each other, beyond which the description ends

    def __init__(self, verbose: int, conversations: Conversations | None, link: bool = True,
                 quiet: bool = False, resolver: int = -1) -> None:
        self.parts: list[str] = []  # its text, in pieces
        self.verbose = verbose  # how many times -v was given to tcpdump
        self.conversations = conversations  # None prints absolute sequence numbers, as `tcpdump -S`
        self.link = link  # as with -e: what is behind a link header does not say its own name again
        self.quiet = quiet  # as with -q
        # whether what is not decoded is printed as bytes: not where all bytes follow anyhow, nor with -q
        self.dumps = not quiet
        self.is_cut = False  # whether the frame's bytes ended inside a header
        self.depth = 0  # how many headers of the same kind it is inside of
        self.trusts = False  # as with -K: sums are not looked at
        # an address at which whatever port is a name server's, as NAT has it; tcpdump knows of none
        self.resolver = resolver
        self.asked = verbose > 1  # whether what a name server was asked stands in its answer too, as with -vv

    def add(self, text: str) -> None:
        self.parts.append(text)

    def cut(self, protocol: str) -> None:
        """Add the mark of a header that is cut off, where what is around it can still be described."""
        self.parts.append(f" [|{protocol}]")


def number(data: bytes, at: int, size: int, protocol: str) -> int:
    """A field as a number (Cut: the bytes end before it does)."""
    if at + size > len(data):
        raise Cut(protocol)
    return int.from_bytes(data[at:at + size], "big")


def should_be(found: int, remainder: int) -> int:
    """The checksum that belongs where `found` is, when the sum over all comes out as `remainder`."""
    total = found + remainder
    total = (total & 0xFFFF) + (total >> 16)
    return (total & 0xFFFF) + (total >> 16)


def visible(octet: int) -> str:
    """A byte as text: `^J`, `M-^@`."""
    before, octet = ("M-", octet & 0x7F) if octet > 0x7F else ("", octet)
    return before + (chr(octet) if 0x20 <= octet < 0x7F else f"^{chr(octet ^ 0x40)}")


def characters(data: bytes) -> str:
    """Bytes as text."""
    return "".join(map(visible, data))
