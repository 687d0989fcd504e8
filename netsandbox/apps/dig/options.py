"""The command lines of dig, nslookup and host."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import NamedTuple

from netsandbox.apps.dig.edns import WORDS, Edns, number
from netsandbox.apps.option_table import Option, OptionTable, of_ipv6
from netsandbox.apps.program import UsageError
from netsandbox.wire import dns
from netsandbox.wire.addresses import AddressError, parse_ipv4

BANNER = "DiG 9.20.15"
BITS = {"aaflag": dns.AUTHORITATIVE, "tcflag": dns.TRUNCATED, "raflag": dns.RECURSION_AVAILABLE, "zflag": 0x40}
"""Bits of a header that are an answer's, or nobody's."""


class Asked(NamedTuple):
    """What is wanted."""

    name: str
    kinds: tuple[int, ...]
    server: str = ""  # a name or address, empty for those of resolv.conf
    flags: frozenset[str] = frozenset()  # +short, +noall and the like, without the plus
    tries: int = 3
    timeout: int = 5
    domain: str = ""  # +domain=, the search list
    port: int = dns.PORT  # -p, the servers'
    cls: int = dns.IN
    ndots: int | None = None  # None for resolv.conf's
    warnings: tuple[str, ...] = ()  # what is said before
    is_typed: bool = False  # a type was given; of a second one a warning is said
    edns: Edns | None = None  # what dig says of itself; None for those who say nothing

    @property
    def by_tcp(self) -> bool:
        """+tcp; a question about all records goes by TCP unless +notcp forbids it."""
        return "tcp" in self.flags or (dns.ANY in self.kinds and "notcp" not in self.flags)

    def typed(self, kind: int) -> Asked:
        """With a type, the last of which counts."""
        warnings = (*self.warnings, ";; Warning, extra type option") if self.is_typed else self.warnings
        return self._replace(kinds=(kind,), is_typed=True, warnings=warnings)

    @property
    def header_flags(self) -> int:
        """RD as it was asked for; of dig AD, too."""
        usual_authentic = self.edns is not None and "noadflag" not in self.flags
        return ((0 if "norecurse" in self.flags else dns.RECURSION_DESIRED)
                | (dns.AUTHENTIC if usual_authentic else 0)
                | (dns.CHECKING_DISABLED if "cdflag" in self.flags else 0)
                | sum(bit for name, bit in BITS.items() if name in self.flags))


OPTIONS = OptionTable(
    "dig", 1, "",
    acts="dnssec adflag cdflag edns? cookie? nsid keepalive bufsize? short cmd comments question answer "
    "authority additional stats all recurse rdflag search defname tcp vc tries= time= timeout= retry= domain= identify "
    "ttlid class ndots= multiline ttlunits aaflag aaonly tcflag raflag zflag qr",
    usual="crypto split showbadcookie showbadvers badcookie fail besteffort onesoa idn ednsnegotiation keepopen "
    "noednsopt",
    refused="rrcomments ignore coflag dns64prefix "
    "ednsflags= ednsopt= expandaaaa "
    "expire header-only https? https-get http-plain? http-plain-get nssearch opcode= padding= proxy? "
    "proxy-plain? qid= showsearch subnet= tls tls-ca? tls-hostname= tls-certfile= tls-keyfile= trace "
    "unknownformat yaml")
"""What stands behind a plus, nearly all of it with a `no` before it, too."""
DASHED = OptionTable("dig", 1, "", acts="c= q= t= u x= p= h v", usual="4 r m", refused="6 b= f= k= y=")
WHY = {"the internet here has no root servers; each of its name servers answers for all names": "trace nssearch",
       "there is no encryption": "tls tls-ca tls-hostname tls-certfile tls-keyfile https https-get"}
"""Why some are not."""
SAME = {"vc": "tcp", "aaonly": "aaflag", "rdflag": "recurse", "defname": "search"}
NUMBERS = {"tries": "tries", "time": "timeout", "timeout": "timeout", "retry": "retries", "ndots": "ndots"}
"""What is said to be wrong about their values."""
WRONG_OPTION = """Invalid option: {}
Usage:  dig [@global-server] [domain] [q-type] [q-class] {{q-opt}}
            {{global-d-opt}} host [@local-server] {{local-d-opt}}
            [ host [@local-server] {{local-d-opt}} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options"""
MOST = 0xFFFFFFFF
MOST_PORTS = 0xFFFF


def _split(word: str, rest: list[str]) -> tuple[str, list[str]]:
    """An option with its value behind it, as two words."""
    option = DASHED.letters.get(word[1:2]) if word[:1] == "-" else None
    if option is None or not option.value:
        return word, rest
    if len(word) == 2 and not rest:
        raise UsageError(WRONG_OPTION.format(word), 1)
    return word[:2], [word[2:], *rest] if len(word) > 2 else rest


def read_dig(arguments: list[str]) -> list[Asked]:
    """dig's: what stands before the first name holds for all, what stands behind one for that name (UsageError: as dig
    words it)."""
    usual, asked, rest = Asked("", (dns.A,), edns=Edns()), list[Asked](), list(arguments)
    while rest:
        now = asked[-1] if asked else usual
        word = rest.pop(0)
        word, rest = _split(word, rest)
        if word in ("-x", "-q"):
            name = rest.pop(0)
            asked.append(usual._replace(name=_reverse(name), kinds=(dns.PTR,)) if word == "-x" else
                         usual._replace(name=name))
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
    if word == "-c":
        kind = rest.pop(0)
        return now._replace(cls=dns.CLASS_NUMBERS[kind.upper()]) if kind.upper() in dns.CLASS_NUMBERS else now._replace(
            warnings=(*now.warnings, f";; Warning, ignoring invalid class {kind}"))
    if word.upper() in dns.CLASS_NUMBERS:
        return now._replace(cls=dns.CLASS_NUMBERS[word.upper()])
    if word == "-t":
        kind = rest.pop(0)
        known = dns.TYPE_NUMBERS.get(kind.upper())
        return now.typed(known) if known is not None else now._replace(
            warnings=(*now.warnings, f";; Warning, ignoring invalid type {kind}"))
    if word == "-p":
        return now._replace(port=number("port number", rest.pop(0), MOST_PORTS, 1))
    if word == "-u":
        return now._replace(flags=now.flags | {"microseconds"})
    if not word.startswith("-"):
        return now.typed(dns.TYPE_NUMBERS[word.upper()])
    _check_idle(word)
    return now


def _check_idle(word: str) -> None:
    """Raises: UsageError: not an option that leaves everything as it is."""
    option = DASHED.letters.get(word[1:])
    if option is None:
        raise UsageError("dig: -i removed" if word == "-i" else WRONG_OPTION.format(word), 1)
    if option.role == "usual":
        return
    if word in ("-h", "-v"):
        raise UsageError("", 0, WRONG_OPTION.partition("\n")[2].format() if word == "-h" else BANNER)
    raise UsageError(f"dig: {word} is not modelled{of_ipv6(word)}", 1)


def _with_flag(now: Asked, word: str) -> Asked:
    text, _equals, value = word[1:].partition("=")
    is_off = text.startswith("no") and text not in OPTIONS.names
    option = _known(text.removeprefix("no") if is_off else text)
    if option is None or (is_off and option.value == "=" and option.role != "refused") or (
            option.value == "=" and not value and not is_off):
        raise UsageError(WRONG_OPTION.format(word.partition("=")[0]), 1)
    if option.name in NUMBERS:
        return _with_number(now, option.name, value)
    if option.name == "bufsize" and is_off:
        raise UsageError(WRONG_OPTION.format(word), 1)
    if now.edns is not None and option.name in WORDS:
        return now._replace(edns=now.edns.changed(option.name, value, is_off))
    if option.name == "domain":
        return now._replace(domain=value)
    if option.role == "usual" or (is_off and option.role != "acts"):
        return now
    if option.role != "acts":
        why = next((f": {why}" for why, names in WHY.items() if option.name in names.split()), "")
        raise UsageError(f"dig: {word} is not modelled{why}", 1)
    name = SAME.get(option.name, option.name)
    flag, other = (f"no{name}", name) if is_off else (name, f"no{name}")
    of_all = {f for f in now.flags if f.removeprefix("no") in OF_ALL} if name == "all" else set()
    return now._replace(flags=now.flags - {other} - of_all | {flag})


def _known(text: str) -> Option | None:
    """The option that a word stands for, which may be shorter than its name."""
    text = {"ad": "adflag", "cd": "cdflag"}.get(text, text)
    found = [option for name, option in OPTIONS.names.items() if name.startswith(text)] if text else []
    return OPTIONS.names.get(text) or (found[0] if len({SAME.get(one.name, one.name) for one in found}) == 1 else None)


def _with_number(now: Asked, name: str, text: str) -> Asked:
    what = NUMBERS[name]
    count = number(what, text, MOST)
    if name == "ndots":
        return now._replace(ndots=count)
    if what == "timeout":
        return now._replace(timeout=max(count, 1))
    return now._replace(tries=max(count, 1) if name == "tries" else count + 1)


OF_ALL = frozenset({"cmd", "comments", "question", "answer", "authority", "additional", "stats"})
"""What +all and +noall stand for."""
TYPE_WORDS = frozenset({*dns.TYPE_NUMBERS, *dns.CLASS_NUMBERS})


OF_HOST = (dns.A, dns.AAAA, dns.MX, dns.HTTPS)  # What host asks for, one after another, unless told otherwise


def _kind(tool: str, text: str) -> int:
    if text.upper() not in dns.TYPE_NUMBERS and tool == "host":
        raise UsageError(f"host: invalid type: {text}\n", 2)
    if text.upper() not in dns.TYPE_NUMBERS:
        raise UsageError(f"{tool}: '{text}' is not a type that is known here", 1)
    return dns.TYPE_NUMBERS[text.upper()]


def _reverse(text: str) -> str:
    """The name under in-addr.arpa, of half an address or of what is none, too."""
    return ".".join(reversed(text.split("."))) + ".in-addr.arpa"


USAGE_OF_HOST = Path(__file__).with_name("host_usage.txt").read_text(encoding="utf-8").removesuffix("\n")
HOST = OptionTable("host", 1, USAGE_OF_HOST, acts="t= W= R= T r V N= c= a v d", usual="4 i n s U m=",
                   refused="6 A C l p= w")
NSLOOKUP = OptionTable(
    "nslookup", 1, "", acts="type= querytype= query= class= timeout= retry= recurse vc search domain= ndots= version "
    "port=", usual="fail", refused="debug d2 all")
PLAIN = {"port": "53", "class": "IN"}  # Keywords with the one value that is modelled
OFF = {"recurse": "norecurse", "vc": "notcp"}


def read_host(arguments: list[str]) -> Asked:
    """host's (UsageError: as host words it)."""
    try:
        read = HOST.read(arguments, in_order=True)
    except UsageError as error:
        raise UsageError(re.sub("invalid option -- '(.)'", r"illegal option -- \1", str(error)), error.code) from None
    values = read.values
    if "V" in read:
        raise UsageError("", 0, BANNER.replace("DiG", "host"))
    if values.get("c", "IN").upper() != "IN":
        raise UsageError(f"host: -c {values['c']} is not modelled", 1)
    if not read.operands:
        raise UsageError(USAGE_OF_HOST, 1)
    kinds = (_kind("host", values["t"]),) if "t" in read else (dns.ANY,) if "a" in read else OF_HOST
    said = {"tcp": "T", "norecurse": "r", "verbose": "avd"}
    flags = frozenset(flag for flag, letters in said.items() if any(letter in read for letter in letters))
    flags |= {"notcp"} if "a" in read and "T" not in read else frozenset()
    return _simple(read.operands, kinds, bool({"t", "a"} & set(values)))._replace(
        flags=flags, tries=_count(values.get("R", "1")) + 1, timeout=_count(values.get("W", "5")) or 1,
        ndots=_count(values["N"]) if "N" in read else None)


