"""`netstat -s` of net-tools: counters in its words (statistics.c)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.mib.counters import groups

USUAL, DEEP = 4, 8  # Spaces before a line, and before one of a histogram
HISTOGRAMS = {"<": "ICMP input histogram:", ">": "ICMP output histogram:"}
FLAGS = {"Ip": "w", "Icmp": "w", "Tcp": "t", "Udp": "u", "TcpExt": "t"}
"""The option by which a group is shown; what it does not know is shown always."""


class Entry(NamedTuple):
    """How a counter is told."""

    name: str
    kind: str  # empty for always; `?` unless it is 0, `!` never, `<` and `>` in a histogram
    text: str  # with {} for the number


class _State:
    """How far to the right the next line begins depends on what stood before."""

    def __init__(self) -> None:
        self.kind = ""

    @property
    def indent(self) -> str:
        return " " * (DEEP if self.kind in HISTOGRAMS else USUAL)


def statistics(namespace: NetworkNamespace, wanted: str) -> str:
    """All groups, those that have an option only if it is among the wanted."""
    text, state = "", _State()
    for group, counters in groups(namespace).items():
        if not counters:
            continue
        flag = FLAGS.get(group)
        if flag is not None:
            state.kind = ""
        if flag is None or flag in wanted:
            text += f"{group}:\n" + "".join(_line(state, group, name, value) for name, value in counters.items())
    return text


def _line(state: _State, group: str, name: str, value: int) -> str:
    entry = _found(group, name)
    if entry is None:
        return f"{state.indent}{name}: {value % (1 << 64)}\n" if value else ""
    if entry.kind == "!" or not entry.text:
        return ""
    title = ""
    if entry.kind in HISTOGRAMS and state.kind != entry.kind:
        title = f"{state.indent}{HISTOGRAMS[entry.kind]}\n"
    state.kind = entry.kind
    return title + (f"{state.indent}{entry.text.format(value)}\n" if value or not entry.kind else "")


@cache
def _found(group: str, name: str) -> Entry | None:
    """bsearch(3), which misses what does not stand in order: netstat then tells it by its bare name."""
    entries, low, high = entries_of(group), 0, len(entries_of(group))
    while low < high:
        middle = (low + high) // 2
        if entries[middle].name == name:
            return entries[middle]
        if name < entries[middle].name:
            high = middle
        else:
            low = middle + 1
    return None


def entries_of(group: str) -> list[Entry]:
    """In netstat's own order."""
    return _tables().get(group, [])


@cache
def _tables() -> dict[str, list[Entry]]:
    text = Path(__file__).with_name("netstat_words.txt").read_text(encoding="utf-8")
    groups = [block.splitlines() for block in text.split("\n# ")[1:]]
    return {group: [_entry(line) for line in lines] for group, *lines in groups}


def _entry(line: str) -> Entry:
    name, kind, text = [*line.split(" ", 2), ""][:3]
    return Entry(name, "" if kind == "." else kind, text)
