"""A rule as nft reads it: statement after statement, and what is wrong with words that are none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.linux.netfilter.nft.reader import Reader, Step
from netsandbox.linux.netfilter.nft.tokens import MARKS, OPERATORS, VALUES, NftError, token
from netsandbox.linux.netfilter.nft.words import READERS
from netsandbox.linux.netfilter.rule import COUNTED

if TYPE_CHECKING:

    from netsandbox.linux.netfilter.nft.line import Line

OTHER_WORDS = frozenset({
    "queue", "set", "update", "quota", "numgen", "jhash", "symhash", "socket", "tproxy", "dup", "fwd", "vlan", "arp",
    "sctp", "dccp", "udplite", "esp", "ah", "comp", "rt", "exthdr", "ipsec", "osf", "synproxy", "flow", "xt",
    "meter", "ct6", "igmp", "gre", "@nh", "@th", "@ll", "reset", "add", "delete", "destroy",
    "last"})
"""Expressions and statements that nft has and this stack has not."""
TERMINAL = frozenset({"accept", "drop", "return", "jump", "goto", "reject", "dnat", "snat", "masquerade", "redirect"})


ONE_WORD = frozenset({"log", "counter", "reject", "masquerade", "redirect", "dnat", "snat"})
"""Statements of which the first word alone is marked."""
AT_ONCE = ("Error: syntax error", "Error: invalid log level", "netsandbox")
"""What the grammar complains of, whatever the statements before mean."""


def _symbol(reader: Reader, at: int, word: str) -> NftError:
    """A word that is no field's is what is compared, and a value follows: what is wrong with that.

    Returns:
        The complaint about a comparison that is well formed: the word has no type.

    Raises:
        NftError: it is not.
    """
    line = reader.line
    inside = re.search(r"[(){}:=!&|^]", word)
    if inside is not None and inside.start():
        raise line.complaint(f"syntax error, unexpected {MARKS[inside[0]]}", at, offset=inside.start())
    if reader.words[:1] and reader.words[0] in OPERATORS:
        reader.take()
    if not reader.words:
        raise line.complaint("syntax error, unexpected newline", len(line.words))
    place, value = reader.place, reader.take()
    if value in OTHER_WORDS:
        raise reader.not_modelled(value)
    kind = MARKS.get(value[:1], token(value)[0]) if value[:1] in (":", ",") else token(value)[0]
    if kind not in VALUES:
        raise line.complaint(f"syntax error, unexpected {kind}", place)
    return line.complaint("No symbol type information", at)


def _in_order(reader: Reader, word: str, handler: Callable[[Reader], None]) -> None:
    """What stands behind a statement is done after it; iptables asks all conditions first."""
    has_acted = bool(reader.first) or COUNTED in reader.said
    said, out, first, sets = len(reader.said), len(reader.out), len(reader.first), len(reader.sets)
    handler(reader)
    step = Step(word, " ".join(reader.said[min(said, len(reader.said) - 1):]), reader.out[out:], reader.first[first:],
                reader.sets[sets:])
    reader.steps.append(step)
    reader.is_mixed |= has_acted and word != "comment" and (
        bool(step.sets) or not {*step.out[:1]} <= {"-j", "-g", "-c"})


def _without_effect(reader: Reader, at: int, verdict: int) -> NftError:
    """The complaint about what stands behind a verdict, from a word on to the last that was read."""
    word = reader.line.words[at]
    last = at if word in ONE_WORD else at + 1 if word == "limit" else reader.place - 1
    led = reader.line.words[verdict] in ("jump", "goto")
    return reader.line.complaint("Statement after terminal statement has no effect", at, verdict, last, led=led)


def read_rule(words: list[str], line: Line, is_inet: bool) -> Reader:
    """The iptables words of a rule, and the rule as nft lists it (NftError: it makes no sense, or iptables cannot say
    it)."""
    reader, verdict, has_comment = Reader(words, line, is_inet), -1, False
    wrong: NftError | None = None
    while reader.words:
        at, word = reader.place, reader.take()
        if has_comment:
            raise line.complaint(f"syntax error, unexpected {token(word)[0]}, expecting end of file or newline or "
                                 "semicolon", at)
        has_comment = word == "comment"
        handler = _reader_of(reader, word, at)
        if handler is None:
            found = _symbol(reader, at, word)
            wrong = wrong or found
            continue
        try:
            _in_order(reader, word, handler)
        except NftError as error:
            if str(error).startswith(AT_ONCE):
                raise
            wrong = wrong or (_without_effect(reader, at, verdict) if verdict >= 0 else error)
        if verdict >= 0 and word != "comment":
            wrong = wrong or _without_effect(reader, at, verdict)
        if word in TERMINAL:
            verdict = at
    if wrong is not None:
        raise wrong
    return reader


def _reader_of(reader: Reader, word: str, at: int) -> Callable[[Reader], None] | None:
    """What reads the statement that a word begins; None where it can only be a symbol (NftError: no statement begins
    so, or none that is modelled)."""
    if word.partition(",")[0] in OTHER_WORDS:
        raise reader.not_modelled(word)
    found = READERS.get(word)
    if found is None and token(word)[0] in ("string", "number"):
        return None
    if found is None or (word == "comment" and not reader.said):
        end = ", expecting end of file or newline or semicolon" * (found is None and bool(reader.said))
        raise reader.line.complaint(f"syntax error, unexpected {token(word)[0]}{end}", at)
    return found


def judge_rule(words: list[str], line: Line, is_inet: bool) -> None:
    """What a rule says is judged before where it is to go; what is not modelled, behind that (NftError: it makes no
    sense)."""
    try:
        read_rule(words, line, is_inet)
    except NftError as error:
        if not str(error).startswith("netsandbox"):
            raise