def _count(text: str) -> int:
    found = re.match(r"\d{1,9}", text, re.ASCII)
    return int(found[0]) if found is not None else 0


def read_nslookup(arguments: list[str]) -> Asked:
    """nslookup's: [-KEYWORD[=VALUE]] NAME [SERVER]. What is no keyword it says, and goes on (UsageError: what is not
    modelled)."""
    operands: list[str] = []
    asked = Asked("", ())
    kinds: tuple[int, ...] = (dns.A, dns.AAAA)
    for word in arguments:
        if not word.startswith("-") or len(word) < 2:
            operands.append(word)
            continue
        asked, kinds = _with_option(asked, kinds, word)
    if not 1 <= len(operands) <= 2:
        raise UsageError("Usage: nslookup [-type=TYPE] NAME [SERVER]", 1)
    return _simple(operands, kinds, False)._replace(
        flags=asked.flags, tries=asked.tries, timeout=asked.timeout, domain=asked.domain, ndots=asked.ndots,
        warnings=asked.warnings)


def _with_option(asked: Asked, kinds: tuple[int, ...], word: str) -> tuple[Asked, tuple[int, ...]]:
    text, equals, value = word[1:].partition("=")
    is_off = text.startswith("no")
    name = text.removeprefix("no")
    option = {"q": NSLOOKUP.names["query"], "t": NSLOOKUP.names["timeout"], **NSLOOKUP.names}.get(name)
    if name == "version":
        raise UsageError("", 0, BANNER.replace("DiG", "nslookup"))
    if option is None or bool(option.value) != bool(equals):
        return _warned(asked, f"*** Invalid option: {text}"), kinds
    if option.name in ("type", "querytype", "query"):
        known = dns.TYPE_NUMBERS.get(value.upper())
        return (asked, (known,)) if known is not None else (_warned(asked, f"unknown query type: {value}"), kinds)
    if (option.role == "refused" and not is_off) or (name in PLAIN and value.upper() != PLAIN[name]):
        raise UsageError(f"nslookup: {word} is not modelled", 1)
    return _with_keyword(asked, option.name, value, is_off), kinds


