"""nft's statements and what its rules begin with, each as the iptables words that say the same."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.linux.netfilter.nft.connection import ct
from netsandbox.linux.netfilter.nft.flow import RATE_UNITS
from netsandbox.linux.netfilter.nft.headers import Ipv6, ether, icmp, ip, tcp, th, udp
from netsandbox.linux.netfilter.nft.log import TEXT, log
from netsandbox.linux.netfilter.nft.meta import UNPREFIXED, Interface, meta
from netsandbox.linux.netfilter.nft.reader import Reader, is_of_ipv4, port
from netsandbox.linux.netfilter.nft.targets import REJECTS
from netsandbox.linux.netfilter.nft.tokens import NftError, token
from netsandbox.linux.netfilter.rule import COUNTED

UNITS = {unit: short for short, unit in RATE_UNITS.items()}
VERDICTS = {"accept": "ACCEPT", "drop": "DROP", "return": "RETURN"}
KINDS = {kind: name for name, kind in REJECTS.items()} | {"port-unreachable": "icmp-port-unreachable"}
REJECT_CODES = {"0": "net-unreachable", "1": "host-unreachable", "2": "prot-unreachable", "3": "port-unreachable",
                "9": "net-prohibited", "10": "host-prohibited", "13": "admin-prohibited"}
ABSTRACT = {"no-route": "icmp-net-unreachable", "host-unreachable": "icmp-host-unreachable",
            "port-unreachable": "icmp-port-unreachable", "admin-prohibited": "icmp-admin-prohibited"}
"""What icmpx means to IPv4."""
ADDRESS_TYPES = frozenset({"unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
                           "unreachable", "prohibit", "throw", "nat", "xresolve"})
NAT_FLAGS = {"random": "--random", "fully-random": "--random-fully", "persistent": "--persistent"}
"""The last one means nothing to one address."""
TRANSPORTS = frozenset({"tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp", "esp", "ah", "comp", "gre"})


def _limit(reader: Reader) -> None:
    at = reader.place - 1
    if reader.take() != "rate":
        raise reader.not_modelled("limit")
    is_over = reader.words[:1] == ["over"] and reader.take() == "over"
    rate, unit = _rate(reader)
    if not int(rate):
        raise reader.line.complaint("Could not process rule: Invalid argument", at, until=at + 1)
    burst = "5"
    if reader.words[:1] == ["burst"]:
        reader.take()
        burst = reader.take()
        if reader.words[:1] == ["packets"]:
            reader.take()
    said = f"limit rate {'over ' * is_over}{rate}/{unit} burst {burst} packets"
    words = ["-m", "limit", "--limit", f"{rate}/{UNITS[unit]}", "--limit-burst", burst]
    reader.said.append(said)
    if is_over:
        reader.sets.append((said, [words], True))
    else:
        reader.out += words


def _rate(reader: Reader) -> tuple[str, str]:
    """`10/second`."""
    rate, _slash, unit = reader.take().partition("/")
    if not rate.isdecimal():
        raise reader.line.complaint("syntax error, unexpected string, expecting number", reader.place - 1)
    if unit not in UNITS and unit.isalpha() and unit != "week":
        raise reader.line.complaint("syntax error, unexpected string", reader.place - 1, until=len(unit),
                                    offset=len(rate) + 1)
    if unit not in UNITS:
        raise reader.not_modelled(f"limit rate {rate}/{unit}")
    return rate, unit


def _counter(reader: Reader) -> None:
    """iptables' rules count always; named counters are objects of a table, as sets are."""
    if reader.words[:1] == ["name"]:
        raise reader.not_modelled("counter name")
    reader.said.append(COUNTED)
    if reader.words[:1] == ["packets"]:
        packets = reader.words[1] if len(reader.words) > 1 else "0"
        has_bytes = reader.words[2:3] == ["bytes"]
        reader.out += ["-c", packets, reader.words[3] if has_bytes else "0"]
        del reader.words[:4 if has_bytes else 2]


class _Jump:
    """jump and goto."""

    def __init__(self, word: str, flag: str) -> None:
        self.word, self.flag = word, flag

    def __call__(self, reader: Reader) -> None:
        chain = reader.take("'{'")
        if chain == "{":
            raise NftError("netsandbox: nft: a chain without a name is not modelled\n")
        reader.said.append(f"{self.word} {chain}")
        reader.out += [self.flag, chain]


