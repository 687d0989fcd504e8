"""nft's expressions and statements, each as the iptables words that say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.linux.netfilter.nft_flow import RATE_UNITS
from netsandbox.linux.netfilter.nft_targets import REJECTS
from netsandbox.wire.services import port_number

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft import Line

UNITS = {unit: short for short, unit in RATE_UNITS.items()}
VERDICTS = {"accept": "ACCEPT", "drop": "DROP", "return": "RETURN", "notrack": "NOTRACK"}
KINDS = {kind: name for name, kind in REJECTS.items()} | {"port-unreachable": "icmp-port-unreachable"}


class NftError(Exception):
    """What nft complains of, whole."""


class Reader:
    """Reads a rule's words."""

    def __init__(self, words: list[str], line: Line) -> None:
        self.words = list(words)
        self.line = line
        self.out: list[str] = []
        self.protocol = ""

    def take(self) -> str:
        if not self.words:
            raise self.line.complaint("syntax error, unexpected newline", len(self.line.words))
        return self.words.pop(0)

    def value(self) -> tuple[list[str], str]:
        """(`!` if it is negated, a value: one word, a range, or what braces hold)."""
        word, negated = self.take(), []
        if word in ("!=", "=="):
            negated, word = (["!"] if word == "!=" else []), self.take()
        if word.startswith("@"):
            raise NftError(f"netsandbox: nft: sets are not modelled ({word})\n")
        if word.startswith("{"):
            while not word.endswith("}"):
                word += self.take()
            word = word.strip("{}").replace(" ", "")
        while self.words and (word.endswith(",") or self.words[0].startswith(",")):
            word += self.take()
        return negated, word.strip('"')

    def read(self) -> list[str]:
        while self.words:
            word = self.take()
            handler = READERS.get(word)
            if handler is None:
                raise self.line.complaint("syntax error, unexpected newline" if not self.words else
                                          f"syntax error, unexpected {word}", len(self.line.words)
                                          if not self.words else self.line.words.index(word))
            handler(self)
        return self.out

    def use_protocol(self, name: str) -> None:
        if self.protocol != name:
            self.protocol = name
            self.out += ["-p", name]

    def not_modelled(self, what: str) -> NftError:
        return NftError(f"netsandbox: nft: '{what}' is not modelled; iptables cannot say it\n")


def _ip(reader: Reader) -> None:
    field = reader.take()
    flags = {"saddr": "-s", "daddr": "-d"}
    if field == "ttl":
        negated, value = reader.value()
        reader.out += ["-m", "ttl", *negated, "--ttl-eq", value]
        return
    negated, value = reader.value()
    if field == "protocol":
        if "," in value:
            raise reader.not_modelled(f"ip protocol {{ {value} }}")
        reader.protocol = "" if negated else value
        reader.out += [*negated, "-p", value]
    elif field in flags and "-" in value:
        reader.out += ["-m", "iprange", *negated, f"--{'src' if field == 'saddr' else 'dst'}-range", value]
    elif field in flags:
        reader.out += [*negated, flags[field], value]
    else:
        raise reader.not_modelled(f"ip {field}")


def _interface(reader: Reader, flag: str) -> None:
    negated, name = reader.value()
    if "," in name:
        raise reader.not_modelled(f"a set of interfaces {{ {name} }}")
    reader.out += [*negated, flag, name.replace("*", "+")]


def _in(reader: Reader) -> None:
    _interface(reader, "-i")


def _out(reader: Reader) -> None:
    _interface(reader, "-o")


def _transport(reader: Reader, name: str) -> None:
    field = reader.take()
    reader.use_protocol(name)
    if field not in ("sport", "dport"):
        raise reader.not_modelled(f"{name} {field}")
    at = len(reader.line.words) - len(reader.words)
    negated, value = reader.value()
    _check_ports(reader, value, at + bool(negated))
    if "," in value:
        reader.out += ["-m", "multiport", *negated, f"--{field}s", value.replace("-", ":")]
    else:
        reader.out += [*negated, f"--{field}", value.replace("-", ":")]


def _check_ports(reader: Reader, text: str, at: int) -> None:
    """Ports by number or by name; ranges are numbers."""
    for part in text.split(","):
        for one in part.split("-") if part[:1].isdecimal() else [part]:
            if one.isdecimal() and int(one) > 65535:
                raise reader.line.complaint("Service out of range", at)
            if port_number(one) is None:
                raise reader.line.complaint("Could not resolve service: Servname not supported for ai_socktype", at)


def _tcp(reader: Reader) -> None:
    _transport(reader, "tcp")


def _udp(reader: Reader) -> None:
    _transport(reader, "udp")


def _icmp(reader: Reader) -> None:
    if reader.take() != "type":
        raise reader.not_modelled("icmp code")
    reader.use_protocol("icmp")
    negated, value = reader.value()
    reader.out += [*negated, "--icmp-type", value]


def _ct(reader: Reader) -> None:
    field = reader.take()
    if field == "mark":
        negated, value = reader.value()
        reader.out += ["-m", "connmark", *negated, "--mark", value]
        return
    flags = {"state": "--ctstate", "status": "--ctstatus", "direction": "--ctdir"}
    if field not in flags:
        raise reader.not_modelled(f"ct {field}")
    negated, value = reader.value()
    reader.out += ["-m", "conntrack", *negated, flags[field], value.upper()]