def _warned(asked: Asked, text: str) -> Asked:
    return asked._replace(warnings=(*asked.warnings, text))


def _with_keyword(asked: Asked, name: str, value: str, is_off: bool) -> Asked:
    if name in ("timeout", "retry", "ndots"):
        if not (value.isascii() and value.isdecimal()):
            what = {"timeout": "timeout", "retry": "tries", "ndots": "ndots"}[name]
            return asked._replace(warnings=(*asked.warnings, f"invalid {what} '{value}': not a valid number"))
        number = int(value[:9])
        return asked._replace(timeout=max(number, 1)) if name == "timeout" else (
            asked._replace(tries=max(number, 1)) if name == "retry" else asked._replace(ndots=number))
    if name == "domain":
        return asked._replace(domain=value)
    flag = OFF.get(name, f"no{name}") if is_off else "tcp" if name == "vc" else name
    return asked._replace(flags=asked.flags | {flag})


def _simple(operands: list[str], kinds: tuple[int, ...], is_told: bool) -> Asked:
    """A name and perhaps a server; an address is asked about backwards, unless a type was told."""
    name, server = operands[0], operands[1] if len(operands) > 1 else ""
    with contextlib.suppress(AddressError):
        name, kinds = dns.reverse_name(parse_ipv4(name)) + ".", (kinds if is_told else (dns.PTR,))
    return Asked(name, kinds, server)