def _reject(reader: Reader) -> None:
    reader.out += ["-j", "REJECT"]
    reader.said.append("reject")
    if reader.words[:1] != ["with"]:
        if reader.is_inet and any(one.startswith("ip ") for one in reader.said):
            reader.said[-1] += " with icmp port-unreachable"
        return
    reader.take()
    at, kind = reader.place, reader.take("icmp or icmpv6 or tcp or icmpx")
    if kind not in ("icmp", "icmpv6", "tcp", "icmpx"):
        found = token(kind)[0]
        raise reader.line.complaint(f"syntax error, unexpected {found}, expecting icmp or icmpv6 or tcp or icmpx",
                                    reader.place - 1)
    if kind == "tcp":
        _reset(reader)
        return
    if reader.words[:1] == ["type"]:
        reader.take()
    _reject_with(reader, kind, at - 2)


def _reset(reader: Reader) -> None:
    reader.take()
    reader.said[-1] += " with tcp reset"
    if reader.protocol != "tcp":
        reader.said.insert(0, "meta l4proto tcp")
        reader.protocol = "tcp"
        reader.out += ["-p", "tcp"]
    if not reader.is_inet:  # payload_dependency_kill
        reader.said = _without_dependency(reader.said)
    reader.out += ["--reject-with", "tcp-reset"]


def _reject_with(reader: Reader, kind: str, verb: int) -> None:
    """A code of ICMP, by its name or number."""
    at, what = reader.place, reader.take()
    what = REJECT_CODES.get(what, what)
    if kind == "icmpx" and not reader.is_inet:
        raise reader.line.complaint("abstracted ICMP unreachable not supported", at, verb)
    if kind == "icmpv6" and not reader.is_inet:
        raise reader.line.complaint("conflicting protocols specified: ip vs ip6", at, verb)
    known = ABSTRACT if kind == "icmpx" else KINDS
    if kind == "icmpv6" or what == "frag-needed" or what.isdecimal():
        raise reader.not_modelled(f"reject with {kind} {what}")
    if what not in known:
        raise reader.line.complaint(f"Could not parse reject {kind} code", at)
    is_usual = what == "port-unreachable" and (kind == "icmpx" or not reader.is_inet)
    reader.said[-1] += "" if is_usual else f" with {kind} {what}"
    reader.out += ["--reject-with", known[what]]


def _without_dependency(said: list[str]) -> list[str]:
    """What a reset implies is not said before it, unless something is done in between."""
    at = max((at for at, one in enumerate(said) if one in ("meta l4proto tcp", "ip protocol tcp")), default=-1)
    between = said[at + 1:]
    if at < 0 or any(one == COUNTED or one.startswith(("limit", "log")) or " set " in one for one in between):
        return said
    return [*said[:at], *between]


def _check_mapping(reader: Reader, where: str, at: int, verb: int, is_port: bool) -> None:
    """A port is only given to what has ports."""
    before, colon, port_text = where.rpartition(":")
    if (not colon and not is_port) or {*reader.protocol.split(",")} & TRANSPORTS:
        return
    raise reader.line.complaint("transport protocol mapping is only valid after transport protocol match", at, verb,
                                offset=len(where) - len(port_text) if colon or before else 0)


class _Nat:
    """dnat, snat, masquerade and redirect."""

    def __init__(self, word: str, target: str, flag: str) -> None:
        self.word, self.target, self.flag = word, target, flag

    def __call__(self, reader: Reader) -> None:
        said, out, verb = self.word, ["-j", self.target], reader.place - 1
        has_address = self.target in ("DNAT", "SNAT")
        family, names_family = "", has_address and reader.words[:1] == ["ip"]
        if names_family:
            family, verb = reader.take(), reader.place - 1
            said += f" {family}" * reader.is_inet
        elif has_address and reader.is_inet and is_of_ipv4(reader):
            names_family, said = True, f"{said} ip"
        if has_address or reader.words[:1] == ["to"]:
            is_checked = names_family or not reader.is_inet or not has_address
            where, flags = self._to(reader, family, verb, is_checked)
            said += f" to {':' * self.is_port}{where}"
            out += [self.flag, where]
        else:
            flags = self._flags(reader)
        said += f" {','.join(flags)}" if flags else ""
        out += [NAT_FLAGS[flag] for flag in flags if has_address or flag != "persistent"]
        if reader.is_inet and has_address and not names_family:
            raise reader.line.complaint(f"specify `{self.word} ip' or '{self.word} ip6' in inet table to "
                                        "disambiguate", verb)
        reader.said.append(said)
        if ":" in said and "," in reader.protocol:  # iptables has one protocol a rule
            reader.first.append(["-p", "tcp", *out])
        else:
            reader.out += out

    @property
    def is_port(self) -> bool:
        """Whether it changes the port alone."""
        return self.flag == "--to-ports"

    def _to(self, reader: Reader, family: str, verb: int, is_checked: bool) -> tuple[str, list[str]]:
        """`to ADDRESS:PORT`, and the flags behind it."""
        has_to = reader.words[:1] == ["to"]
        del reader.words[:has_to]
        at, where, flags = reader.place, reader.take(), self._flags(reader)
        if where == "prefix" or reader.words[:1] == ["map"] or "map" in reader.words[:4]:
            raise reader.not_modelled(f"{self.word} {'prefix' if where == 'prefix' else 'map'}")
        if family and not has_to:
            kind = token(reader.words[0])[0] if reader.words else "newline"
            raise reader.line.complaint(f"syntax error, unexpected {kind}", reader.place)
        if is_checked:
            _check_mapping(reader, where, at, verb, is_port=self.is_port)
        where = _numbered(where)
        return where.lstrip(":") if self.is_port else where, flags

    @staticmethod
    def _flags(reader: Reader) -> list[str]:
        """Those that follow, in the order of their bits."""
        given = {*reader.words[0].split(",")} if reader.words else set()
        if not given or not given <= NAT_FLAGS.keys():
            return []
        reader.take()
        return [flag for flag in NAT_FLAGS if flag in given]


