"""A frame's own line, made shorter where its column is narrow: what the other columns say goes first.  No Textual."""

from __future__ import annotations

import re

from netsandbox.tui.i18n import language

_CARRIER = re.compile(
    r"^(?:(vlan \d+, )|[\d.]+ > [\d.]+: (?:VXLAN|OTV), flags \[I\] \(0x08\), ((?:vni|overlay 0, instance) \d+: )"
    r"(?:[0-9a-f:]+ > (?:[0-9a-f:]+|Broadcast), ethertype .*?, length \d+: )?)"
)
"""What a frame is in: a VLAN's tag, a VXLAN network's packet."""

_BRIEF: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r", length \d+$"), ""),
    # Who speaks to whom is a column; of a datagram's ends only the ports are news.
    (re.compile(r"^[\d.]+\.(\d+) > [\d.]+\.(\d+): (?=Flags|UDP|\d|\[)"), r"\1 > \2: "),
    (re.compile(r"^\d+(?:\.\d+){3} > \d+(?:\.\d+){3}: (?:ICMP )?"), ""),
    (re.compile(r"^(?:ICMP )?(echo \w+), id \d+(?=, seq)"), r"\1"),
    # What a reader needs of an ICMP error is its reason, which stands last.
    (re.compile(r"^((?:host |net )?\S+) unreachable - (.+)$"), r"\2: \1"),
)
_BRIEFEST: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(?:Request|Reply) (?=who-has|\d)"), ""),
    (re.compile(r"^who-has (\S+)(?: \(\S+\))? tell \1$"), r"\1 announced"),
    (re.compile(r"^(echo \w+), seq (\d+)$"), r"\1 \2"),
    (re.compile(r"^(who-has \S+).* tell .*"), r"\1"),
    (re.compile(r"^who-has (\S+)$"), r"\1?"),
)
_TINIEST: tuple[tuple[int, re.Pattern[str], str], ...] = (
    (14, re.compile(r"^echo (\w+) (\d+)$"), r"\1 \2"),
    (20, re.compile(r"^(?:host|net) (\S+) unreachable"), r"unreachable: \1"),
    (20, re.compile(r"^(?:主机|网络) (\S+) 不可达"), r"不可达：\1"),
)
"""What is to be seen first in a column of fewer cells, where the rest is cut."""
_CHINESE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Request who-has (\S+)(?: \(\S+\))? tell \1$"), r"\1 通告"),
    (re.compile(r"^(\S+) announced$"), r"\1 通告"),
    (re.compile(r"^Request who-has (\S+)(?: \(\S+\))? tell (\S+)$"), r"谁有 \1？告诉 \2"),
    (re.compile(r"^(?:Reply )?(\S+) is-at (\S+)$"), r"\1 在 \2"),
    (re.compile(r"^echo request,? (seq )?(?=\d)"), r"回显请求 \1"),
    (re.compile(r"^echo reply,? (seq )?(?=\d)"), r"回显应答 \1"),
    (re.compile(r"^host (\S+) unreachable"), r"主机 \1 不可达"),
    (re.compile(r"^net (\S+) unreachable"), r"网络 \1 不可达"),
    (re.compile(r"^(\S+ \w+) port (\d+) unreachable"), r"\1 端口 \2 不可达"),
    (re.compile(r"^time exceeded in-transit"), "TTL 用尽"),
)
"""What is in no words of tcpdump's any more, in those of a Chinese reader."""
BRIEF, WHOLE = 38, 64
"""Cells from which on a line is told without what other columns say, and as tcpdump tells it."""
_SEGMENT = re.compile(
    r"[\d.]+\.(?P<ports>\d+ > )[\d.]+\.(?P<port>\d+): Flags (?P<flags>\[[^]]*\])(?P<numbers>.*?)"
    r"(?:, options \[(?P<mss>mss \d+)?[^]]*\])?(?:, length (?P<size>\d+))?(?P<said>: .*)?"
)
NUMBERS, SEGMENT = 88, 150
"""Cells from which on a TCP segment is told with its numbers, and with its options."""


def shortened(line: str, width: int) -> str:
    """A frame's line for a column of `width` cells: whole in a wide one, in fewer words in others.

    The form goes by the column and not by the line, so that rows below each other are told alike.
    """
    segment = _SEGMENT.fullmatch(line) if width < SEGMENT else None
    if segment is not None:
        return _segment(segment, width)
    if width >= WHOLE:
        return line
    carrier = _CARRIER.match(line)
    if carrier is not None:
        return (carrier[1] or carrier[2]) + shortened(line[carrier.end() :], width)
    fewer = _BRIEF if width >= BRIEF else _BRIEF + _BRIEFEST
    for pattern, less in fewer + _CHINESE if language() == "zh" else fewer:
        line = pattern.sub(less, line)
    for least, pattern, less in _TINIEST:
        line = pattern.sub(less, line) if width < least else line
    return line


def _segment(found: re.Match[str], width: int) -> str:
    """A TCP segment: ten digits of a sequence number leave no room for how much it carries, and what."""
    ports, flags = found["ports"] + found["port"], found["flags"]
    told = f"{ports}: Flags {flags}" if width >= BRIEF else f"{flags} {ports}"  # what is news, where the rest is cut
    if width >= NUMBERS:
        told += found["numbers"]
    if found["mss"]:
        told += f", {found['mss']}"
    if found["said"] and width < NUMBERS:
        return f"{told}, {found['said'].removeprefix(': ')}"
    size = found["size"]
    return told + (f", length {size}" if size and (size != "0" or width >= NUMBERS) else "") + (found["said"] or "")
