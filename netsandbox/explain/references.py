"""Where to read on: RFC and IEEE sections, kernel functions, sysctls, Docker's source.  The same in every language."""

from __future__ import annotations

_ARP = "RFC 826; net/ipv4/arp.c arp_process"
_SEND_ARP = "RFC 826; net/ipv4/arp.c arp_solicit, arp_send"
_ANNOUNCE = "RFC 5227, 2.3"
_NEIGHBOUR = "RFC 4861, 7.3.2; net/core/neighbour.c"
_FORWARD = "IEEE 802.1D, 7.7; net/bridge/br_input.c br_handle_frame_finish"
_FLOOD = "IEEE 802.1D, 7.7; net/bridge/br_forward.c br_flood"
_ROUTE = "RFC 1812, 5.2.4.3; net/ipv4/fib_trie.c fib_table_lookup"
_SILENT = "RFC 1122, 3.2.2; net/ipv4/icmp.c icmp_send"
_ICMP_IN = "RFC 792; net/ipv4/icmp.c icmp_rcv"
_REASSEMBLY = "RFC 791, 3.2; net/ipv4/ip_fragment.c"
_BIND = "bind(2); net/ipv4/inet_connection_sock.c inet_csk_get_port, net/ipv4/udp.c udp_lib_get_port"
_MARTIAN = "RFC 1812, 5.3.7; net/ipv4/route.c ip_route_input_slow"
_DOCKER = "moby daemon/libnetwork"

