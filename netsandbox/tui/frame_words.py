"""A frame's own line, made shorter where its column is narrow: what the other columns say goes first.  No Textual."""

from __future__ import annotations

import re

from netsandbox.tui.text import cell_len

_SHORTER: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r", length \d+$"), ""),
    # Who speaks to whom is a column; of a datagram's ends only the ports are news.
    (re.compile(r"^[\d.]+\.(\d+) > [\d.]+\.(\d+): (?=Flags|UDP|\d|\[)"), r"\1 > \2: "),
    (re.compile(r"^\d+(?:\.\d+){3} > \d+(?:\.\d+){3}: (?:ICMP )?"), ""),
    (re.compile(r"^(?:Request|Reply) (?=who-has|\d)"), ""),
    (re.compile(r", id \d+(?=, seq)"), ""),
    (re.compile(r"^(echo \w+), seq (\d+)$"), r"\1 \2"),
    (re.compile(r"^(who-has \S+).* tell .*"), r"\1"),
    (re.compile(r"^who-has (\S+)$"), r"\1?"),
)


def shortened(line: str, width: int) -> str:
    """A frame's line, told in fewer words until it fits into `width` cells; perhaps still wider than that."""
    for pattern, less in _SHORTER:
        if cell_len(line) <= width:
            break
        line = pattern.sub(less, line)
    return line
