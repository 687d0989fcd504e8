"""Targets that change a packet's header or priority, or send a copy of it: TTL, TOS, DSCP, TCPMSS, CLASSIFY, TEE."""

from __future__ import annotations

import re
from typing import ClassVar

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import RouteMissing
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import route_output
from netsandbox.linux.netfilter.extension import (
    Action,
    Given,
    ImpossibleError,
    MarkValue,
    Option,
    UsageError,
    as_number,
    number,
    only_one,
)
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.rewrite import changed
from netsandbox.linux.netfilter.rule import Answer, Decision
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4
from netsandbox.wire.names import DSCP
from netsandbox.wire.tcp import HEADER, RST, SYN, TcpSegment

MANGLE = frozenset({"mangle"})
TOS_NAMES = {"Minimize-Delay": 0x10, "Maximize-Throughput": 8, "Maximize-Reliability": 4, "Minimize-Cost": 2,
             "Normal-Service": 0}
CLASSES = {name.lower(): value for value, name in DSCP.items()} | {"be": 0}
HEADERS = 40
LEAST_MSS = 536
WITH_A_WAY_OUT = frozenset({Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING})  # Where a path's MTU is known
OPTION_MSS, MSS_LENGTH = 2, 4


class SetTtl(Action):
    """Another TTL (xt_HL.c)."""

    name = "TTL"
    tables = MANGLE
    options = (Option("--ttl-set", number(0, 255), can_negate=False),
               Option("--ttl-inc", number(1, 255), can_negate=False),
               Option("--ttl-dec", number(1, 255), can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        only_one(cls.name, given, ("--ttl-set", "--ttl-dec", "--ttl-inc"))
        if not given:
            raise UsageError("TTL: You must specify an action")

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        (flag, given), = self.given.items()
        ttl = {"--ttl-set": given.value, "--ttl-inc": min(255, buffer.packet.ttl + given.value),
               "--ttl-dec": max(0, buffer.packet.ttl - given.value)}[flag]
        buffer.packet = changed(buffer.packet, ttl=ttl)
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        (flag, given), = self.given.items()
        return f" TTL {{}} {given.value}".format({"--ttl-set": "set to", "--ttl-inc": "increment by",
                                                  "--ttl-dec": "decrement by"}[flag])


def read_tos(text: str) -> MarkValue:
    """`VALUE[/MASK]`, or a name of RFC 1349."""
    if text in TOS_NAMES:
        return MarkValue(TOS_NAMES[text], 0x3F)
    value, slash, mask = text.partition("/")
    first, second = as_number(value), as_number(mask) if slash else 0xFF
    if first is None or second is None or max(first, second) > 0xFF:
        raise UsageError(f'Symbolic name "{text}" is unknown')
    return MarkValue(first, second)


def write_tos(tos: MarkValue) -> str:
    return f"{tos.value:#04x}/{tos.mask:#04x}"


def read_class(text: str) -> int:
    """`MAJOR:MINOR`, hexadecimal; whatever is behind them (sscanf)."""
    found = re.match(r"\s*(?:0x)?([0-9a-f]+):\s*(?:0x)?([0-9a-f]+)", text, re.IGNORECASE)
    if found is None:
        raise UsageError(f'Bad class value "{text}"')
    return (int(found[1], 16) & 0xFFFF) << 16 | int(found[2], 16) & 0xFFFF


def class_number(word: str) -> int | None:
    """`MAJOR:MINOR`, hexadecimal, a number, or none (tchandle_type_parse); None: it is neither."""
    major, colon, minor = word.partition(":")
    try:
        if colon:
            return (int(major or "0", 16) & 0xFFFF) << 16 | int(minor or "0", 16) & 0xFFFF
        return 0 if word == "none" else 0xFFFFFFFF if word == "root" else int(word, 0) & 0xFFFFFFFF
    except ValueError:
        return None


def class_text(classid: int) -> str:
    return f"{classid >> 16:x}:{classid & 0xFFFF:x}"


def write_class(classid: int) -> str:
    return f"{classid >> 16:04x}:{classid & 0xFFFF:04x}"


class SetTos(Action):
    """Another type of service (xt_DSCP.c)."""

    name = "TOS"
    tables = MANGLE
    options = (Option("--set-tos", read_tos, write_tos, can_negate=False),
               Option("--and-tos", read_tos, can_negate=False), Option("--or-tos", read_tos, can_negate=False),
               Option("--xor-tos", read_tos, can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        flags = ("--set-tos", "--and-tos", "--or-tos", "--xor-tos")
        only_one(cls.name, given, flags)
        found = [(flag, given.pop(flag).value) for flag in flags if flag in given]
        if not found:
            raise UsageError("TOS: An action is required")
        flag, (value, mask) = found[0]
        given["--set-tos"] = Given(False, {
            "--set-tos": MarkValue(value, mask), "--and-tos": MarkValue(0, ~value & 0xFF),
            "--or-tos": MarkValue(value, value), "--xor-tos": MarkValue(value, 0)}[flag])

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        value, mask = self.value("--set-tos")
        buffer.packet = changed(buffer.packet, tos=buffer.packet.tos & ~mask ^ value)
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return f" TOS set {write_tos(self.value('--set-tos'))}"


def read_dscp_class(text: str) -> int:
    if text.lower() not in CLASSES:
        raise UsageError(f"Invalid DSCP value `{text}'")
    return CLASSES[text.lower()]


class SetDscp(Action):
    """Another differentiated services code point (RFC 2474)."""

    name = "DSCP"
    tables = MANGLE
    options = (Option("--set-dscp", number(0, 63), lambda value: f"{value:#04x}", can_negate=False),
               Option("--set-dscp-class", read_dscp_class, can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        only_one(cls.name, given, ("--set-dscp", "--set-dscp-class"))
        named = given.pop("--set-dscp-class", None)
        if named is not None:
            given["--set-dscp"] = named
        if not given:
            raise UsageError("DSCP target: Parameter --set-dscp is required")

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        buffer.packet = changed(buffer.packet, tos=buffer.packet.tos & 3 | self.value("--set-dscp") << 2)
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return f" DSCP set {self.value('--set-dscp'):#04x}"


class ClampMss(Action):
    """Another maximum segment size in a SYN (xt_TCPMSS.c)."""

    name = "TCPMSS"
    looks_at_hooks = True
    adds: ClassVar[bool] = True  # A SYN without the option gets one
    options = (Option("--set-mss", number(0, 65515), can_negate=False), Option("--clamp-mss-to-pmtu", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if not given:
            raise UsageError("TCPMSS target: At least one parameter is required")
        while len(given) > 1:  # the last one counts
            del given[next(iter(given))]
        if head.protocol != (False, "6"):
            raise ImpossibleError("EINVAL")

    def prepare(self) -> None:
        self.hooks = None if "--set-mss" in self.given else WITH_A_WAY_OUT

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        segment = buffer.packet.payload
        if not isinstance(segment, TcpSegment):
            return Decision.CONTINUE
        wanted = self.value("--set-mss")
        if wanted is None:
            wanted = _narrowest(namespace, buffer) - HEADERS
            if wanted <= 0:
                return Decision.CONTINUE
        options = _with_mss(segment, wanted, self.adds)
        if options is not None:
            buffer.packet = changed(buffer.packet, TcpSegment(
                segment.sport, segment.dport, segment.seq, segment.ack, segment.flags, segment.window, options,
                segment.data, segment.urgent, segment.reserved))
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return f" TCPMSS {'clamp to PMTU' if '--set-mss' not in self.given else 'set ' + str(self.value('--set-mss'))}"


class LowerMss(ClampMss):
    """What nft makes of it (nft_exthdr_tcp_set_eval)."""

    adds = False


def _narrowest(namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    """The smaller MTU of the ways to both ends (tcpmss_reverse_mtu)."""
    back = route_output(namespace, buffer.packet.src)
    return buffer.mtu if isinstance(back, RouteMissing) else min(buffer.mtu, back.mtu)


def _with_mss(segment: TcpSegment, wanted: int, adds: bool) -> bytes | None:
    """The options with a smaller maximum segment size; None where nothing changes."""
    options, at = segment.options, 0
    while at < len(options) and options[at]:
        length = 1 if options[at] == 1 else options[at + 1] if at + 1 < len(options) else 0
        if options[at] == OPTION_MSS and length == MSS_LENGTH:
            if int.from_bytes(options[at + 2:at + 4], "big") <= wanted:
                return None
            return options[:at + 2] + wanted.to_bytes(2, "big") + options[at + 4:]
        if not length:
            break
        at += length
    if not adds or segment.data or segment.flags & (SYN | RST) != SYN or len(options) + HEADER + MSS_LENGTH > 60:
        return None
    return bytes((OPTION_MSS, MSS_LENGTH)) + min(wanted, LEAST_MSS).to_bytes(2, "big") + options


STRIPPED = {"wscale": 3, "mss": 2, "sack-permitted": 4, "sack": 5, "timestamp": 8, "md5": 19}
NO_OPERATION = 1


def read_options(text: str) -> tuple[int, ...]:
    """Kinds of TCP options, by number or name, in order."""
    found: set[int] = set()
    for word in text.split(","):
        kind = STRIPPED.get(word, as_number(word))
        if kind is None or kind > 255:
            raise UsageError(f'Bad TCP option value "{word}"')
        if kind <= NO_OPERATION:
            raise UsageError("Option value may not be 0 or 1")
        if kind in found:
            raise UsageError(f'Option "{word}" already specified')
        found.add(kind)
    return tuple(sorted(found))


def write_options(kinds: tuple[int, ...]) -> str:
    return ",".join(map(str, kinds))


class StripOptions(Action):
    """Options of TCP that nothing stays of but as much room (xt_TCPOPTSTRIP.c)."""

    name = "TCPOPTSTRIP"
    tables = MANGLE
    options = (Option("--strip-options", read_options, write_options, can_negate=False),)

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if head.protocol != (False, "6"):
            raise ImpossibleError("EINVAL")

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        segment = buffer.packet.payload
        if not isinstance(segment, TcpSegment):
            return Decision.CONTINUE
        options, at = bytearray(segment.options), 0
        while at < len(options):
            length = 1 if options[at] <= NO_OPERATION or at + 1 == len(options) else options[at + 1] or 1
            if options[at] in (self.value("--strip-options") or ()) and at + length <= len(options):
                options[at:at + length] = bytes((NO_OPERATION,)) * length
            at += length
        if options != segment.options:
            buffer.packet = changed(buffer.packet, TcpSegment(
                segment.sport, segment.dport, segment.seq, segment.ack, segment.flags, segment.window, bytes(options),
                segment.data, segment.urgent, segment.reserved))
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        kinds = self.value("--strip-options")
        return f" TCPOPTSTRIP options {write_options(kinds)}" if kinds else ""


def read_gateway(text: str) -> int:
    """An address; a name is not looked up."""
    try:
        return parse_ipv4(text)
    except AddressError:
        raise UsageError("getaddrinfo: Temporary failure in name resolution\n") from None


class Duplicate(Action):
    """A copy goes by another gateway, and no connection has it (xt_TEE.c, nf_dup_ipv4.c)."""

    name = "TEE"
    options = (Option("--gateway", read_gateway, format_ipv4, needed=True, can_negate=False),
               Option("--oif", str, can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if not given["--gateway"].value:
            raise ImpossibleError("EINVAL")

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        name = self.value("--oif")
        device = namespace.interfaces.get(name) if name else None
        if (buffer.is_forged and buffer.is_untracked) or (name and device is None):  # a copy is not copied again
            return Decision.CONTINUE
        packet = changed(buffer.packet, ttl=buffer.packet.ttl - (buffer.hook in (Hook.PREROUTING, Hook.INPUT)))
        packet.df = True
        route = route_output(namespace, self.value("--gateway"), 0, device)
        if not isinstance(route, RouteMissing):
            twin = SocketBuffer(packet)
            twin.is_untracked = twin.is_forged = True
            ip_output.send(namespace, packet, route, twin)
            buffer.is_copied = True
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        name = self.value("--oif")
        return f" TEE gw:{format_ipv4(self.value('--gateway'))}" + (f" oif={name}" if name else "")


class FillChecksum(Action):
    """Have the checksum worked out that a card was to fill in; here they are right anyway (xt_CHECKSUM.c)."""

    name = "CHECKSUM"
    tables = MANGLE
    options = (Option("--checksum-fill", needed=True, can_negate=False),)

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return " CHECKSUM fill"


class Classify(Action):
    """Another priority, by which a queueing discipline sorts the packet (xt_CLASSIFY.c)."""

    name = "CLASSIFY"
    hooks = WITH_A_WAY_OUT
    options = (Option("--set-class", read_class, write_class, can_negate=False, needed=True),)

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        buffer.priority = self.value("--set-class")
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return f" CLASSIFY set {class_text(self.value('--set-class'))}"


TARGETS: tuple[type[Action], ...] = (Classify, SetTtl, SetTos, SetDscp, ClampMss, StripOptions, Duplicate, FillChecksum)
