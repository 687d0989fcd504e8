"""What a base chain's braces say: `type filter hook input priority filter; policy drop;`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.core.hooks import Hook, Priority
from netsandbox.linux.netfilter.nft.tokens import NftError, token

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft.line import Line

NUMBERS = {"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100}
NOWHERE_ELSE = {"dstnat": (Hook.PREROUTING, Hook.OUTPUT), "srcnat": (Hook.INPUT, Hook.POSTROUTING)}
"""Names of priorities that are known at some hooks alone."""
KINDS = {"filter": tuple(Hook), "route": (Hook.OUTPUT,), "nat": (Hook.PREROUTING, Hook.INPUT, Hook.OUTPUT,
                                                                 Hook.POSTROUTING)}
BRACE = "Error: syntax error, unexpected '}'"
END = "syntax error, unexpected end of file"
REACH = 10  # How far from a name a priority is told by it (prio2str)
PRIORITY = re.compile(r"(-?\d+)|([a-z]+)(?:([+-])(\d+))?")
MOST_DIGITS = 20  # Of a number that nft takes, a sign with it; of a priority it keeps 32 bits


OF_GRAMMAR = ("Error: syntax error", "Error: unknown chain", "netsandbox")
"""Complaints that keep all others from being made."""


class HookRead(NamedTuple):
    """Of a chain; without a hook others lead to it."""

    hook: Hook | None
    kind: str
    priority: int
    drops: bool | None  # None: nothing was said of it


NO_HOOK = HookRead(None, "filter", 0, None)


def priority_text(priority: int, hook: Hook) -> str:
    """`filter`, `srcnat + 5`, or a number."""
    for name, number in NUMBERS.items():
        apart = priority - number
        if abs(apart) <= REACH and hook in NOWHERE_ELSE.get(name, (hook,)):
            return f"{name} {'+' if apart > 0 else '-'} {abs(apart)}" if apart else name
    return str(priority)


def read_hook(line: Line, at: int) -> HookRead:
    """The statements from a word on (NftError: they make no sense)."""
    found, wrong = NO_HOOK, list[str]()
    while line.words[at] != "}":
        end = next(place for place in range(at, len(line.words)) if line.words[place] in (";", "}"))
        if line.words[at] in ("type", "policy"):
            try:
                found = _type(line, at, end)._replace(drops=found.drops) if line.words[at] == "type" else (
                    found._replace(drops=_drops(line, at + 1)))
            except NftError as error:
                wrong.append(str(error))
        elif line.words[at] in ("comment", "device", "devices", "flags"):
            raise NftError(f"netsandbox: nft: a chain's {line.words[at]} is not modelled\n")
        elif at < end:
            raise _no_item(line, at)
        if line.words[end] == "}" and line.words[at] in ("type", "policy"):
            found_brace = next((text for text in wrong if text.startswith(BRACE)), None) or line.complaint(
                f"{BRACE[7:]}, expecting newline or semicolon", end)
            raise NftError(f"{found_brace}{line.source.complaint(END, len(line.source.rows), 0, '^')}")
        at = end + (line.words[end] == ";")
    if wrong:
        raise NftError("".join([text for text in wrong if text.startswith(OF_GRAMMAR)] or wrong))
    return found


def _no_item(line: Line, at: int) -> NftError:
    """A word that begins nothing is taken for a rule's, that compares it with the next one: there the rule ends."""
    kinds = [_kind(line, place) for place in range(at, at + 3)]
    if kinds[:2] == ["string", "string"] and kinds[2] not in ("string", "number", "semicolon", "'}'"):
        return line.complaint(f"syntax error, unexpected {kinds[2]}, expecting newline or semicolon", at + 2)
    return line.complaint(f"syntax error, unexpected {kinds[0]}", at)


def _drops(line: Line, at: int) -> bool:
    if line.words[at] not in ("accept", "drop"):
        raise line.complaint(f"syntax error, unexpected {_kind(line, at)}, expecting accept or drop or '$'", at)
    return line.words[at] == "drop"


def _type(line: Line, at: int, end: int) -> HookRead:
    words = line.words[at:end]
    kind = words[1] if len(words) > 1 else ""
    if kind not in KINDS:
        raise line.complaint("unknown chain type", at + 1)
    if words[2:3] != ["hook"] or len(words) < 4:
        raise line.complaint(f"syntax error, unexpected {_kind(line, at + 2)}, expecting hook", at + 2)
    if words[3] in ("ingress", "egress"):
        raise NftError(f"netsandbox: nft: hook {words[3]} is not modelled\n")
    hook = next((hook for hook in Hook if hook.value.lower() == words[3]), None)
    if hook is None:
        raise line.complaint("unknown chain hook", at + 3)
    if words[4:5] != ["priority"] or len(words) < 6:
        missing = at + 4 + (words[4:5] == ["priority"])
        expecting = ", expecting priority" * (missing == at + 4)
        raise line.complaint(f"syntax error, unexpected {_kind(line, missing)}{expecting}", missing)
    priority = _priority("".join(words[5:]), hook)
    if priority is None:
        raise line.complaint("invalid priority expression value in this context.", at + 4, until=end - 1)
    if hook not in KINDS[kind]:
        raise line.complaint(f'Chain of type "{kind}" is not supported, perhaps kernel support is missing?', at,
                             until=end - 1)
    if kind == "nat" and priority <= Priority.TRACKING:
        raise line.complaint('Chains of type "nat" must have a priority value above -200', at + 4, until=end - 1)
    return HookRead(hook, kind, priority, None)


def _priority(text: str, hook: Hook) -> int | None:
    """`10`, `filter` or `filter + 10`, where the name is one at that hook; None: it is none."""
    read = PRIORITY.fullmatch(text)
    if read is None or len(read[1] or read[4] or "") > MOST_DIGITS or not (
            read[1] or (read[2] in NUMBERS and hook in NOWHERE_ELSE.get(read[2], (hook,)))):
        return None
    number = int(read[1]) if read[1] else NUMBERS[read[2]] + int(f"{read[3] or '+'}{read[4] or 0}")
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def _kind(line: Line, at: int) -> str:
    word = line.words[at]
    return "semicolon" if word == ";" else "'}'" if word == "}" else token(word)[0]
