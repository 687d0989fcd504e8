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
        domain: +domain=, the search list.
    """

    name: str
    kinds: tuple[int, ...]
    server: str = ""
    flags: frozenset[str] = frozenset()
    tries: int = 3
    timeout: int = 5
    domain: str = ""

    @property
    def by_tcp(self) -> bool:
        """+tcp; a question about all records goes by TCP unless +notcp forbids it."""
        return "tcp" in self.flags or (dns.ANY in self.kinds and "notcp" not in self.flags)

    @property
    def header_flags(self) -> int:
        return 0 if "norecurse" in self.flags else dns.RECURSION_DESIRED


FLAGS = frozenset({"short", "cmd", "comments", "question", "answer", "authority", "additional", "stats", "all",
                   "recurse", "search", "tcp"})
SAME = {"vc": "tcp", "rec": "recurse", "defname": "search", "recursive": "recurse"}
OFF_ALREADY = frozenset({"noedns", "nocookie", "nodnssec", "nocrypto", "nosplit", "notrace", "nobadcookie", "nofail"})
"""What dig does not do here in any case."""
WRONG_OPTION = """Invalid option: {}
Usage:  dig [@global-server] [domain] [q-type] [q-class] {{q-opt}}
            {{global-d-opt}} host [@local-server] {{local-d-opt}}
            [ host [@local-server] {{local-d-opt}} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options"""


def read_dig(arguments: list[str]) -> list[Asked]:
    """dig's: what stands before the first name holds for all, what stands behind one for that name.

    Raises:
        UsageError: as dig words it.
    """
    usual, asked, rest = Asked("", (dns.A,)), list[Asked](), list(arguments)
    while rest:
        now = asked[-1] if asked else usual
        word = rest.pop(0)
        if word == "-x" and rest:
            asked.append(usual._replace(name=_reverse("dig", rest.pop(0)), kinds=(dns.PTR,)))
            continue
        if word[:1] not in ("@", "+", "-") and word.upper() not in TYPE_WORDS:
            asked.append(usual._replace(name=word))
            continue
        now = _changed(now, word, rest)
        if asked:
            asked[-1] = now
        else:
            usual = now
    return asked or [usual._replace(name=".", kinds=(dns.NS,))]


def _changed(now: Asked, word: str, rest: list[str]) -> Asked:
    """With one more word that is no name."""
    if word.startswith("@"):
        return now._replace(server=word[1:])
    if word.startswith("+"):
        return _with_flag(now, word)
    if word == "-t" and rest:
        return now._replace(kinds=(_kind("dig", rest.pop(0)),))
    if word in ("-4", "IN", "in"):
        return now
    if word.startswith("-"):
        raise UsageError(f"dig: {word} is not modelled", 1)
    return now._replace(kinds=(dns.TYPE_NUMBERS[word.upper()],))


def _with_flag(now: Asked, word: str) -> Asked:
    option, _equals, value = word[1:].partition("=")
    if option in ("tries", "time", "timeout") and value.isascii() and value.isdecimal():
        number = max(int(value), 1)
        return now._replace(tries=number) if option == "tries" else now._replace(timeout=number)
    if option == "retry" and value.isascii() and value.isdecimal():
        return now._replace(tries=int(value) + 1)
    if option == "domain" and value:
        return now._replace(domain=value)
    if option in OFF_ALREADY:
        return now
    is_off = option.startswith("no")
    name = SAME.get(option.removeprefix("no"), option.removeprefix("no"))
    if name not in FLAGS:
        raise UsageError(WRONG_OPTION.format(word), 1)
    flag, other = (f"no{name}", name) if is_off else (name, f"no{name}")
    of_all = {f for f in now.flags if f.removeprefix("no") in OF_ALL} if name == "all" else set()
    return now._replace(flags=now.flags - {other} - of_all | {flag})


OF_ALL = frozenset({"cmd", "comments", "question", "answer", "authority", "additional", "stats"})
"""What +all and +noall stand for."""
TYPE_WORDS = frozenset({*dns.TYPE_NUMBERS, "IN"})


OF_HOST = (dns.A, dns.AAAA, dns.MX, dns.HTTPS)
"""What host asks for, one after another, unless told otherwise."""


def _kind(tool: str, text: str) -> int:
    if text.upper() not in dns.TYPE_NUMBERS and tool == "host":
        raise UsageError(f"host: invalid type: {text}\n", 2)
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
        kinds = kinds or ((dns.A, dns.AAAA) if tool == "nslookup" else OF_HOST)
    return Asked(name, kinds, server, tries=2)