EVENTS: dict[str, str] = {
    "FrameSent": "net/core/dev.c dev_queue_xmit",
    "FrameSent.arp-request": _SEND_ARP,
    "FrameSent.arp-check": _SEND_ARP,
    "FrameSent.arp-announcement": f"{_ANNOUNCE}; net/ipv4/arp.c arp_send",
    "FrameSent.arp-detection": "RFC 5227, 2.1.1",
    "FrameSent.arp-reply": _ARP,
    "FrameReceived": "net/core/dev.c __netif_receive_skb_core",
    "SendFailed": "net/core/dev.c dev_queue_xmit",
    "PacketDropped": "include/net/dropreason-core.h",
    "FrameBridged": _FORWARD,
    "Forwarding.KNOWN": _FORWARD,
    "Forwarding.UNKNOWN": _FLOOD,
    "Forwarding.BROADCAST": _FLOOD,
    "Forwarding.MULTICAST": _FLOOD,
    "Forwarding.LOCAL": "net/bridge/br_input.c br_pass_frame_up",
    "Forwarding.REPEAT": "IEEE 802.3, 9",
    "FdbLearned": "IEEE 802.1D, 7.8; net/bridge/br_fdb.c br_fdb_update",
    "FdbLearned.static": "bridge(8) fdb add; net/bridge/br_fdb.c br_fdb_add",
    "FdbForgotten": "net/bridge/br_fdb.c fdb_delete",
    "FdbForgotten.aged": "IEEE 802.1D, 7.9.2; net/bridge/br_fdb.c br_fdb_cleanup; ageing_time",
    "FdbForgotten.port": "net/bridge/br_fdb.c br_fdb_delete_by_port",
    "FdbForgotten.deleted": "bridge(8) fdb del; net/bridge/br_fdb.c br_fdb_delete",
    "FdbForgotten.flushed": "bridge(8) fdb flush; net/bridge/br_fdb.c br_fdb_flush",
    "NeighbourChanged": f"{_NEIGHBOUR} neigh_update",
    "NeighbourChanged.gone": f"{_NEIGHBOUR} neigh_remove_one",
    "NeighbourChanged.asked": f"{_NEIGHBOUR} __neigh_event_send",
    "NeighbourChanged.used": f"{_NEIGHBOUR} __neigh_event_send; delay_first_probe_time",
    "NeighbourChanged.confirmed": f"{_NEIGHBOUR} neigh_timer_handler",
    "NeighbourChanged.unconfirmed": f"{_NEIGHBOUR} neigh_timer_handler; ucast_solicit",
    "NeighbourChanged.unanswered": f"{_NEIGHBOUR} neigh_invalidate; mcast_solicit",
    "NeighbourChanged.no probes": f"{_NEIGHBOUR} __neigh_event_send; mcast_solicit",
    "NeighbourChanged.expired": f"{_NEIGHBOUR} neigh_timer_handler; base_reachable_time_ms",
    "NeighbourChanged.expired in use": f"{_NEIGHBOUR} neigh_timer_handler; base_reachable_time_ms",
    "NeighbourChanged.it asked": "RFC 826; net/ipv4/arp.c arp_process, neigh_event_ns",
    "NeighbourChanged.it answered": "RFC 826; net/ipv4/arp.c arp_process, neigh_update",
    "NeighbourChanged.it was heard": "RFC 826; net/ipv4/arp.c arp_process; arp_accept",
    "NeighbourChanged.by hand": "ip-neighbour(8); net/core/neighbour.c neigh_add",
    "NeighbourChanged.gone.expired": "RFC 826; RFC 1122, 2.3.2.1",
    "NeighbourChanged.gone.deleted": "ip-neighbour(8); net/core/neighbour.c neigh_delete",
    "NeighbourChanged.deleted": "ip-neighbour(8); net/core/neighbour.c neigh_delete",
    "NeighbourChanged.gone.link down": "net/core/neighbour.c neigh_ifdown",
    "NeighbourChanged.gone.no carrier": "net/core/neighbour.c neigh_carrier_down; arp_evict_nocarrier",
    "NeighbourChanged.gone.new MAC": "net/core/neighbour.c neigh_changeaddr",
    "NeighbourChanged.gone.link removed": "net/core/neighbour.c neigh_ifdown",
    "NeighbourChanged.gone.no address": "net/ipv4/devinet.c inetdev_destroy; net/ipv4/arp.c arp_ifdown",
    "NeighbourChanged.gone.arp on": "net/ipv4/arp.c arp_netdev_event",
    "NeighbourChanged.gone.arp off": "net/ipv4/arp.c arp_netdev_event",
    "NeighbourChanged.gone.garbage collected": "net/core/neighbour.c neigh_periodic_work; gc_thresh1",
    "RouteChosen": _ROUTE,
    "RouteMissing": f"{_ROUTE}; connect(2)",
    "VerdictGiven": "iptables(8); net/netfilter/core.c nf_hook_slow",
    "PacketQueued": "RFC 1122, 2.3.2.2; net/core/neighbour.c __neigh_event_send; unres_qlen_bytes",
    "PacketFragmented": "RFC 791, 3.2; net/ipv4/ip_output.c ip_do_fragment",
    "FragmentHeld": f"{_REASSEMBLY} ip_frag_queue; ipfrag_time",
    "PacketReassembled": f"{_REASSEMBLY} ip_frag_reasm",
    "IcmpErrorSent": "RFC 792; RFC 1122, 3.2.2; net/ipv4/icmp.c icmp_send",
    "IcmpSuppressed": _SILENT,
    "IcmpSuppressed.rate": "RFC 1812, 4.3.2.8; net/ipv4/icmp.c icmpv4_xrlim_allow; icmp_ratelimit",
    "PathMtuLearned": "RFC 1191; net/ipv4/route.c __ip_rt_update_pmtu; mtu_expires",
    "RedirectTaken": "RFC 1122, 3.2.2.2; net/ipv4/route.c __ip_do_redirect; accept_redirects",
    "SocketMatched": "net/ipv4/udp.c __udp4_lib_lookup, net/ipv4/inet_hashtables.c __inet_lookup_listener",
    "SocketBound": _BIND,
    "SocketClosed": "close(2)",
    "BindRefused": _BIND,
    "AddressChanged": "ip-address(8); net/ipv4/devinet.c",
    "RouteChanged": "ip-route(8); net/ipv4/fib_trie.c",
    "LinkChanged": "ip-link(8); net/core/dev.c",
    "LinkChanged.carrier": "drivers/net/veth.c veth_open",
    "LinkChanged.carrier.bridge": "net/bridge/br_stp.c br_port_state_selection",
    "LinkChanged.no-carrier.bridge": "net/bridge/br_stp.c br_port_state_selection",
    "LinkChanged.no-carrier": "drivers/net/veth.c veth_close",
    "LinkChanged.master": "ip-link(8); net/bridge/br_if.c br_add_if",
    "LinkChanged.nomaster": "ip-link(8); net/bridge/br_if.c br_del_if",
    "PortStateChanged": "IEEE 802.1D, 7.4; net/bridge/br_stp.c br_set_state",
    "SysctlChanged": "sysctl(8); Documentation/networking/ip-sysctl.rst",
    "ContainerStarted": f"docker-run(1); {_DOCKER}",
    "ContainerExited": "docker-ps(1)",
    "ContainerPaused": "docker-pause(1)",
    "ContainerUnpaused": "docker-unpause(1)",
    "AddressAnnounced": f"{_ANNOUNCE}; {_DOCKER}/osl/interface_linux.go advertiseAddrs",
    "AddressReleased": f"{_DOCKER}/ipams/defaultipam",
    "NetworkCreated": f"docker-network-create(1); {_DOCKER}/internal/netiputil",
    "NetworkRemoved": "docker-network-rm(1)",
    "NetworkConnected": "docker-network-connect(1)",
    "NetworkConnected.later": "docker-network-connect(1)",
    "NetworkDisconnected": "docker-network-disconnect(1)",
    "Storm": "IEEE 802.1D, 17",
    "QueueDropped": "IEEE 802.1D, 17",
}

