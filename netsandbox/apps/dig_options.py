"""The command lines of dig, nslookup and host."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.wire import dns
from netsandbox.wire.addresses import AddressError, parse_ipv4


class Asked(NamedTuple):
    """What is wanted.

    Attributes:
        server: a name or address, empty for those of resolv.conf.
        flags: +short, +noall and the like, without the plus.
    """

    name: str
    kinds: tuple[int, ...]
    server: str
    flags: frozenset[str]
    tries: int = 3
    timeout: int = 5


FLAGS = frozenset({"short", "cmd", "comments", "question", "answer", "authority", "additional", "stats", "all",
                   "recurse"})


def read_dig(arguments: list[str]) -> Asked:
    """dig's.

    Raises:
        UsageError: as dig words it.
    """
    name, kind, server, flags = "", dns.A, "", set()
    tries, timeout = 3, 5
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word.startswith("@"):
            server = word[1:]
        elif word.startswith("+"):
            option, _equals, value = word[1:].partition("=")
            if option in ("tries", "time", "timeout") and value.isascii() and value.isdecimal():
                tries, timeout = (max(int(value), 1), timeout) if option == "tries" else (tries, max(int(value), 1))
            elif option.removeprefix("no") in FLAGS:
                flags.add(option)
            else:
                raise UsageError(f"Invalid option: {word}\nUsage:  dig [@global-server] [domain] [q-type] [q-class] "
                                 "{q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n"
                                 "            [ host [@local-server] {local-d-opt} [...]]\n\nUse \"dig -h\" (or "
                                 "\"dig -h | more\") for complete list of options", 1)
        elif word == "-x" and rest:
            name, kind = _reverse("dig", rest.pop(0)), dns.PTR
        elif word == "-t" and rest:
            kind = _kind("dig", rest.pop(0))
        elif word == "-4":
            continue
        elif word.startswith("-"):
            raise UsageError(f"dig: {word} is not modelled", 1)
        elif word.upper() in dns.TYPE_NUMBERS and name:
            kind = dns.TYPE_NUMBERS[word.upper()]
        elif word.upper() != "IN":
            name = word
    if not name:
        raise UsageError("dig: the root's name servers are not there; give a name", 1)
    return Asked(name, (kind,), server, frozenset(flags), tries, timeout)


def _kind(tool: str, text: str) -> int:
    if text.upper() not in dns.TYPE_NUMBERS:
        raise UsageError(f"{tool}: '{text}' is not a type that is known here", 1)
    return dns.TYPE_NUMBERS[text.upper()]


def _reverse(tool: str, text: str) -> str:
    try:
        return dns.reverse_name(parse_ipv4(text))
    except AddressError:
        raise UsageError(f"{tool}: Invalid IP address {text}", 1) from None


def read_simple(arguments: list[str], tool: str) -> Asked:
    """nslookup's and host's: [-type=T] NAME [SERVER].

    Raises:
        UsageError: what is not modelled.
    """
    operands: list[str] = []
    kinds: tuple[int, ...] = ()
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        option, _equals, value = word.partition("=")
        if option in ("-type", "-query", "-q", "-querytype") and value:
            kinds = (_kind(tool, value),)
        elif word == "-t" and tool == "host" and rest:
            kinds = (_kind(tool, rest.pop(0)),)
        elif word.startswith("-"):
            raise UsageError(f"{tool}: {word} is not modelled", 1)
        else:
            operands.append(word)
    if not 1 <= len(operands) <= 2:
        raise UsageError(f"Usage: {tool} {'[-type=TYPE] ' if tool == 'nslookup' else ''}NAME [SERVER]", 1)
    name, server = operands[0], operands[1] if len(operands) > 1 else ""
    try:
        name, kinds = dns.reverse_name(parse_ipv4(name)) + ".", (dns.PTR,)
    except AddressError:
        kinds = kinds or (dns.A, dns.AAAA)
    return Asked(name, kinds, server, frozenset(), 2)
