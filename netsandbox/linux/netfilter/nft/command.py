"""`nft`'s command line: its options, and what its commands are read from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.iptables.iptables import Answer, FailedError
from netsandbox.linux.netfilter.nft.line import Source
from netsandbox.linux.netfilter.nft.nft import Nft
from netsandbox.linux.netfilter.nft.print import Style
from netsandbox.linux.netfilter.nft.script import commands
from netsandbox.linux.netfilter.nft.tokens import NftError

VERSION = "nftables v1.1.3 (Commodore Bullmoose #4)"
MADE_WITH = "  cli:\t\teditline\n  json:\t\tyes\n  minigmp:\tno\n  libxtables:\tyes\n"
OTHER_OPTIONS = "hDiIoSNupTed"  # Letters that the real nft takes as well
OTHER_LONG = frozenset({f"--{name}" for name in (
    "help", "define", "interactive", "includepath", "optimize", "service", "reversedns", "guid",
    "numeric-protocol", "numeric-time", "echo", "debug")})
STYLES = frozenset("asnyjt")  # Options of a listing; -t leaves out what sets with a name hold, of which there are none
LONG = {"--handle": "-a", "--stateless": "-s", "--numeric": "-n", "--numeric-priority": "-y", "--json": "-j",
        "--version": "-v", "--check": "-c", "--file": "-f", "--terse": "-t"}


class Asked(NamedTuple):
    """A command line."""

    styles: frozenset[str]  # those of STYLES
    checks: bool  # nothing is to be changed (-c)
    name: str  # of the file that the commands are in, `-` for standard input; empty where they are `words`
    words: list[str]


def _junk(text: str) -> str:
    """The complaint about a quote that nothing closes, or a backslash with nothing behind it."""
    at = max(text.rfind(mark) for mark in "\"'\\")
    return f"Error: syntax error, unexpected junk\n{text}\n{' ' * at}^\n"


def _late_option(words: list[str], option: str) -> Answer:
    """The complaint about an option behind the command, of which nft prints the mark on its output."""
    line = " ".join(["nft", *words, ""])
    at = line.rindex(f" {option} ") + 1
    return Answer(1, f"\n   ^{' ' * (at - 4)}~~\n",
                  f"Error: syntax error, options must be specified before commands\n{line}")


def run(namespace: NetworkNamespace, arguments: list[str], read: Callable[[str], str]) -> Answer:
    """One command line: one command, several with `;` between them, or a file of them (read: the text of a file, or
    what is wrong with it as a FailedError)."""
    asked = _read(arguments)
    if isinstance(asked, Answer):
        return asked
    text = " ".join(asked.words)
    if not asked.name and (text.count('"') % 2 or "'" in text or text.endswith("\\")):
        return Answer(1, "", _junk(text))
    try:
        source = Source("", [text]) if not asked.name else Source(
            "/dev/stdin" if asked.name == "-" else asked.name, read(asked.name).removesuffix("\n").split("\n"))
        nft = Nft(namespace, Style("a" in asked.styles, "s" in asked.styles, bool(asked.styles & {"n", "y"}),
                                    "j" in asked.styles, "n" in asked.styles))
        interfaces = {name: interface.index for name, interface in namespace.interfaces.items()}
        return nft.run(commands(source, interfaces), asked.checks)
    except NftError as error:
        return Answer(1, "", str(error))
    except FailedError as error:
        return Answer(1, "", error.message)


def _read(arguments: list[str]) -> Asked | Answer:
    """The options and what follows them, or what is to be said at once."""
    styles, checks, name, words = set[str](), False, "", list(arguments)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        letters = LONG.get(word, word)[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in STYLES:
                styles.add(letter)
            elif letter in "vV":
                return Answer(0, f"{VERSION}\n{MADE_WITH * (letter == 'V')}", "")
            elif letter == "c":
                checks = True
            elif letter != "f":
                return _other_option(word if word.startswith("--") else f"-{letter}")
            elif not letters and not words:
                return Answer(1, "", f"nft: option '{word}' requires an argument\n" if word.startswith("--") else
                              "nft: option requires an argument -- 'f'\n")
            else:
                name, letters = letters or words.pop(0), ""
    for word in words:
        if re.fullmatch("--?[a-zA-Z0-9].*|--?", word) and " " not in word and "{" not in words:
            return _late_option(arguments, word)
    if not words and not name:
        return Answer(1, "", "nft: no command specified\n")
    return Asked(frozenset(styles), checks, name, words)


def _other_option(word: str) -> Answer:
    if word[1:2] in OTHER_OPTIONS or word in OTHER_LONG:
        return Answer(1, "", f"netsandbox: nft: option '{word}' is not modelled\n")
    return Answer(1, "", f"nft: unrecognized option '{word}'\n" if word.startswith("--") else
                  f"nft: invalid option -- '{word[1:2]}'\n")
