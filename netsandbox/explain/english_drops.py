"""Why a frame or packet ended, in English: a clause for behind the colon, then the operands it looked at."""

from __future__ import annotations

Words = tuple[str, ...]

REASONS: dict[str, Words] = {
    "OTHERHOST": (
        "its destination MAC is that of another station, so the network card filters it out",
        "destination MAC {dst}"),
    "OTHERHOST.promiscuous": (
        "it is for another station: the promiscuous card hands it to who listens in, and the IP stack drops it",
        "destination MAC {dst}"),
    "OTHERHOST.TCP": ("TCP never comes in a broadcast frame", "destination MAC {dst}"),
    "NO_SOCKET": ("no program has {protocol} port {port} open", "socket table: no row for {protocol} port {port}"),
    "NO_SOCKET.elsewhere": (
        "{holder} has {protocol} port {port} of {other} alone, and this is for {address}",
        "socket table: {protocol} port {port} of {other}: {holder}"),
    "NO_SOCKET.peer": (
        "{protocol} port {port} is connected to {other}, and this comes from {address}",
        "socket table: {protocol} port {port} to {other}"),
    "PKT_TOO_SMALL": ("it is shorter than its headers promise", "{size} bytes"),
    "TCP_CSUM": ("its TCP checksum is wrong", "checksum {found}"),
    "UDP_CSUM": ("its UDP checksum is wrong", "checksum {found}"),
    "SOCKET_RCVBUFF": ("the receive buffer of its socket is full", "rmem_default"),
    "IP_CSUM": ("its IPv4 header checksum is wrong", "checksum {found}"),
    "IP_INHDR": ("its IPv4 header makes no sense", "version, header length, total length"),
    "IP_INHDR.TTL": ("its TTL is used up, so it must not be forwarded", "TTL {number} on arrival"),
    "IP_INHDR.empty": ("the fragment holds no bytes", "offset {number}"),
    "IP_INHDR.overlap": ("the fragment overlaps one that is already there", "offset {number}"),
    "IP_INHDR.options": ("its IPv4 options make no sense", "at byte {number} of the header"),
    "IP_INHDR.source route": (
        "it carries a source route that is not accepted or leads nowhere", "accept_source_route", "the stops it names"),
    "IP_INHDR.beyond the end": ("the fragment lies beyond the end of its packet", "ends at byte {number}"),
    "IP_RPFILTER": (
        "an answer to its source {source} would not leave by this interface (rp_filter)",
        "route back to {source}", "rp_filter is {mode}"),
    "IP_OUTNOROUTES": ("no route leads to {destination}", "no route matches {destination}"),
    "IP_INNOROUTES": ("no route leads to {destination}", "no route matches {destination}", "ip_forward is 1"),
    "IP_INNOROUTES.route": ("its route leads nowhere: {route}", "route: {route}"),
    "IP_INNOROUTES.rule": ("a routing rule refuses it: {route}", "rule: {route}"),
    "NOT_JOINED": ("this host is no member of the group {destination}", "group memberships"),
    "IP_INADDRERRORS": ("{destination} is no address of this host", "local addresses"),
    "IP_INADDRERRORS.ip_forward": (
        "{destination} is no address of this host, and it forwards nothing for others",
        "local addresses", "ip_forward is 0"),
    "IP_INADDRERRORS.broadcast frame": (
        "{destination} is no address of this host, and what comes in a broadcast frame is not forwarded",
        "destination MAC {dst}"),
    "IP_INADDRERRORS.multicast frame": (
        "{destination} is no address of this host, and what comes in a multicast frame is not forwarded",
        "destination MAC {dst}"),
    "UNICAST_IN_L2_MULTICAST": (
        "a packet for {destination} alone came in a frame for many", "destination MAC {dst}",
        "drop_unicast_in_l2_multicast is 1"),
    "IP_LOCALNET": ("{address} belongs inside a host, not on a wire", "127.0.0.0/8", "route_localnet is 0"),
    "IP_LOCAL_SOURCE": (
        "its source {source} is an address of this very host", "local addresses", "accept_local is 0"),
    "IP_INVALID_SOURCE": ("no host can have its source address {source}", "source address {source}"),
    "IP_INVALID_DEST": ("no host can have its destination address {destination}", "destination address {destination}"),
    "IP_NOPROTO": ("nothing here handles IP protocol {number}", "IP protocol {number}"),
    "ICMP_CSUM": ("its ICMP checksum is wrong", "checksum {found}", "right: {right}"),
    "INVALID_PROTO": ("ICMP type {number} is none that a host takes", "ICMP type {number}"),
    "INVALID_PROTO.broadcast": (
        "an ICMP message of type {number} that went to many is not taken", "ICMP type {number}"),
    "UNHANDLED_PROTO.length": (
        "nothing here takes frames with an LLC header, such as a spanning tree's; bridges do", "length {length}"),
    "UNHANDLED_PROTO": ("nothing here handles its EtherType {type}", "EtherType {type}"),
    "PKT_TOO_BIG": ("it is too long for every port that it should leave by", "{size} bytes"),
    "PKT_TOO_BIG.packet": (
        "its {size} bytes are more than the MTU of {limit}, and it must not be fragmented", "DF is set"),
    "PKT_TOO_BIG.frame": (
        "it is longer than a frame on this link may be", "{size} bytes",
        "at most {limit}: the smaller MTU of both ends, header and one VLAN tag"),
    "NEIGH_CREATEFAIL": (
        "the neighbour table is full, with no room for {address}", "gc_thresh3"),
    "NEIGH_FAILED": (
        "nobody answered the ARP requests for {address}",
        "neighbour table: {address} FAILED", "mcast_solicit, 3 questions unless set"),
    "NEIGH_FAILED.above": (
        "nobody answered the ARP requests for {address}",
        ("{owner} has the address on a macvlan or ipvlan of {device}; what {device} sends goes out by its cable, "
         "and never to those"), "neighbour table: {address} FAILED"),
    "NEIGH_FAILED.below": (
        "nobody answered the ARP requests for {address}",
        ("{owner} has the address on {device}, which this macvlan or ipvlan stands on; what a child sends goes out by "
         "the cable of {device}, and never to {device} itself"), "neighbour table: {address} FAILED"),
    "NEIGH_FAILED.ended": (
        "its row for {address} was deleted, or set to FAILED, before an ARP request for it was answered",
        "questions asked until then: {owner}", "neighbour table: {address} FAILED"),
    "NEIGH_FAILED.link": (
        "nobody answered the ARP requests for {address}",
        "by the route {owner} the address is on the link of {device} itself, without a router on the way",
        "neighbour table: {address} FAILED", "mcast_solicit, 3 questions unless set"),
    "NEIGH_QUEUEFULL": (
        "too much already waits for the MAC of {address}, and it was the oldest", "unres_qlen_bytes"),
    "NEIGH_DEAD": ("the neighbour entry {address} was deleted while it waited for the MAC", "neighbour table: no row"),
    "DUP_FRAG": ("that fragment is already there", "offset {number}"),
    "FRAG_REASM_TIMEOUT": (
        "the other fragments did not come in time", "{number} bytes were there", "ipfrag_time, 30 s unless set"),
    "FRAG_TOO_FAR": (
        "with this fragment the packet would be larger than 65535 bytes", "ends at byte {number}"),
    "FRAG_TOO_FAR.distance": (
        "too many other fragments of its sender came in between", "offset {number}", "ipfrag_max_dist, 64 unless set"),
    "FRAG_TOO_FAR.memory": (
        "the fragments that wait take too much memory", "ipfrag_high_thresh is {number} bytes"),
    "DEV_READY": ("the interface is down, or the other end of its link is", "state of both ends"),
    "NETFILTER_DROP": ("a firewall rule or policy says so", "{rule}"),
    "NETFILTER_DROP.docker": (
        "Docker keeps its networks apart: what comes from elsewhere may not enter this one", "{rule}",
        "a rule of Docker's own, which `iptables -S` lists with the others"),
    "NETFILTER_DROP.icc": (
        "the containers of this network are not to reach each other (enable_icc=false)", "{rule}"),
    "NETFILTER_DROP.internal": (
        "the network is internal: nothing goes out of it or comes in from elsewhere (--internal)", "{rule}"),
    "NETFILTER_DROP.own address": (
        "a container's own address is open to its bridge and its host alone; others ask a published port", "{rule}",
        "a rule of Docker's own since 28, which `iptables -t raw -S` lists"),
    "NETFILTER_DROP.localhost": (
        "the port is published on 127.0.0.1, and what comes from outside may not name that address", "{rule}"),
    "BRIDGE_INGRESS_STP_STATE": ("the bridge port is {state}, not forwarding", "port state {state}"),
    "BRIDGE_INGRESS_STP_STATE.locked": (
        "the bridge port is locked, and the source MAC is not in the forwarding table for it", "flag locked",
        "forwarding table: no row of the source MAC at this port"),
    "BRIDGE_NO_EGRESS_PORT": ("the bridge has no port to send it to", "destination MAC {dst}"),
    "BRIDGE_NO_EGRESS_PORT.same port": (
        "{dst} is behind the very port it came in by, so it has been there already",
        "forwarding table: {dst} is behind that port"),
    "BRIDGE_NO_EGRESS_PORT.state": (
        "the port of {dst} is {state}, not forwarding", "forwarding table: row of {dst}", "port state {state}"),
    "BRIDGE_NO_EGRESS_PORT.isolated": (
        "both ports are isolated from each other", "forwarding table: row of {dst}", "flag isolated of both ports"),
    "BRIDGE_NO_EGRESS_PORT.nobody": (
        "nobody knows where {dst} is, and no other port forwards", "forwarding table: no row of {dst}",
        "state of all ports"),
    "BRIDGE_NO_EGRESS_PORT.hub": ("no other port of the hub has a link", "links of all ports"),
    "MAC_INVALID_SOURCE": (
        "its source MAC {address} is a group address or zero, and no station has such a one", "source MAC {address}"),
    "ARP_INVALID": ("it is no ARP for IPv4 over Ethernet that makes sense", "hardware and protocol type"),
    "ARP_INVALID.NOARP": ("ARP is switched off for this interface", "flag NOARP"),
    "ARP_INVALID.op": ("ARP operation {number} is neither request nor reply", "operation {number}"),
    "ARP_INVALID.target": ("nobody may ask for {address} by ARP", "target address {address}"),
    "ARP_INVALID.gratuitous": (
        "announcements are not believed here, and it announces {address}", "drop_gratuitous_arp is 1"),
    "ICMP_IGNORED": ("this host is set to ignore such ICMP messages", "{rule}"),
    "ICMP_IGNORED.icmp_echo_ignore_broadcasts": (
        "this host does not answer pings that went to many", "icmp_echo_ignore_broadcasts is 1"),
    "ICMP_IGNORED.icmp_echo_ignore_all": ("this host answers no pings", "icmp_echo_ignore_all is 1"),
    "ICMP_IGNORED.redirect": (
        "only the gateway in use may redirect, and {address} is not that", "sender {address}"),
    "ICMP_IGNORED.accept_redirects": ("this host takes no redirects", "accept_redirects is 0"),
    "CASCADE_TOO_LONG": (
        "the network loops: the cascade went on for a million steps and was cut off", "1,000,000 steps"),
    "LINK_GONE": ("the link was removed while it was on its way", "no link"),
}
