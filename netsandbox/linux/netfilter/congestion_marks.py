"""The match of congestion marks (RFC 3168), and the target that takes them out of a SYN (xt_ecn.c, ipt_ECN.c)."""

from __future__ import annotations

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.netfilter.extension import Action, Given, ImpossibleError, Match, Option, UsageError, number
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.rewrite import changed
from netsandbox.linux.netfilter.rule import Answer, Decision
from netsandbox.wire.tcp import CWR, ECE, HEADER, TcpSegment

TCP = (False, "6")
FLAGS = {"--ecn-tcp-ece": ("ECE", ECE), "--ecn-tcp-cwr": ("CWR", CWR)}
IP_FIELD = "--ecn-ip-ect"
BITS = 3


class Ecn(Match):
    """The two bits of the IP header, and the two flags of TCP's."""

    name = "ecn"
    options = (Option("--ecn-tcp-ece"), Option("--ecn-tcp-cwr"), Option(IP_FIELD, number(0, BITS)))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if not given:
            raise UsageError("ECN match: some option required")
        if FLAGS.keys() & given.keys() and head.protocol != TCP:
            raise ImpossibleError("EINVAL")

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        segment = buffer.packet.payload
        for flag, given in self.given.items():
            if flag == IP_FIELD:
                found = buffer.packet.tos & BITS == given.value
            elif isinstance(segment, TcpSegment):
                found = bool(segment.flags & FLAGS[flag][1])
            else:
                return False
            if found is given.negated:
                return False
        return True

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        segment = buffer.packet.payload
        flags = segment.flags if isinstance(segment, TcpSegment) else 0
        return " ".join([f"ECT={buffer.packet.tos & BITS}", *(name for name, bit in FLAGS.values() if flags & bit)])

    def listed(self, _numeric: bool) -> str:
        words = [f"{'!' * given.negated}{FLAGS[flag][0] if flag in FLAGS else f'ECT={given.value}'}"
                 for flag, given in self.given.items()]
        return f" ECN match {' '.join(words)}"


class RemoveEcn(Action):
    """A SYN asks for no congestion marks any more."""

    name = "ECN"
    tables = frozenset({"mangle"})
    options = (Option("--ecn-tcp-remove", can_negate=False),)

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if not given:
            raise UsageError("ECN target: An operation is required")
        if head.protocol != TCP:
            raise ImpossibleError("EINVAL")

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        segment = buffer.packet.payload
        if isinstance(segment, bytes) and len(segment) < HEADER:  # set_ect_tcp
            return Dropped(DropReason.NETFILTER_DROP)
        if isinstance(segment, TcpSegment) and segment.flags & (ECE | CWR):
            buffer.packet = changed(buffer.packet, TcpSegment(
                segment.sport, segment.dport, segment.seq, segment.ack, segment.flags & ~(ECE | CWR), segment.window,
                segment.options, segment.data, segment.urgent, segment.reserved))
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return " ECN TCP remove"


MATCHES: tuple[type[Match], ...] = (Ecn,)
TARGETS: tuple[type[Action], ...] = (RemoveEcn,)