def _numbered(where: str) -> str:
    """`1.1.1.1:http` by the port's number."""
    address, colon, name = where.rpartition(":")
    return f"{address}{colon}{port(name)}" if colon or not name.startswith(tuple("0123456789")) else where


def _address_type(reader: Reader, keys: list[str], said: str) -> None:
    at = reader.place
    negated, value = reader.asked(f"{said} type")
    if not {*value.split(",")} <= ADDRESS_TYPES:
        raise reader.line.complaint("Could not parse fib address type expression; did you you mean `local`?",
                                    at + bool(negated))
    limit = [f"--limit-iface-{'in' if key == 'iif' else 'out'}" for key in keys[1:]]
    flag = f"--{'src' if keys[0] == 'saddr' else 'dst'}-type"
    reader.out += ["-m", "addrtype", *negated, flag, value.upper(), *limit]


def _fib(reader: Reader) -> None:
    """The type of an address (addrtype), or whether there is a way back to the sender (rpfilter)."""
    keys = [reader.take()]
    while reader.words[:1] == ["."]:
        reader.take()
        keys.append(reader.take())
    result, said = reader.take(), f"fib {' . '.join(keys)}"
    if result == "type" and keys[0] in ("saddr", "daddr") and keys[1:] in ([], ["iif"], ["oif"]):
        _address_type(reader, keys, said)
        return
    flags = {"saddr": [], "mark": ["--validmark"], "iif": []}
    if result != "oif" or not {*keys} <= flags.keys() or "saddr" not in keys or reader.words[:1] not in (
            ["missing"], ["exists"]):
        raise reader.not_modelled("fib")
    wanted = reader.take()
    reader.said.append(f"{said} oif {wanted}")
    reader.out += ["-m", "rpfilter", *(word for key in keys for word in flags[key]), *["--loose"] * ("iif" not in keys),
                   *["--invert"] * (wanted == "missing")]


def _notrack(reader: Reader) -> None:
    reader.said.append("notrack")
    reader.first.append(["-j", "NOTRACK"])


def _continue(reader: Reader) -> None:
    reader.said.append("continue")


def _comment(reader: Reader) -> None:
    text = reader.take(TEXT).strip('"')
    reader.said.append(f'comment "{text}"')
    reader.out += ["-m", "comment", "--comment", text]


class _Verdict:
    def __init__(self, word: str, target: str) -> None:
        self.word, self.target = word, target

    def __call__(self, reader: Reader) -> None:
        reader.said.append(self.word)
        reader.out += ["-j", self.target]


READERS: dict[str, Callable[[Reader], None]] = {
    "ip": ip, "tcp": tcp, "udp": udp, "th": th, "icmp": icmp, "ct": ct, "meta": meta, "limit": _limit,
    **UNPREFIXED,
    "counter": _counter, "jump": _Jump("jump", "-j"), "goto": _Jump("goto", "-g"), "reject": _reject, "log": log,
    "dnat": _Nat("dnat", "DNAT", "--to-destination"), "snat": _Nat("snat", "SNAT", "--to-source"),
    "masquerade": _Nat("masquerade", "MASQUERADE", "--to-ports"),
    "redirect": _Nat("redirect", "REDIRECT", "--to-ports"), "fib": _fib, "comment": _comment,
    "ether": ether, "notrack": _notrack, "continue": _continue, "ip6": Ipv6("ip6"), "icmpv6": Ipv6("icmpv6"),
    **{word: Interface(word) for word in ("iif", "iifname", "oif", "oifname")},
    **{word: _Verdict(word, target) for word, target in VERDICTS.items()}}