OUTCOMES: dict[str, str] = {
    "ACCEPTED": "net/ipv4/ip_input.c ip_local_deliver",
    "ACCEPTED.arp": _ARP,
    "ACCEPTED.echo-reply": "RFC 792; net/ipv4/ping.c, net/ipv4/raw.c",
    "ACCEPTED.icmp-error": "RFC 1122, 3.2.2; net/ipv4/icmp.c icmp_unreach",
    "ACCEPTED.udp": "RFC 768; net/ipv4/udp.c udp_rcv",
    "ANSWERED": "net/ipv4/ip_input.c ip_local_deliver",
    "ANSWERED.arp": f"{_ARP}; arp_ignore, proxy_arp",
    "ANSWERED.echo-request": "RFC 1122, 3.2.2.6; net/ipv4/icmp.c icmp_echo",
    "IGNORED": _ARP,
    "IGNORED.arp-request": f"{_ARP}; arp_ignore, arp_filter",
    "IGNORED.arp-announcement": f"{_ARP}; arp_accept",
    "IGNORED.arp-reply": f"{_ARP}; arp_accept",
    "BRIDGED": _FORWARD,
    "FORWARDED": "RFC 1812, 5.2; net/ipv4/ip_forward.c ip_forward; ip_forward",
    "QUEUED": f"{_REASSEMBLY} ip_defrag",
    "QUEUED.arp": "net/ipv4/arp.c pneigh_enqueue; proxy_delay",
    "QUEUED.cable": "netsandbox",
    "REPEATED": "IEEE 802.3, 9",
}

