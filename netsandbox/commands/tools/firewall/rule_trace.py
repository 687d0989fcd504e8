"""`nft monitor trace` and `xtables-monitor --trace`: which rules take the packets that a rule has marked for it."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from netsandbox.commands.tools.context import ToolContext, ToolError
from netsandbox.commands.tools.follows import FollowsError
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.kernel_log import FLAG_BITS
from netsandbox.linux.netfilter.nft.headers import ICMP_TYPES
from netsandbox.linux.netfilter.nft.print import rule_text
from netsandbox.linux.netfilter.protocols import protocol_name
from netsandbox.linux.netfilter.rule import Rule
from netsandbox.linux.netfilter.targets.packet import CLASSES
from netsandbox.linux.netfilter.walk import TraceStep
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.wire.addresses import format_ipv4, format_mac
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram

USAGE = """xtables-monitor 1.8.11 (nf_tables)
Usage: xtables-monitor [ -t | -e ]
        --trace    -t    trace ruleset traversal of packets tagged via -j TRACE rule
        --event    -e    show events that modify the ruleset
Optional arguments:
        --ipv4     -4    only monitor IPv4
        --ipv6     -6    only monitor IPv6
\t--counters -c    show counters in rules
"""
ECN = ("not-ect", "ect1", "ect0", "ce")
CLASS_NAMES = {number: name for name, number in CLASSES.items() if name != "be"}
ICMP_NAMES = {number: name for name, number in ICMP_TYPES.items()}
OTHERS = {"-e": "--event", "--event": "--event", "-6": "--ipv6", "--ipv6": "--ipv6", "-c": "--counters",
          "--counters": "--counters"}
RETURNED = "0xfffffffb"  # How xtables-monitor prints NFT_RETURN, which it has no name for


class Tracer:
    """What goes on (nft's and iptables' monitors read the same messages) (counted: what the rules of each table had
    counted as it began, by which they are told)."""

    def __init__(self, namespace: NetworkNamespace, describe: Callable[[Tracer, TraceStep, SocketBuffer], str]) -> None:
        self.namespace, self.describe = namespace, describe
        self.counted: dict[tuple[str, int], tuple[int, int]] = {}
        self._print: Callable[[str], object]

    def open(self, show: Callable[[str], object], _complain: Callable[[str], object]) -> None:
        """Listen from now on."""
        self._print, netfilter = show, self.namespace.netfilter
        self.counted = {(table.label, rule.handle): (rule.packets, rule.bytes) for table in netfilter.tables.values()
                        for chain in table.chains.values() for rule in chain.rules}
        netfilter.tracers += (self.heard,)

    def close(self) -> None:
        netfilter = self.namespace.netfilter
        netfilter.tracers = tuple(other for other in netfilter.tracers if other != self.heard)

    def heard(self, step: TraceStep, buffer: SocketBuffer) -> None:
        """Print what one rule says of a packet."""
        if not step.table.is_legacy:
            self._print(self.describe(self, step, buffer))

    def text_of(self, step: TraceStep, rule: Rule) -> str:
        """A rule as it was first heard of."""
        return rule_text(rule, counts=self.counted.get((step.table.label, rule.handle), (0, 0)))


def monitor(context: ToolContext, arguments: list[str]) -> None:
    """`xtables-monitor --trace` (FollowsError: it goes on from now)."""
    other = next((OTHERS[word] for word in arguments if word in OTHERS), "")
    if other:
        raise ToolError(1, f"netsandbox: xtables-monitor {other} is not modelled (--trace is)")
    if not arguments or not {*arguments} <= {"-t", "--trace", "-4", "--ipv4"}:
        raise ToolError(1, USAGE.removesuffix("\n"))
    if not may_administer():
        raise ToolError(1, "Couldn't connect to nfnetlink: Operation not permitted")
    raise FollowsError(Tracer(context.namespace, xtables_text))


def _identifier(buffer: SocketBuffer) -> str:
    """It looks like chance, and is another one once the packet has come in by `lo` (nft_trace_init)."""
    return f"{crc32(f'{buffer.traced} {buffer.entered.name if buffer.entered else str()}'.encode()):08x}"


# -- nft monitor trace (nftables, src/netlink.c: trace_print_packet and its like)

def nft_text(tracer: Tracer, step: TraceStep, buffer: SocketBuffer) -> str:
    """Its lines, without the last newline."""
    start = f"trace id {_identifier(buffer)} {step.table.family} {step.table.name} {step.chain.name}"
    lines = [f"{start} packet: {_packet(buffer, step.table.family)}"] if step.is_first else []
    if step.rule is not None:
        lines.append(f"{start} rule {tracer.text_of(step, step.rule)} (verdict {step.verdict})")
    else:
        mark = f"meta mark {buffer.mark:#010x} " if buffer.mark else ""
        lines.append(f"{start} policy {step.verdict} {mark}")
    return "\n".join(lines)


def _packet(buffer: SocketBuffer, family: str) -> str:
    packet, words = buffer.packet, []
    if buffer.entered is not None:
        words.append(f'iif "{buffer.entered.name}"')
    if buffer.leaves is not None:
        words.append(f'oif "{buffer.leaves.name}"')
    if buffer.frame is not None and buffer.entered is not None and not buffer.entered.is_loopback:
        words.append(f"ether saddr {format_mac(buffer.frame.src)} ether daddr {format_mac(buffer.frame.dst)}")
    inside = _inside(packet)
    words.append(f"ip saddr {format_ipv4(packet.src)} ip daddr {format_ipv4(packet.dst)} "
                 f"ip dscp {CLASS_NAMES.get(packet.tos >> 2, hex(packet.tos >> 2))} ip ecn {ECN[packet.tos & 3]} "
                 f"ip ttl {packet.ttl} ip id {packet.ident}")
    if family == "inet" or not inside:
        words.append(f"ip protocol {protocol_name(packet.protocol)}")
    return " ".join([*words, f"ip length {packet.total_length}", *inside, ""])


def _inside(packet: IPv4Packet) -> list[str]:
    inside = packet.payload
    if isinstance(inside, TcpSegment):
        name = next((name.lower() for name, bit in FLAG_BITS if inside.flags == bit), f"{inside.flags:#x}")
        flags = {"ece": "ecn"}.get(name, name)
        return [f"tcp sport {inside.sport} tcp dport {inside.dport} tcp flags == {flags} tcp window {inside.window}"]
    if isinstance(inside, UdpDatagram):
        checksum = inside.right_checksum(packet.src, packet.dst) if inside.checksum is None else inside.checksum
        return [f"udp sport {inside.sport} udp dport {inside.dport} udp length {inside.length} udp checksum {checksum}"]
    if isinstance(inside, IcmpMessage):
        return [f"icmp type {ICMP_NAMES.get(inside.type, inside.type)}", f"icmp code {inside.code}",
                f"icmp id {inside.ident}", f"icmp sequence {inside.seq}"]
    return []


# -- xtables-monitor --trace (iptables/xtables-monitor.c: trace_print_packet, trace_print_rule)

def xtables_text(_tracer: Tracer, step: TraceStep, buffer: SocketBuffer) -> str:
    """Its lines, without the last newline."""
    family = "1" if step.table.family == "inet" else "2"
    number = f"{family} {_identifier(buffer)}"
    lines = [f"PACKET: {number} {_header(buffer, family)}"] if step.is_first else []
    start = f" TRACE: {number} {step.table.name}:{step.chain.name}:"
    kind, _space, chain = step.verdict.partition(" ")
    verdict = RETURNED if kind == "return" else f"{kind.upper()}:{chain}" if chain else kind.upper()
    if step.rule is None:
        lines.append(f"{start}policy:{verdict} ")
    else:
        text = "" if step.table.is_own else f"iptables -t {step.table.name} -A {step.chain.name} {step.rule.text}"
        lines.append(f"{start}rule:{step.rule.handle:#x}:{verdict}  {text.rstrip()}")
    return "\n".join(lines)


def _header(buffer: SocketBuffer, family: str) -> str:
    packet, entered = buffer.packet, buffer.entered
    words = f"IN={entered.name} " if entered is not None else ""
    words += f"OUT={buffer.leaves.name} " if buffer.leaves is not None else ""
    words += "NFPROTO=2 " * (family == "1")
    if entered is not None and entered.is_loopback:
        words += "LOOPBACK "
    elif entered is not None and buffer.frame is not None:
        frame = buffer.frame
        words += f"MACSRC={_mac(frame.src)} MACDST={_mac(frame.dst)} MACPROTO={frame.ethertype:04x} "
    words += (f"SRC={format_ipv4(packet.src)} DST={format_ipv4(packet.dst)} LEN={packet.total_length} "
              f"TOS={packet.tos & 0xFC:#x} TTL={packet.ttl} ID={packet.ident} {'DF ' * packet.df}")
    inside = packet.payload
    if isinstance(inside, (TcpSegment, UdpDatagram)):
        words += f"SPORT={inside.sport} DPORT={inside.dport} "
    if isinstance(inside, TcpSegment):
        words += "".join(f"{name} " for name, bit in FLAG_BITS if inside.flags & bit)
    return words + f"MARK={buffer.mark:#x} " * bool(buffer.mark)


def _mac(address: int) -> str:
    return ":".join(f"{byte:x}" for byte in address.to_bytes(6, "big"))
