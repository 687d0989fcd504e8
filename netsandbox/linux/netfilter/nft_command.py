"""`nft`'s command line: its options, and what its commands are read from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.linux.netfilter.iptables import Answer, FailedError
from netsandbox.linux.netfilter.nft import Nft
from netsandbox.linux.netfilter.nft_line import Source
from netsandbox.linux.netfilter.nft_print import Style
from netsandbox.linux.netfilter.nft_script import commands
from netsandbox.linux.netfilter.nft_tokens import NftError

if TYPE_CHECKING:
    from netsandbox.linux.core.namespace import NetworkNamespace

VERSION = "nftables v1.1.3 (Commodore Bullmoose #4)"
MADE_WITH = "  cli:\t\teditline\n  json:\t\tyes\n  minigmp:\tno\n  libxtables:\tyes\n"
OTHER_OPTIONS = "hDiIotSNupTejd"
"""Letters that the real nft takes as well."""
OTHER_LONG = frozenset({f"--{name}" for name in (
    "help", "define", "interactive", "includepath", "optimize", "terse", "service", "reversedns", "guid",
    "numeric-protocol", "numeric-time", "echo", "json", "debug")})
STYLES = {"-a": set("a"), "--handle": set("a"), "-s": set("s"), "--stateless": set("s"), "-n": set("n"),
          "--numeric": set("n"), "-nn": set("n"), "-y": set("y"), "--numeric-priority": set("y"), "-an": set("an"),
          "-na": set("an"), "-nna": set("an"), "-sa": set("as"), "-as": set("as")}
"""Options of a listing."""


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
    """One command line: one command, several with `;` between them, or a file of them.

    Args:
        read: the text of a file, or what is wrong with it as a FailedError.
    """
    styles, wish, words, name = set[str](), set[str](), list(arguments), ""
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in STYLES:
            styles |= STYLES[word]
        elif word in ("-v", "--version", "-V"):
            return Answer(0, f"{VERSION}\n{MADE_WITH * (word == '-V')}", "")
        elif word in ("-c", "--check"):
            wish.add("c")
        elif word in ("-f", "--file"):
            if not words:
                return Answer(1, "", "nft: option requires an argument -- 'f'\n" if word == "-f" else
                              "nft: option '--file' requires an argument\n")
            name = words.pop(0)
        else:
            return _other_option(word)
    for word in words:
        if re.fullmatch("--?[a-zA-Z0-9].*|-", word) and " " not in word and "{" not in words:
            return _late_option(arguments, word)
    if not words and not name:
        return Answer(1, "", "nft: no command specified\n")
    text = " ".join(words)
    if not name and (text.count('"') % 2 or "'" in text or text.endswith("\\")):
        return Answer(1, "", _junk(text))
    try:
        if name:
            shown = "/dev/stdin" if name == "-" else name
            source = Source(shown, read(name).splitlines())
        else:
            source = Source("", [text])
        nft = Nft(namespace, Style("a" in styles, "s" in styles, bool(styles & {"n", "y"})))
        return nft.run(commands(source, namespace.interfaces), "c" in wish)
    except NftError as error:
        return Answer(1, "", str(error))
    except FailedError as error:
        return Answer(1, "", error.message)


def _other_option(word: str) -> Answer:
    if word[1:2] in OTHER_OPTIONS or word in OTHER_LONG:
        return Answer(1, "", f"netsandbox: nft: option '{word}' is not modelled\n")
    return Answer(1, "", f"nft: unrecognized option '{word}'\n" if word.startswith("--") else
                  f"nft: invalid option -- '{word[1:2]}'\n")
