"""The frame log's filter language, in tcpdump's manner: `arp or icmp`, `host nginx-1 and not port 80`.

    expression := term { [and | or] term }      `&&` and `||` too; as in pcap-filter(7), both bind
    term       := not term | ( expression )     equally and from the left, `not` binds tightest
                | primitive

    arp  icmp  tcp  udp  ip  dns …              protocol
    [src | dst] [host] NAME-or-ADDRESS          who sent it, who it is for (ARP: who asks, who is asked)
    [src | dst] net 172.17.0.0/16               an address inside the network
    [src | dst] port 80     portrange 1-1023    TCP and UDP ports
    [src | dst] host 172.17.0.2:80              both
    dev docker0             at nginx-1          where it was seen: interface (or a port of the bridge), node
    in  out  broadcast                          direction; to everyone
    syn  rst  fin  psh  ack  urg                TCP's flags; tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 too
    vlan   vlan 10   greater 1000   less 64     the tag; bytes of the frame
    drop   reason NEIGH_FAILED   verdict bridged
    step 12   frame 40-60                       by number

A word that follows `and`, `or` or `not` and is no keyword repeats the last
keyword: `host nginx-1 or nginx-2`.  Names with spaces go in double quotes.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import NamedTuple

from netsandbox.lab.log_flags import BITS, RELATION, flag_test
from netsandbox.lab.wireshark_words import meant_by

PROTOCOLS: dict[str, frozenset[str]] = {
    name: frozenset(covers.split())
    for name, covers in {
        "arp": "arp rarp",
        "ip": "ip ipv4 icmp tcp udp igmp dns dhcp ntp http https redis mysql postgresql ssh",
        "icmp": "icmp",
        "igmp": "igmp",
        "tcp": "tcp http https redis mysql postgresql ssh",
        "udp": "udp dns dhcp ntp",
        "dns": "dns",
        "dhcp": "dhcp",
        "http": "http",
        "ip6": "ip6 ipv6 icmp6 icmpv6",
        "icmp6": "icmp6 icmpv6",
        "stp": "stp",
        "ethernet": "ethernet eth",
    }.items()
}
"""Protocol word -> the values of `LogRow.protocol`, in lower case, that it stands for."""

CARRIED = {"dns": (frozenset({53}), ""), "dhcp": (frozenset({67, 68}), ""), "http": (frozenset[int](), "HTTP")}
"""Protocols that UDP or TCP carries, as which a row's frame is told: by their ports, or by what the row says of it."""

SERVICES = {"http": 80, "https": 443, "domain": 53, "dns": 53, "ssh": 22, "redis": 6379, "mysql": 3306}
"""Port names, as /etc/services has them."""

_SIDES = ("src", "dst")
_TAKES_NAME = {"host", "dev", "at", "reason", "verdict"}
_TAKES_NUMBERS = {"step", "frame", "port", "portrange", "vlan", "greater", "less"}
_ALONE = {"drop", "in", "out", "broadcast"}
_FLAGS = frozenset(BITS)
KEYWORDS = frozenset({*_SIDES, *_TAKES_NAME, *_TAKES_NUMBERS, *_ALONE, *_FLAGS, *PROTOCOLS, "net", "and", "or", "not"})
"""Every word with a meaning of its own; a name that is one of them goes in double quotes."""

MOST_VLAN = 4095
MAX_TOKENS = 300  # Words of a filter at most; each may nest one call deeper when a row is tested

_SYNONYMS = {"dropped": "drop", "inbound": "in", "outbound": "out", "ipv4": "ip", "ifname": "dev"}
_TOKEN = re.compile(rf'\s*(?:("[^"]*"?)|(&&|\|\||[()!])|({RELATION}|[^\s()!&|"]+)|(.))', re.DOTALL)

_WITH_PORT = re.compile(r"([^:]+):([0-9]+)")  # A host with a port; a MAC has more colons


class FilterError(ValueError):
    """A filter that does not parse; `start` and `end` are the offending characters in the text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Token(NamedTuple):
    """One word or sign of a filter."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def keyword(self) -> str:
        """The keyword that it is, or nothing."""
        if self.quoted:
            return ""
        word = {"&&": "and", "||": "or", "!": "not"}.get(self.text, self.text.lower())
        word = _SYNONYMS.get(word, word)
        return word if word in KEYWORDS or word in "()" else ""


class Primitive(NamedTuple):
    """One test of a row."""

    kind: str
    """protocol, host, net, port, dev, at, drop, in, out, broadcast, reason, verdict, step, frame, flags, vlan, greater,
    less."""
    side: str = ""
    """src, dst, or nothing for either; of flags (those of the mask `low`) whether they are `high`: == or !=."""
    value: str = ""
    low: int = 0
    high: int = 0


