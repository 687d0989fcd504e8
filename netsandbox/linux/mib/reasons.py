"""What is counted for a packet that was dropped on its way in, by the layer that dropped it and by its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from netsandbox.engine.ledger import Counts
from netsandbox.linux.drop import OTHERHOST, OVERHEARD, Dropped
from netsandbox.linux.drop import DropReason as R
from netsandbox.wire.ipv4 import ICMP, TCP, UDP

BELOW_IP = frozenset({
    R.UNHANDLED_PROTO, R.DEV_READY, R.LINK_GONE, R.CASCADE_TOO_LONG, R.BRIDGE_INGRESS_STP_STATE,
    R.BRIDGE_NO_EGRESS_PORT, R.BRIDGE_INGRESS_VLAN, R.BRIDGE_EGRESS_VLAN, R.MACVLAN_FOREIGN, R.BOND_INACTIVE,
    R.TUN_NO_READER, R.VLAN_UNKNOWN, R.QDISC_DROP, R.ARP_INVALID})
"""Reasons of devices; OTHERHOST is one where it stands alone."""
WITHOUT_ROUTE = frozenset({
    R.IP_CSUM, R.IP_RPFILTER, R.IP_LOCALNET, R.IP_LOCAL_SOURCE, R.IP_INVALID_SOURCE, R.IP_INVALID_DEST,
    R.NOT_JOINED})
"""Reasons of IP for which it does not know a packet as a broadcast or one for a group of its own."""
IN_IP = WITHOUT_ROUTE | {
    R.IP_INHDR, R.IP_INNOROUTES, R.IP_INADDRERRORS, R.UNICAST_IN_L2_MULTICAST, R.PKT_TOO_BIG, R.NETFILTER_DROP,
    R.DUP_FRAG, R.FRAG_TOO_FAR, R.IP_NOPROTO}
"""Reasons for which no transport sees a packet."""
OF_VXLAN = frozenset({R.VXLAN_INVALID_HDR, R.VXLAN_ENTRY_EXISTS, R.VXLAN_VNI_NOT_FOUND, R.LOCAL_MAC,
                      R.MAC_INVALID_SOURCE})
"""Reasons of a socket that is a tunnel's, which has taken the datagram by then."""
LAST_TYPE = 18  # Above, an ICMP message is unknown (NR_ICMP_TYPES)
PROBES = (42, 43)  # Extended echoes and their replies (RFC 8335), which are no errors where nobody asked for them
ALWAYS = {R.IP_RPFILTER: "TcpExtIPReversePathFilter", R.IP_NOPROTO: "IpInUnknownProtos"}
"""What IP counts for a reason, whatever it looked at."""


def is_of_device(verdict: Dropped) -> bool:
    """ip_rcv never sees it."""
    return verdict.reason in BELOW_IP or verdict in (OTHERHOST, OVERHEARD)


def refused_by_ip(counts: Counts, verdict: Dropped) -> None:
    """ip_rcv, ip_error and ip_forward."""
    reason, operands = verdict
    if reason is R.IP_CSUM:
        counts["IpExtInCsumErrors"] += 1
        counts["IpInHdrErrors"] += 1
    elif reason is R.IP_INHDR:
        counts["IpInHdrErrors"] += operands[0] in ("TTL", "options")
    elif reason is R.IP_INADDRERRORS:
        counts["IpInAddrErrors"] += operands[1] == "ip_forward"
    elif reason is R.IP_INNOROUTES:
        counts["IpExtInNoRoutes"] += _is_net_unreachable(str(operands[1]), operands[2:])
    elif reason is R.PKT_TOO_BIG:
        counts["IpForwDatagrams"] += 1
        counts["IpFragFails"] += 1
    elif reason in ALWAYS:
        counts[ALWAYS[reason]] += 1


def _is_net_unreachable(found: str, of_rule: tuple[object, ...]) -> bool:
    """No route at all, or a rule that says so; a route that does is another matter (ip_error)."""
    return not found or found.startswith("throw") or (bool(of_rule) and found.endswith("unreachable"))


def _refused_by_tcp(counts: Counts, verdict: Dropped, _kind: int, _is_group: bool) -> None:
    """tcp_v4_rcv."""
    reason = verdict.reason
    if reason is not R.OTHERHOST:
        counts["TcpInSegs"] += 1
        counts["TcpInErrs"] += reason is R.TCP_CSUM
        counts["TcpInCsumErrors"] += reason is R.TCP_CSUM


def _refused_by_udp(counts: Counts, verdict: Dropped, _kind: int, is_group: bool) -> None:
    """__udp4_lib_rcv."""
    reason = verdict.reason
    if reason is R.NO_SOCKET:
        counts["UdpIgnoredMulti" if is_group else "UdpNoPorts"] += 1
    elif reason in OF_VXLAN:
        counts["UdpInDatagrams"] += 1
    else:
        counts["UdpInErrors"] += 1
        counts["UdpInCsumErrors"] += reason is R.UDP_CSUM
        counts["UdpRcvbufErrors"] += reason is R.SOCKET_RCVBUFF


def _refused_by_icmp(counts: Counts, verdict: Dropped, kind: int, _is_group: bool) -> None:
    """icmp_rcv."""
    reason, operands = verdict
    counts["IcmpInMsgs"] += 1
    counts["IcmpInCsumErrors"] += reason is R.ICMP_CSUM
    if reason is not R.ICMP_CSUM and kind >= 0:
        counts[f"IcmpMsgInType{kind}"] += 1
    is_unknown = reason is R.INVALID_PROTO and kind not in PROBES and (kind > LAST_TYPE or "broadcast" in operands)
    counts["IcmpInErrors"] += (is_unknown or reason in (R.ICMP_CSUM, R.PKT_TOO_SMALL)
                               or "icmp_echo_ignore_broadcasts" in operands)


def _refused_by_others(_counts: Counts, _verdict: Dropped, _kind: int, _is_group: bool) -> None:
    """Tunnels count on their devices, IGMP nowhere."""


Refusal: TypeAlias = "Callable[[Counts, Dropped, int, bool], None]"
BY_TRANSPORT: dict[int, Refusal] = {TCP: _refused_by_tcp, UDP: _refused_by_udp, ICMP: _refused_by_icmp}


def refused_by_transport(counts: Counts, protocol: int, verdict: Dropped, kind: int, is_group: bool) -> None:
    """A handler has dropped it (kind: type of an ICMP message, else -1.  is_group: it was for many)."""
    BY_TRANSPORT.get(protocol, _refused_by_others)(counts, verdict, kind, is_group)
