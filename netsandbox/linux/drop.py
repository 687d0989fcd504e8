"""Why a frame or packet ended, in the kernel's own words.

The names are `enum skb_drop_reason` of include/net/dropreason-core.h, so that
a reader can look each one up in a real kernel; the last ones are ours.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class DropReason(Enum):
    """`skb_drop_reason`, as far as the simulated stack can meet it."""

    OTHERHOST = "the frame's destination MAC is another station's"
    NO_SOCKET = "no socket is bound to the port"
    PKT_TOO_SMALL = "the packet is shorter than its header says"
    TCP_CSUM = "the TCP checksum is wrong"
    UDP_CSUM = "the UDP checksum is wrong"
    PROTO_MEM = "the socket has no memory left for it"
    TCP_FLAGS = "flags that make no sense in the connection's state"
    TCP_ABORT_ON_DATA = "data for a connection whose program has gone"
    TCP_ZEROWINDOW = "data although the receive window is shut"
    TCP_OLD_DATA = "data that is here already"
    TCP_OVERWINDOW = "data beyond the receive window"
    TCP_OFOMERGE = "data that is here already, out of order"
    TCP_OFO_DROP = "too much data out of order"
    TCP_RFC7323_PAWS = "a timestamp older than the last one (PAWS)"
    TCP_RFC7323_PAWS_ACK = "an ACK that was overtaken, as its timestamp and its number tell"
    TCP_RFC7323_TW_PAWS = "a timestamp older than the last one, for a connection in TIME-WAIT"
    SOCKET_FILTER = "the socket's own filter lets nothing in"
    TCP_LISTEN_OVERFLOW = "the listener's queue is full"
    TCP_OLD_SEQUENCE = "a sequence number from before the receive window"
    TCP_INVALID_SEQUENCE = "a sequence number beyond the receive window"
    TCP_INVALID_END_SEQUENCE = "it ends beyond the receive window"
    TCP_INVALID_ACK_SEQUENCE = "it acknowledges what was never sent"
    TCP_RESET = "a RST, or a connection that was reset"
    TCP_INVALID_SYN = "a SYN inside of a connection"
    TCP_CLOSE = "the connection is closed"
    TCP_OLD_ACK = "it acknowledges what has been acknowledged long since"
    TCP_TOO_OLD_ACK = "an ACK far too old to be from this connection"
    TCP_ACK_UNSENT_DATA = "it acknowledges data that was not sent yet"
    SOCKET_RCVBUFF = "the socket's receive buffer is full"
    IP_CSUM = "the IPv4 header checksum is wrong"
    IP_INHDR = "the IPv4 header makes no sense, or its TTL is used up"
    IP_RPFILTER = "the source would not be routed back by this interface (rp_filter)"
    IP_OUTNOROUTES = "no route for a packet of our own"
    IP_INNOROUTES = "no route for a packet to forward"
    NOT_JOINED = "a packet for a group that the host has not joined"
    IP_INADDRERRORS = "not for this host, and it does not forward (ip_forward)"
    UNICAST_IN_L2_MULTICAST = "a packet for one host in a frame for many"
    IP_LOCALNET = "a 127.0.0.0/8 address on a wire"
    IP_LOCAL_SOURCE = "the source is this host's own address"
    IP_INVALID_SOURCE = "a source address that no host can have"
    IP_INVALID_DEST = "a destination address that no host can have"
    IP_NOPROTO = "no handler for the IP protocol"
    ICMP_CSUM = "the ICMP checksum is wrong"
    INVALID_PROTO = "a message of its protocol that is not valid"
    UNHANDLED_PROTO = "no handler for the EtherType"
    PKT_TOO_BIG = "larger than the MTU and not to be fragmented"
    NEIGH_CREATEFAIL = "the neighbour table is full"
    NEIGH_FAILED = "no answer to ARP"
    NEIGH_QUEUEFULL = "too much waits for the same ARP answer"
    NEIGH_DEAD = "the neighbour entry was deleted while the packet waited"
    DUP_FRAG = "a fragment that is already there"
    FRAG_REASM_TIMEOUT = "missing fragments did not come in time"
    FRAG_TOO_FAR = "a fragment that makes the packet larger than 65535 bytes"
    DEV_READY = "the interface or its peer is not up"
    NETFILTER_DROP = "a netfilter rule or policy"
    BRIDGE_INGRESS_STP_STATE = "the bridge port is not forwarding"
    BRIDGE_NO_EGRESS_PORT = "the bridge has no port to send it to"
    BRIDGE_INGRESS_VLAN = "the port that the frame came in by is not in its VLAN"
    BRIDGE_EGRESS_VLAN = "the port that the frame should leave by is not in its VLAN"
    BPDU_INVALID = "no message of a spanning tree that the bridge takes"
    IGMP_INVALID = "no IGMP message that makes sense"
    MAC_INVALID_SOURCE = "a source MAC that no station can have"
    ARP_INVALID = "an ARP packet that the kernel ignores"
    ICMP_IGNORED = "an ICMP message that the kernel is set to ignore"
    CASCADE_TOO_LONG = "a loop: the cascade went on for a million steps"
    LINK_GONE = "the link was removed while the frame was on it"
    VXLAN_INVALID_HDR = "no VXLAN header, or one whose VNI does not count"
    VXLAN_ENTRY_EXISTS = "a person has said where that MAC is, and it is not there"
    LOCAL_MAC = "the source MAC is that of the device itself"
    VXLAN_VNI_NOT_FOUND = "no VXLAN device has the VNI of the packet"
    NO_TX_TARGET = "a VXLAN device has no row that names another end for the frame"
    TUNNEL_UNKNOWN = "no tunnel device has these addresses and this key"
    TUNNEL_INVALID = "what the tunnel carries is no header that makes sense"
    RECURSION_LIMIT = "devices that send by each other in a circle"
    QDISC_DROP = "the queueing discipline dropped it"
    BOND_INACTIVE = "it came by a slave of the bond that is not the active one"
    MACVLAN_FOREIGN = "children of one parent are kept apart"
    TUN_NO_READER = "no program reads from the tun or tap device"
    DEV_NULL = "a dummy device sends nothing anywhere"
    VLAN_UNKNOWN = "the host has no device for the VLAN of the tag"


class Outcome(Enum):
    """What became of a frame that was not dropped."""

    ACCEPTED = "the stack took it"
    ANSWERED = "the stack took it and answered"
    IGNORED = "the question is not for this host"
    BRIDGED = "the bridge passed it on"
    FORWARDED = "the host routed it on"
    QUEUED = "it waits for something"
    REPEATED = "the hub repeated it"
    PASSED_UP = "a device that stands on this one took it"
    DECAPSULATED = "a tunnel took what the packet carries"

    __hash__ = object.__hash__  # Enum's own hash is a Python function, and each verdict is looked up when it is counted


Operand = int | str  # What a decision looked at: a number, an address, a name, a text


class Dropped(NamedTuple):
    """A verdict: not passed on, and why."""

    reason: DropReason
    operands: tuple[Operand, ...] = ()


OTHERHOST = Dropped(DropReason.OTHERHOST)
OVERHEARD = Dropped(DropReason.OTHERHOST, ("promiscuous",))  # At an interface that takes every frame
NOT_READY = Dropped(DropReason.DEV_READY)
LINK_GONE = Dropped(DropReason.LINK_GONE)
CASCADE_TOO_LONG = Dropped(DropReason.CASCADE_TOO_LONG)
