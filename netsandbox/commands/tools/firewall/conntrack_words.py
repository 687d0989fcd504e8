"""conntrack's command line: its command and its options (conntrack-tools 1.4.8)."""

from __future__ import annotations

import re
from ipaddress import IPv6Address

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.firewall.conntrack_checks import check
from netsandbox.commands.tools.firewall.conntrack_filter import ADDRESSES, OF_ICMP, PORTS, SAME, Filter, Translated
from netsandbox.commands.tools.firewall.conntrack_options import (
    COMMANDS,
    MASKED,
    NAMED,
    NEEDED_OF,
    OPTIONS,
    TITLE,
    wrong,
)
from netsandbox.linux.netfilter.connection import ASSURED, DCCP, GRE, SCTP, SEEN_REPLY, TOLD_WITH_PORTS, Connection
from netsandbox.linux.netfilter.listing import NAMES
from netsandbox.linux.netfilter.tcp_states import STATES
from netsandbox.linux.netfilter.track_sctp import STATES as SCTP_STATES
from netsandbox.wire.addresses import AddressError, Network, parse_ipv4
from netsandbox.wire.ipv4 import ICMP, TCP

OUTPUTS = ("xml", "extended", "timestamp", "id", "ktimestamp", "labels", "userspace", "save")
UNREPLIED = 1 << 16  # No bit of an entry's: that SEEN_REPLY is not set
STATUSES = {"ASSURED": ASSURED, "SEEN_REPLY": SEEN_REPLY, "UNSET": 0, "FIXED_TIMEOUT": 1 << 10, "EXPECTED": 1,
            "OFFLOAD": 1 << 14, "HW_OFFLOAD": 1 << 15, "UNREPLIED": UNREPLIED}
EVENTS = ("NEW", "UPDATES", "DESTROY", "ALL")
PROTOCOLS = {name: number for number, name in NAMES.items()} | {"icmpv6": 58}
MOST_PORT = 0xFFFF


