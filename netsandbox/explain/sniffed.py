"""What `sniff` prints, in 简体中文: it is found by its English, in which `expect` looks for it."""

from __future__ import annotations

import re

KINDS = {"sent": "发出", "for us": "给本机", "for everyone": "给所有人", "for a group": "给组播组",
         "overheard": "偷听到"}
WIDTH = 8  # Cells of the longest
_KIND = "|".join(KINDS)
_LISTENS = re.compile(r"listening on (\S+) \((\S+)\), promiscuous(?:, only (.+))?")
_FRAME = re.compile(rf"(\+[\d ]+\.[\d ]+ s  )?({_KIND}) *  (\S+) → (\S+)(  .+)?")
_SUM = re.compile(rf"(\d+) frames?: (\d+ (?:{_KIND})(?:, \d+ (?:{_KIND}))*)")
_NOBODY = {"everyone": "所有人", "group": "组播组"}


def sniffed(line: str) -> str | None:
    """A line of `sniff`, or of a frame the part that tells whose it is, in Chinese; None for one of another program."""
    if found := _LISTENS.fullmatch(line):
        only = f"，只看 {found[3]}" if found[3] else ""
        return f"在 {found[1]}（{found[2]}）上监听，混杂模式{only}"
    if found := _FRAME.fullmatch(line):
        kind = KINDS[found[2]]
        ends = f"{found[3]} → {_NOBODY.get(found[4], found[4])}"
        return f"{found[1] or ''}{kind}{' ' * (WIDTH - 2 * len(kind))}  {ends}{found[5] or ''}"
    if found := _SUM.fullmatch(line):
        parts = (part.split(" ", 1) for part in found[2].split(", "))
        return f"{found[1]} 个帧：{'，'.join(f'{count} 个{KINDS[kind]}' for count, kind in parts)}"
    return None