def _meta(reader: Reader) -> None:
    field = reader.take()
    if field == "mark" and reader.words[:1] == ["set"]:
        reader.take()
        reader.out += ["-j", "MARK", "--set-mark", reader.take()]
    elif field in ("mark", "length"):
        negated, value = reader.value()
        reader.out += ["-m", field, *negated, f"--{field}", value.replace("-", ":") if field == "length" else value]
    elif field == "l4proto":
        negated, value = reader.value()
        reader.protocol = value
        reader.out += [*negated, "-p", value]
    elif field in ("iifname", "iif", "oifname", "oif"):
        _interface(reader, "-i" if field.startswith("i") else "-o")
    else:
        raise reader.not_modelled(f"meta {field}")


def _mark(reader: Reader) -> None:
    reader.words.insert(0, "mark")
    _meta(reader)


def _limit(reader: Reader) -> None:
    if reader.take() != "rate":
        raise reader.not_modelled("limit")
    rate, _slash, unit = reader.take().partition("/")
    if unit not in UNITS:
        raise reader.not_modelled(f"limit rate {rate}/{unit}")
    reader.out += ["-m", "limit", "--limit", f"{rate}/{UNITS[unit]}"]
    if reader.words[:1] == ["burst"]:
        reader.take()
        reader.out += ["--limit-burst", reader.take()]
        if reader.words[:1] == ["packets"]:
            reader.take()


def _counter(reader: Reader) -> None:
    """iptables' rules count always."""
    if reader.words[:1] == ["packets"]:
        del reader.words[:4]


def _jump(reader: Reader) -> None:
    reader.out += ["-j", reader.take()]


def _goto(reader: Reader) -> None:
    reader.out += ["-g", reader.take()]


def _reject(reader: Reader) -> None:
    reader.out += ["-j", "REJECT"]
    if reader.words[:1] != ["with"]:
        return
    reader.take()
    kind = reader.take()
    if kind == "tcp":
        reader.take()
        reader.use_protocol("tcp")
        reader.out += ["--reject-with", "tcp-reset"]
        return
    if reader.words[:1] == ["type"]:
        reader.take()
    what = reader.take()
    if what not in KINDS:
        raise reader.not_modelled(f"reject with {kind} {what}")
    reader.out += ["--reject-with", KINDS[what]]


def _log(reader: Reader) -> None:
    reader.out += ["-j", "LOG"]
    while reader.words[:1] in (["prefix"], ["level"]):
        flag, value = reader.take(), reader.take()
        while value.count('"') == 1:
            value += f" {reader.take()}"
        reader.out += [f"--log-{flag}", value.strip('"')]
    if reader.words:
        raise reader.not_modelled("log, and a verdict in the same rule")


def _nat(reader: Reader, target: str, flag: str) -> None:
    if reader.words[:1] == ["to"]:
        reader.take()
        where = reader.take()
        reader.out += ["-j", target, flag, where.lstrip(":") if flag == "--to-ports" else where]
    else:
        reader.out += ["-j", target]
    reader.out += [f"--{reader.take()}" for _word in reader.words[:1] if _word in ("random", "persistent")]


def _dnat(reader: Reader) -> None:
    _nat(reader, "DNAT", "--to-destination")


def _snat(reader: Reader) -> None:
    _nat(reader, "SNAT", "--to-source")


def _masquerade(reader: Reader) -> None:
    _nat(reader, "MASQUERADE", "--to-ports")


def _redirect(reader: Reader) -> None:
    _nat(reader, "REDIRECT", "--to-ports")


def _fib(reader: Reader) -> None:
    field = reader.take()
    if reader.take() != "type" or field not in ("saddr", "daddr"):
        raise reader.not_modelled("fib")
    negated, value = reader.value()
    reader.out += ["-m", "addrtype", *negated, f"--{'src' if field == 'saddr' else 'dst'}-type", value.upper()]


def _comment(reader: Reader) -> None:
    reader.out += ["-m", "comment", "--comment", reader.take().strip('"')]


class _Verdict:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, reader: Reader) -> None:
        reader.out += ["-j", self.name]


READERS: dict[str, Callable[[Reader], None]] = {
    "ip": _ip, "iifname": _in, "iif": _in, "oifname": _out, "oif": _out, "tcp": _tcp, "udp": _udp,
           "icmp": _icmp, "ct": _ct, "meta": _meta, "mark": _mark, "limit": _limit, "counter": _counter,
           "jump": _jump, "goto": _goto, "reject": _reject, "log": _log, "dnat": _dnat, "snat": _snat,
           "masquerade": _masquerade, "redirect": _redirect, "fib": _fib, "comment": _comment,
           **{word: _Verdict(name) for word, name in VERDICTS.items()}}


def rule_words(words: list[str], line: Line) -> list[str]:
    """The iptables words of a rule.

    Raises:
        NftError: it makes no sense, or iptables cannot say it.
    """
    return Reader(words, line).read()