class Not(NamedTuple):
    """Rows that another expression does not match."""

    inner: Expression


class Both(NamedTuple):
    """Two expressions joined by `and` or `or`."""

    word: str
    left: Expression
    right: Expression


Expression = Primitive | Not | Both


def tokens(text: str) -> list[Token]:
    """The words and signs of a filter (FilterError: for a sign that the language does not have, or a quote without its
    end)."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        quoted, sign, word, other = match.groups()
        group = 1 if quoted is not None else 2 if sign is not None else 3 if word is not None else 4
        start, end = match.span(group)
        if other is not None:
            if other.isspace():
                continue
            raise FilterError(f"{other!r} means nothing here: write `and`, `or`, `&&` or `||`", start, end)
        if quoted is not None:
            if len(quoted) < 2 or not quoted.endswith('"'):
                raise FilterError("the quote has no end", start, end)
            found.append(Token(quoted[1:-1], start, end, True))
        else:
            found.append(Token(sign or word, start, end))
        if len(found) > MAX_TOKENS:
            raise FilterError(f"too long: at most {MAX_TOKENS} words", start, end)
    return found


def parse(text: str) -> Expression | None:
    """The expression of a filter; None for an empty one, which matches all (FilterError: with the place and one line
    that says what was expected)."""
    parser = _Parser(text)
    return parser.all() if parser.tokens else None


def validate(text: str) -> FilterError | None:
    """What is wrong with a filter, or None."""
    try:
        parse(text)
    except FilterError as error:
        return error
    return None


class _Parser:
    """Recursive descent over the tokens of one filter."""

    MAX_DEPTH = 50

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0
        self.again: Callable[[Token], Expression] | None = None
        """Makes the test of a word that repeats the last keyword."""

    def all(self) -> Expression:
        expression = self.expression()
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise FilterError("this `)` closes nothing", token.start, token.end)
        return expression

    def peek(self) -> str:
        return self.tokens[self.at].keyword if self.at < len(self.tokens) else ""

    def take(self, expected: str) -> Token:
        if self.at >= len(self.tokens) or (self.peek() in ("(", ")", "and", "or", "not")):
            start = self.tokens[self.at].start if self.at < len(self.tokens) else len(self.text)
            end = self.tokens[self.at].end if self.at < len(self.tokens) else len(self.text)
            raise FilterError(f"expected {expected}", start, end)
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self) -> Expression:
        left = self.term()
        while self.at < len(self.tokens) and self.peek() != ")":
            word = "or" if self.peek() == "or" else "and"
            if self.peek() in ("and", "or"):
                self.at += 1
            left = Both(word, left, self.term())
        return left

    def term(self) -> Expression:
        opening = self.tokens[self.at] if self.at < len(self.tokens) else None
        self.depth += 1
        if self.depth > self.MAX_DEPTH and opening is not None:
            raise FilterError("nested too deeply", opening.start, opening.end)
        try:
            if opening is not None and opening.keyword == "not":
                self.at += 1
                return Not(self.term())
            if opening is not None and opening.keyword == "(":
                self.at += 1
                inner = self.expression()
                if self.peek() != ")":
                    raise FilterError("this `(` is never closed", opening.start, opening.end)
                self.at += 1
                return inner
            return self.primitive()
        finally:
            self.depth -= 1

    def primitive(self) -> Expression:
        token = self.take("a test such as `arp`, `host NAME` or `drop`")
        word = token.keyword
        if word in PROTOCOLS:
            return Primitive("protocol", value=word)
        if word in _ALONE:
            return Primitive(word)
        if word in _FLAGS:
            return Primitive("flags", "!=", low=BITS[word])
        flags = None if token.quoted else flag_test(token.text)
        if flags is not None:
            return Primitive("flags", "==" if flags.is_equal else "!=", low=flags.mask, high=flags.value)
        if word == "vlan" and not self._number_is_next():
            return Primitive("vlan", low=0, high=MOST_VLAN)
        if word in _SIDES:
            side = word
            kind = self.peek() if self.peek() in ("host", "net", "port", "portrange") else "host"
            if self.peek() == kind:
                self.at += 1
            return self.operand(kind, side)
        if word:
            return self.operand(word, "")
        meant = "" if token.quoted else meant_by(self.text[token.start:])
        if self.again is not None and not meant:
            return self.again(token)
        raise FilterError(f"no keyword `{token.text}`: {meant or _meant(token)}", token.start, token.end)

    def _number_is_next(self) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].text[:1].isdigit()

    def operand(self, kind: str, side: str) -> Expression:
        """What follows a keyword."""
        expected = {"host": "a name or an address", "net": "a network such as 172.17.0.0/16", "dev": "an interface"}
        token = self.take(expected.get(kind, f"a value after `{kind}`"))
        self.again = lambda word: _value(kind, side, word)
        return self.again(token)


def _meant(token: Token) -> str:
    narrow = unicodedata.normalize("NFKC", token.text).lower()  # full-width letters, as an input method types them
    near = [] if ":" in token.text else difflib.get_close_matches(narrow, KEYWORDS, 1)
    name, colon, port = token.text.rpartition(":")
    is_interface = colon and port and not port.isdecimal() and ":" not in name
    example = f"dev {token.text}" if is_interface else f"host {token.text}"
    return f"did you mean `{near[0]}`?" if near else f"for a name write `{example}`"


def _value(kind: str, side: str, token: Token) -> Expression:
    """The primitive of a keyword and its value; both of a host with a port behind it."""
    with_port = None if token.quoted or kind != "host" else _WITH_PORT.fullmatch(token.text)
    if with_port is not None:
        numbers = _numbers("port", Token(with_port[2], token.end - len(with_port[2]), token.end))
        return Both("and", Primitive("host", side, with_port[1]), Primitive("port", side, "", *numbers))
    if kind == "net":
        return Primitive("net", side, str(_network(token)))
    if kind in _TAKES_NUMBERS:
        low, high = _numbers(kind, token)
        return Primitive("port" if kind == "portrange" else kind, side, "", low, high)
    if not token.text:
        raise FilterError(f"expected a value after `{kind}`", token.start, token.end)
    return Primitive(kind, side, token.text)


def _network(token: Token) -> IPv4Network:
    """172.17.0.0/16, or as pcap-filter allows the first numbers alone: 172.17."""
    parts, _, length = token.text.partition("/")
    numbers = parts.split(".")
    full = ".".join(numbers + ["0"] * (4 - len(numbers)))
    try:
        address = IPv4Address(full)
        network = IPv4Network((address, length or 8 * len(numbers)), strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise FilterError(f"not a network: `{token.text}`; write 172.17.0.0/16", token.start, token.end) from None
    if network.network_address != address:
        message = f"non-network bits set in `{token.text}`; did you mean {network}?"
        raise FilterError(message, token.start, token.end)
    return network


def _numbers(kind: str, token: Token) -> tuple[int, int]:
    """A number or a range; for ports also a service's name."""
    most = {"port": 65535, "portrange": 65535, "vlan": MOST_VLAN}.get(kind, 2**63)
    service = SERVICES.get(token.text.lower()) if kind == "port" else None
    if service is not None:
        return service, service
    match = re.fullmatch(r"([0-9]{1,18})(?:-([0-9]{1,18}))?", token.text)
    if match is None:
        raise FilterError(f"`{kind}` wants a number or a range, not `{token.text}`", token.start, token.end)
    low, high = int(match[1]), int(match[2] or match[1])
    if low != high and kind in ("greater", "less"):
        raise FilterError(f"`{kind}` wants a number, not `{token.text}`", token.start, token.end)
    if low > high or high > most:
        limit = f"a {kind} is at most {most}" if high > most else "the range runs backwards"
        raise FilterError(f"{limit}: `{token.text}`", token.start, token.end)
    return low, high


def unparse(expression: Expression) -> str:
    """The text of an expression; parsing it again gives the same expression."""
    if isinstance(expression, Not):
        return f"not {_bracket(expression.inner)}"
    if isinstance(expression, Both):
        return f"{unparse(expression.left)} {expression.word} {_bracket(expression.right)}"
    kind, side, value, low, high = expression
    if kind == "protocol":
        return value
    if kind == "flags":
        return f"tcp[tcpflags] & {low} {side} {high}"
    if kind in _TAKES_NUMBERS:
        value = str(low) if low == high else f"{low}-{high}"
    elif value:
        value = quote(value)
    return " ".join(filter(None, (side, kind, value)))


def quote(name: str) -> str:
    """A name as it must be written in a filter: in quotes when it would be read as something else."""
    plain = re.fullmatch(r'[^\s()!&|"]+', name) is not None and not Token(name, 0, 0).keyword
    return name if plain and not _WITH_PORT.fullmatch(name) else f'"{name}"'


def _bracket(expression: Expression) -> str:
    return f"({unparse(expression)})" if isinstance(expression, Both) else unparse(expression)
