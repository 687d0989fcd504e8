"""Where to look up what stacked devices, tunnels, filtering bridges and policy rules do."""

from __future__ import annotations

_BRIDGE = "IEEE 802.1Q, 8.6; net/bridge/br_vlan.c"
_TREE = "IEEE 802.1D-1998, 8; net/bridge/br_stp.c"

DEVICES: dict[str, str] = {
    "Outcome.DECAPSULATED": "net/ipv4/ip_tunnel.c ip_tunnel_rcv; drivers/net/vxlan/vxlan_core.c vxlan_rcv",
    "Outcome.PASSED_UP": "net/core/dev.c __netif_receive_skb_core",
    "TagPushed": "IEEE 802.1Q, 9.6; net/8021q/vlan_dev.c vlan_dev_hard_start_xmit",
    "VlanEntered": f"{_BRIDGE} br_allowed_ingress",
    "VlanLeft": f"{_BRIDGE} br_handle_vlan",
    "ArpAnswered": "bridge(8), neigh_suppress; net/bridge/br_arp_nd_proxy.c br_do_proxy_suppress_arp",
    "BpduTaken": f"{_TREE} br_record_config_information",
    "RootChosen": f"{_TREE} br_root_selection",
    "TopologyChanged": f"{_TREE} __br_set_topology_change",
    "Encapsulated": "RFC 7348, RFC 2784, RFC 2003; drivers/net/vxlan, net/ipv4/ip_tunnel.c",
    "Decapsulated": "RFC 7348, RFC 2784, RFC 2003; drivers/net/vxlan, net/ipv4/ip_tunnel.c",
    "VtepLearned": "RFC 7348, 4.1; drivers/net/vxlan vxlan_snoop",
    "VtepMissing": "ip-link(8), l2miss and l3miss; drivers/net/vxlan vxlan_fdb_miss, vxlan_ip_miss",
    "ChildChosen": "drivers/net/macvlan.c macvlan_handle_frame, drivers/net/ipvlan/ipvlan_core.c",
    "SlaveChosen": "Documentation/networking/bonding.rst; drivers/net/bonding/bond_main.c",
    "ActiveSlaveChanged": "Documentation/networking/bonding.rst; bond_change_active_slave",
    "FrameShaped": "tc-netem(8), tc-tbf(8), tc-htb(8); net/sched/sch_netem.c",
    "RuleMatched": "ip-rule(8); net/core/fib_rules.c fib_rules_lookup",
    "GroupJoined": "RFC 4541; net/bridge/br_multicast.c br_multicast_add_group",
    "GroupLeft": "RFC 4541; net/bridge/br_multicast.c br_multicast_leave_group",
    "NextHopChanged": "ip-nexthop(8); net/ipv4/nexthop.c",
    "PathChosen": "ip-route(8); net/ipv4/fib_semantics.c fib_select_multipath; fib_multipath_hash_policy",
}
DEVICE_DROPS: dict[str, str] = {
    "BRIDGE_INGRESS_VLAN": f"{_BRIDGE} br_allowed_ingress",
    "BRIDGE_EGRESS_VLAN": f"{_BRIDGE} br_allowed_egress",
    "IGMP_INVALID": "RFC 3376; net/bridge/br_multicast.c br_multicast_rcv",
    "BPDU_INVALID": "IEEE 802.1D-1998, 9.3.4; net/bridge/br_stp_bpdu.c br_stp_rcv",
    "VLAN_UNKNOWN": "IEEE 802.1Q; net/core/dev.c __netif_receive_skb_core",
    "DEV_NULL": "drivers/net/dummy.c dummy_xmit",
    "VXLAN_VNI_NOT_FOUND": "RFC 7348, 5; drivers/net/vxlan vxlan_rcv",
    "VXLAN_INVALID_HDR": "RFC 7348, 5; drivers/net/vxlan vxlan_rcv",
    "VXLAN_ENTRY_EXISTS": "drivers/net/vxlan vxlan_snoop",
    "LOCAL_MAC": "drivers/net/vxlan vxlan_set_mac",
    "NO_TX_TARGET": "RFC 7348, 4.2; drivers/net/vxlan vxlan_xmit",
    "TUNNEL_UNKNOWN": "RFC 2890; net/ipv4/ip_tunnel.c ip_tunnel_lookup",
    "TUNNEL_INVALID": "RFC 2784; net/ipv4/ip_tunnel.c ip_tunnel_rcv",
    "RECURSION_LIMIT": "net/core/dev.c dev_xmit_recursion",
    "QDISC_DROP": "tc(8); net/sched/sch_netem.c netem_enqueue",
    "BOND_INACTIVE": "Documentation/networking/bonding.rst; bond_should_deliver_exact_match",
    "MACVLAN_FOREIGN": "drivers/net/macvlan.c, drivers/net/ipvlan/ipvlan_core.c",
    "TUN_NO_READER": "Documentation/networking/tuntap.rst; drivers/net/tun.c tun_net_xmit",
}
OUR_DEVICE_DROPS = frozenset({
    "BRIDGE_INGRESS_VLAN", "BRIDGE_EGRESS_VLAN", "BPDU_INVALID", "IGMP_INVALID", "VLAN_UNKNOWN", "DEV_NULL",
    "TUNNEL_UNKNOWN", "TUNNEL_INVALID", "BOND_INACTIVE", "MACVLAN_FOREIGN", "TUN_NO_READER"})
"""Reasons that no kernel has."""
