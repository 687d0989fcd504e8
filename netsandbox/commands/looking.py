"""What only looks: the words with which verbs, tools, docker's client and filters change nothing in the lab."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.late import Late, places
from netsandbox.commands.tools.looks import CHANGING, LOOKING, said_of
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.commands.verb import Effect

OTHERS: Late[str, Callable[..., object]] = Late(places("netsandbox.commands", {
    "docker": "docker=program", "prompt.services": "systemctl journalctl"}))
"""What says it of itself, and is no tool."""
NO_PROGRAMS = frozenset({"du", "file", "fold", "help", "jobs", "type", "which"})
"""A shell's own, and what is not there, of which one would stand behind a pipe: they change nothing."""
CARRIERS = re.compile(
    r"(?:sudo (?:-\S+ )*|exec (?!-)\S+ |ip netns exec \S+ |ip -n(?:etns)? \S+ (?=ip )|nsenter (?:-[tn] ?\S+ )+"
    r"|docker (?:container |compose )?exec (?:-[itT]+ |-[eu] \S+ )*[^-\s]\S* )+")
"""Before the command of another node or person."""


def _said(table: dict[Callable[..., object], str], name: str) -> str | None:
    return said_of(table, TOOLS.get(name) or OTHERS.get(name))


def changes_behind_pipe(words: Sequence[str | None]) -> bool:
    """Whether a command behind a pipe may do anything but change what comes through."""
    if not words or words[0] == "fold":
        return not words
    changing = _said(CHANGING, words[0] or "")
    return changing is None or any(re.match(changing, word or "", re.DOTALL) for word in words[1:])


def only_looks(words: Sequence[str | None]) -> bool:
    """Whether a command changes nothing; None is a word that is known only when it is read."""
    text = " ".join("?" if word is None else word for word in words)
    carried = CARRIERS.match(text)
    text = text[carried.end():] if carried else text
    name, _blank, rest = text.partition(" ")
    if name in VERBS:
        return VERBS[name].effect is not Effect.ACT
    if _said(CHANGING, name) is not None:
        return not changes_behind_pipe(text.split(" "))
    looking = _said(LOOKING, name)
    return name in NO_PROGRAMS or (looking is not None and re.fullmatch(looking, rest, re.DOTALL) is not None)