class Line:
    """One command line, read.

    Attributes:
        values: of its options, by letter, or by name for those that -p adds.
        filters: what an entry has to be.
        table: conntrack, expect, dying or unconfirmed.  family: that was named, or an address is of.
    """

    def __init__(self, arguments: list[str], warnings: list[str]) -> None:
        """
        Raises:
            ToolError: something is wrong; `warnings` gets what is said before.
        """
        self.words, self._warnings = list(arguments), warnings
        self.command, self.table = "", "conntrack"
        self.filters: list[Filter | Translated] = []
        self.protocol, self.family = -1, ""
        self.values: dict[str, str] = {}
        self.masks: dict[str, int] = {}
        while self.words:
            word = self.words.pop(0)
            if word == "--":
                break
            if word.startswith("-") and word != "-":  # other words are not looked at
                self._read(word)
        check(self)
        self._add_filters()

    @property
    def outputs(self) -> frozenset[str]:
        """What -o asks for."""
        return frozenset(self.values.get("o", "").split(","))

    @property
    def status(self) -> int:
        """The bits that -u names."""
        return _bits(self.values["u"]) & ~UNREPLIED if "u" in self.values else 0

    @property
    def events(self) -> frozenset[str]:
        """What -e asks for: NEW, UPDATE, DESTROY."""
        asked = set(self.values.get("e", "ALL").upper().split(","))
        return frozenset(name for name in ("NEW", "UPDATE", "DESTROY") if asked & {name, f"{name}S", "ALL"})

    def number(self, name: str) -> int:
        """What an option was given, as a number."""
        return _unsigned(self.values.get(name, ""))

    @property
    def mark_mask(self) -> int:
        """The bits that -m is about: all, or those behind a slash, of which there may be none."""
        _mark, slash, mask = self.values["m"].partition("/")
        return _unsigned(mask) if slash else 0xFFFFFFFF

    def _value(self, option: str) -> str:
        if not self.words:
            raise wrong(f"option `{option}' requires an argument")
        return self.words.pop(0)

    def _read(self, word: str) -> None:
        if word.startswith("--"):
            self._long(word)
            return
        letter, rest = word[1], word[2:]
        if letter in COMMANDS.values():
            self._begin(letter, rest)
        elif letter == "a":
            rest or self._value("-a")
            self._warnings.append("WARNING: ignoring -a, deprecated option.\n")
        elif letter == "R" and (rest or self.words):
            raise ToolError(1, "netsandbox: conntrack -R (--load-file) is not modelled")
        elif letter in NAMED:
            if rest and letter in "nzgj":
                raise wrong(f"unknown option `{word}'")
            if rest:
                self.words.insert(0, rest)
            self._option(letter, f"-{letter}")
        else:
            raise wrong(f"unknown option `{word}'")

    def _long(self, word: str) -> None:
        given, equals, value = word[2:].partition("=")
        if self.protocol == GRE and given in KEYS:
            raise ToolError(1, f"netsandbox: conntrack --{given}: keys of GRE are not modelled")
        names = [*COMMANDS, *OPTIONS, *self._of_protocol()]
        found = [given] if given in names else [name for name in names if given and name.startswith(given)]
        if len(found) != 1:
            raise wrong(f"unknown option `{word}'")
        name = found[0]
        if equals:
            self.words.insert(0, value)
        if name in COMMANDS:
            self._begin(COMMANDS[name], "")
        elif name in OPTIONS:
            self._option(OPTIONS[name], f"--{name}")
        else:
            self._protocol_option(name)

    def _begin(self, command: str, joined: str) -> None:
        """A command, and the table behind it."""
        if self.command:
            table = self.words[0] if self.words and self.words[0][:1] not in ("-", "!", "") else ""
            if table and table not in TABLES:
                raise wrong(f"unknown type `{table}'")
            raise wrong("Invalid commands combination")
        self.command = command
        if not joined and self.words and self.words[0][:1] not in ("-", "!", ""):
            self.table = self.words.pop(0)
            if self.table not in TABLES:
                raise wrong(f"unknown type `{self.table}'")
        if self.table in SHORT_LIVED and command not in "LS":
            raise wrong("Can't do that command with tables `dying' and `unconfirmed'")
        if self.table == "expect" and command == "U":
            raise wrong("Can't do --update on expectations")

    def _option(self, letter: str, option: str) -> None:
        if letter == "z":
            self.values[letter] = ""
            return
        if letter in "ngj":
            self._translated(letter)
            return
        before, value = self.values.get(letter, ""), self._value(option)
        self.values[letter] = f"{before},{value}" if letter == "o" and before else value
        if letter in ADDRESSES:
            network = self._network(value, letter)
            self._ask(Filter(letter, network.network, network.mask))
        elif letter == "p":
            self._protocol(value)
        elif letter == "f" and value not in ("ipv4", "ipv6"):
            raise wrong(f"`{value}' unsupported protocol")
        elif letter == "f":
            self._belongs(value)
        elif letter in MASKED:
            self.masks[MASKED[letter]] = self._network(value, letter).network
        elif letter == "l":
            self._warnings.append(NO_LABELS)
            raise wrong(f"unknown label '{value}'")
        elif letter in "uoe":
            self._listed(letter, value)

    def _translated(self, letter: str) -> None:
        """-n, -g, -j and their like, behind which an address may stand."""
        has_value = self.words and self.words[0][:1] not in ("-", "!", "")
        self.values[letter] = self.words.pop(0) if has_value else ""
        host, colon, port = self.values[letter].partition(":")
        if ":" in port:  # then it may be an address of IPv6
            host, colon, port = self.values[letter], "", ""
        if colon and not port:
            raise wrong("No port specified after `:'")
        if port and not (port.isdecimal() and int(port) <= MOST_PORT):
            raise wrong(f"Invalid port `{port}'")
        address = self._network(host, letter) if has_value else Network(0, 0)
        self._ask(Translated(letter, address.address, int(port or -1)))

    def _ask(self, one: Filter | Translated) -> None:
        """What is said twice is what was said last."""
        self.filters = [*(other for other in self.filters if other.test != one.test), one]

    def _belongs(self, family: str) -> None:
        if self.family not in ("", family):
            raise wrong("mismatched address family")
        self.family = family

    def _network(self, text: str, letter: str) -> Network:
        """What an option's letter is about; -s and -d may say a network."""
        host, slash, length = text.partition("/")
        if slash and letter not in "sd":
            raise wrong(f"CIDR notation unavailable for `--{NAMED[letter]}'")
        is_new = _is_ipv6(host)
        if length and not (length.isdecimal() and int(length) < (129 if is_new else 33)):
            raise wrong("Invalid netmask")
        if is_new:
            self._belongs("ipv6")
            return Network(0, 0)  # no entry is of that family
        try:
            found = Network(parse_ipv4(host), int(length) if length else 32)
        except AddressError:
            raise wrong(f"Invalid IP address `{text}'") from None
        self._belongs("ipv4")
        return found

    def _listed(self, letter: str, value: str) -> None:
        """Values with commas between."""
        known = {"u": tuple(STATUSES), "o": OUTPUTS, "e": EVENTS}[letter]
        parts = value.split(",")
        for at, one in enumerate(parts):
            if (one if letter == "o" or one.upper() == "UNREPLIED" else one.upper()) not in known:
                raise wrong(f"Bad parameter `{','.join(parts[at:]) if letter == 'o' else one}'")
            if (letter, one) == ("o", "labels"):
                self._warnings.append(NO_LABELS)
        if "save" in self.outputs and len(self.outputs) > 1:
            raise ToolError(1, f"{TITLE}: cannot combine save output with any other output type, use -o save only")

    def _protocol(self, value: str) -> None:
        number = int(value) if value.isdecimal() and int(value) < 256 else PROTOCOLS.get(value.lower(), -1)
        if number < 0:
            raise wrong(f"`{value}' unsupported protocol")
        self.protocol = number
        self._ask(Filter("p", number))

    def _of_protocol(self) -> list[str]:
        """The options that -p adds: ports, an ICMP type, a TCP state."""
        return [*([*PORTS, *SAME] if self.protocol in TOLD_WITH_PORTS else ()),
                *(OF_ICMP if self.protocol == ICMP else ()),
                *(NEEDED_OF.get(self.protocol, ()) if self.protocol != ICMP else ())]

    def _protocol_option(self, name: str) -> None:
        kept = SAME.get(name, name)
        value = self.values[kept] = self._value(f"--{name}")
        if name in VTAGS and self.command in "LDU":
            raise wrong(f"Illegal option `--{name}' with this command")
        if self.protocol == DCCP and name in DCCP_WORDS and value not in DCCP_WORDS[name]:
            raise wrong(f"Unknown DCCP {name} `{value}'")
        if name == "state" and self.protocol != DCCP:
            self.values[kept] = self._state(value)
            return
        if kept in PORTS or kept in OF_ICMP:
            self._ask(Filter(kept, self.number(kept)))

    def _state(self, value: str) -> str:
        state = "SYN_SENT2" if value == "LISTEN" and self.protocol == TCP else value
        if state not in self.states:
            raise wrong(f"unknown {'TCP' if self.protocol == TCP else 'SCTP'} state `{value}'")
        return state

    @property
    def states(self) -> tuple[str, ...]:
        """Of the protocol, in the order of their numbers."""
        return SCTP_STATES if self.protocol == SCTP else STATES

    def _add_filters(self) -> None:
        """What an option asks for that makes no connection of its own."""
        self.filters = [one._replace(value=one.value & mask, mask=mask) if isinstance(one, Filter) and mask is not None
                        else one for one in self.filters for mask in [self.masks.get(one.test)]]
        self.filters += [Filter(letter, self.number(letter) & 0xFFFF) for letter in "()" if letter in self.values]
        if "w" in self.values and self.command not in ("I", "A"):
            self.filters.append(Filter("w", self.number("w")))
        if "m" in self.values and self.command not in ("I", "A", "U"):
            self.filters.append(Filter("m", self.number("m"), self.mark_mask))
        if "i" in self.values:
            self.filters.append(Filter("i", self.number("i")))
        if "state" in self.values and self.command not in ("I", "A", "U"):
            self.filters.append(Filter("state", self.states.index(self.values["state"])))
        if "u" in self.values and self.command not in ("I", "A", "U"):
            asked = _bits(self.values["u"])
            if not asked and self.command == "L":
                raise ToolError(1, f"{TITLE}: Operation failed: invalid parameters")
            self.filters.append(Filter("u", self.status, self.status | SEEN_REPLY * bool(asked & UNREPLIED)))

    def covers(self, connection: Connection) -> bool:
        """All entries are of IPv4."""
        return self.family != "ipv6" and all(one.covers(connection) for one in self.filters)


NO_LABELS = "nfct_labelmap_new: No such file or directory\n"  # There is no /etc/xtables/connlabel.conf
SHORT_LIVED = ("dying", "unconfirmed")  # Lists in which an entry is for an instant: they can only be looked at
KEYS = ("srckey", "dstkey", "reply-key-src", "reply-key-dst")
VTAGS = ("orig-vtag", "reply-vtag")
DCCP_WORDS = {"role": ("client", "server"), "state": (
    "NONE", "REQUEST", "RESPOND", "PARTOPEN", "OPEN", "CLOSEREQ", "CLOSING", "TIMEWAIT", "IGNORE", "INVALID")}
TABLES = ("conntrack", "expect", "dying", "unconfirmed")


def _unsigned(text: str) -> int:
    """strtoul: what is no number is 0."""
    match = re.match(r"0[xX][0-9a-fA-F]+|0[0-7]*|[0-9]+", text)
    digits = match[0] if match else "0"
    return int(digits, 8) if re.fullmatch("0[0-7]+", digits) else int(digits, 0)


def _bits(names: str) -> int:
    return sum({STATUSES[name] for name in names.upper().split(",")})


def _is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False