DROPS: dict[str, str] = {
    "OTHERHOST": "net/ethernet/eth.c eth_type_trans, net/ipv4/ip_input.c ip_rcv_core",
    "OTHERHOST.TCP": "net/ipv4/tcp_ipv4.c tcp_v4_rcv",
    "NO_SOCKET": "RFC 1122, 4.1.3.1; net/ipv4/udp.c __udp4_lib_rcv, net/ipv4/tcp_ipv4.c tcp_v4_rcv",
    "PKT_TOO_SMALL": "net/ipv4/ip_input.c ip_rcv_core",
    "TCP_CSUM": "RFC 9293, 3.1; net/ipv4/tcp_ipv4.c tcp_v4_rcv",
    "UDP_CSUM": "RFC 768; net/ipv4/udp.c __udp4_lib_rcv",
    "SOCKET_RCVBUFF": "socket(7) SO_RCVBUF; net/core/sock.c",
    "IP_CSUM": "RFC 1122, 3.2.1.2; net/ipv4/ip_input.c ip_rcv_core",
    "IP_INHDR": "RFC 791, 3.1; net/ipv4/ip_input.c ip_rcv_core",
    "IP_INHDR.TTL": "RFC 1812, 5.3.1; net/ipv4/ip_forward.c ip_forward",
    "IP_INHDR.options": "RFC 791, 3.1; net/ipv4/ip_options.c __ip_options_compile",
    "IP_INHDR.source route": "RFC 1812, 5.2.4.1; net/ipv4/ip_input.c ip_rcv_options",
    "IP_INHDR.empty": f"{_REASSEMBLY} ip_frag_queue",
    "IP_INHDR.overlap": "RFC 5722; net/ipv4/ip_fragment.c ip_frag_queue",
    "IP_INHDR.beyond the end": f"{_REASSEMBLY} ip_frag_queue",
    "IP_RPFILTER": "RFC 3704; net/ipv4/fib_frontend.c fib_validate_source; rp_filter",
    "IP_OUTNOROUTES": "net/ipv4/route.c ip_route_output_key_hash_rcu",
    "IP_INNOROUTES": "RFC 1812, 5.2.7.1; net/ipv4/route.c ip_error",
    "IP_INADDRERRORS": "RFC 1122, 3.2.1.3; net/ipv4/route.c ip_error; ip_forward",
    "IP_LOCALNET": f"{_MARTIAN}; route_localnet",
    "IP_LOCAL_SOURCE": "net/ipv4/fib_frontend.c fib_validate_source; accept_local",
    "IP_INVALID_SOURCE": _MARTIAN,
    "IP_INVALID_DEST": _MARTIAN,
    "IP_NOPROTO": "RFC 1122, 3.2.2.1; net/ipv4/ip_input.c ip_protocol_deliver_rcu",
    "ICMP_CSUM": _ICMP_IN,
    "INVALID_PROTO": f"RFC 1122, 3.2.2; {_ICMP_IN}",
    "UNHANDLED_PROTO": "net/core/dev.c __netif_receive_skb_core",
    "PKT_TOO_BIG": "net/bridge/br_forward.c is_skb_forwardable, net/core/dev.c",
    "PKT_TOO_BIG.packet": "RFC 1191; net/ipv4/ip_forward.c ip_exceeds_mtu; ip_no_pmtu_disc",
    "NEIGH_CREATEFAIL": "net/core/neighbour.c neigh_alloc; gc_thresh3",
    "NEIGH_FAILED": "RFC 1122, 2.3.2.2; net/ipv4/arp.c arp_error_report; mcast_solicit",
    "NEIGH_QUEUEFULL": "net/core/neighbour.c __neigh_event_send; unres_qlen_bytes",
    "NEIGH_DEAD": "net/core/neighbour.c neigh_remove_one",
    "DUP_FRAG": f"{_REASSEMBLY} ip_frag_queue",
    "FRAG_REASM_TIMEOUT": "RFC 1122, 3.3.2; net/ipv4/ip_fragment.c ip_expire; ipfrag_time",
    "FRAG_TOO_FAR": f"{_REASSEMBLY} ip_frag_reasm",
    "DEV_READY": "drivers/net/veth.c veth_xmit, net/core/dev.c dev_queue_xmit",
    "NETFILTER_DROP": "iptables(8); net/netfilter/core.c nf_hook_slow",
    "BRIDGE_INGRESS_STP_STATE": "IEEE 802.1D, 7.4; net/bridge/br_input.c br_handle_frame",
    "BRIDGE_NO_EGRESS_PORT": "IEEE 802.1D, 7.7; net/bridge/br_forward.c should_deliver",
    "BRIDGE_NO_EGRESS_PORT.hub": "IEEE 802.3, 9",
    "MAC_INVALID_SOURCE": "net/bridge/br_input.c br_handle_frame",
    "ARP_INVALID": "RFC 826; net/ipv4/arp.c arp_rcv",
    "ARP_INVALID.NOARP": "ip-link(8); net/ipv4/arp.c arp_rcv",
    "ARP_INVALID.op": _ARP,
    "ARP_INVALID.target": _ARP,
    "ARP_INVALID.gratuitous": f"{_ARP}; drop_gratuitous_arp",
    "ICMP_IGNORED": _ICMP_IN,
    "ICMP_IGNORED.icmp_echo_ignore_broadcasts": f"RFC 1122, 3.2.2.6; {_ICMP_IN.partition('; ')[2]}; "
                                                "icmp_echo_ignore_broadcasts",
    "ICMP_IGNORED.icmp_echo_ignore_all": "net/ipv4/icmp.c icmp_echo; icmp_echo_ignore_all",
    "ICMP_IGNORED.redirect": "RFC 1122, 3.2.2.2; net/ipv4/route.c __ip_do_redirect",
    "ICMP_IGNORED.accept_redirects": "RFC 1122, 3.2.2.2; net/ipv4/route.c __ip_do_redirect; accept_redirects",
    "CASCADE_TOO_LONG": "IEEE 802.1D, 17",
    "LINK_GONE": "net/core/dev.c unregister_netdevice",
    "NO_PEER": "drivers/net/veth.c veth_xmit",
    "TCP_NOT_MODELLED": "netsandbox",
}

OURS = frozenset({"ARP_INVALID", "ICMP_IGNORED", "CASCADE_TOO_LONG", "LINK_GONE", "NO_PEER", "TCP_NOT_MODELLED"})
"""Reasons that no kernel has."""
KERNEL_NAMES = {"BRIDGE_NO_EGRESS_PORT": "NO_TX_TARGET"}
"""Reasons that kernels since 6.14 have under another name."""

REFERENCES: dict[str, str] = (EVENTS | {f"Outcome.{key}": text for key, text in OUTCOMES.items()}
                              | {f"DropReason.{key}": text for key, text in DROPS.items()})


def drop_reference(name: str, source: str) -> str:
    """What to look up about a drop: its `skb_drop_reason` where kernels have it, then the source."""
    return source if name in OURS else f"skb_drop_reason {KERNEL_NAMES.get(name, name)}; {source}"
