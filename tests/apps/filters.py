"""Strategies: pcap filter expressions that are right, and ones with something wrong in them."""

from __future__ import annotations

from hypothesis import strategies as st

ADDRESSES = ("172.17.0.2", "172.17.0.3", "10.0.0.1", "172.17", "10", "224.0.0.1", "255.255.255.255", "127.0.0.1")
MACS = ("ff:ff:ff:ff:ff:ff", "3e:d4:81:57:2b:0c", "2:42:ac:11:0:2")
PORTS = ("80", "53", "9", "40000", "8000", "0", "domain", "http", "0x35")
SIDES = ("", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ")
NAMES = ("arp", "ip", "icmp", "tcp", "udp", "rarp", "igmp", "ip6", "icmp6", "sctp")
BEHIND = ("vlan", "vlan 5", "vlan and arp", "vlan and host 10.78.0.2")
"""What makes the rest of an expression look behind a tag."""
ALONE = ("stp", "ah", "esp", "pim", "vrrp", "igrp", "broadcast", "multicast", "ether broadcast", "ether multicast",
         "ip broadcast", "ip multicast")
COMPARISONS = (
    "ip[8] < 64", "icmp[0] = 8", "icmp[icmptype] == icmp-echo", "tcp[tcpflags] & (tcp-syn|tcp-ack) != 0",
    "ip[2:2] > 100", "ether[0] & 1 != 0", "link[0] = 255", "udp[4:2] < 40",
    "ip[0] & 0xf != 5", "ip[6:2] & 0x1fff = 0", "arp[7] = 1",
    "icmp[4:2] - 1 > 5", "ip[9] * 2 = 2", "len > 98", "len = 42", "(len + 1) / 2 > 30", "icmp[200:4] = 1",
    "ip[len - 15] = 0", "7 % 4 = 3")


def _joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map("".join)


def _of(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


primitives = st.one_of(
    _of(NAMES), _of(ALONE), _of(COMPARISONS), _of(("less 60", "greater 100")),
    _joined(_of(("", "ip ", "arp ", "rarp ")), _of(SIDES), _of(("host ", "host not ")), _of(ADDRESSES)),
    _joined(_of(SIDES[1:]), _of(ADDRESSES)),
    _joined(_of(SIDES), _of(("net ", "net ! ")), _of(("10", "172.17", "172.17.0.0/16", "0.0.0.0/0", "172.16.0.0/12",
                                            "172.17.0.0 mask 255.255.0.0"))),
    _joined(_of(("", "tcp ", "udp ")), _of(SIDES), _of(("port ", "port not ")), _of(PORTS[:6])),
    _joined(_of(("", "tcp ", "udp ")), _of(SIDES), st.just("portrange "), _of(("1-1023", "0-65535", "90-50", "9"))),
    _joined(st.just("ether "), _of(("src ", "dst ", "host ", "src or dst ")), _of(MACS)),
    _of(("ip proto 1", "ip proto \\udp", "ether proto 0x806", "proto 6", "ether proto \\arp", "proto \\icmp")),
    _joined(st.just("host "), _of(ADDRESSES), _of((" or ", " and ", " or not ")), _of(ADDRESSES)),
    _joined(_of(("port (", "port not (")), _of(PORTS[:6]), st.just(" or "), _of(PORTS[:6]), st.just(")")))

expressions = st.recursive(primitives, lambda inner: st.one_of(
    _joined(st.just("("), inner, st.just(")")),
    _joined(_of(("not ", "! ", "not not ")), st.just("("), inner, st.just(")")),
    _joined(inner, _of((" and ", " or ", " && ", " || ")), inner)), max_leaves=6)

tagged = _joined(_of(BEHIND), _of((" and ", " or ", " and not ")), primitives)
"""The laws of logic do not hold for these: what stands behind `vlan` has another meaning there."""

WORDS = (*NAMES, *ALONE, *COMPARISONS, *ADDRESSES, *MACS, *PORTS, "and", "or", "not", "(", ")", "src", "dst", "host",
         "net", "port", "portrange", "proto", "ether", "mask", "/", "[", "]", ":", "=", "&", "len", "less", "vlan",
         "gateway", "10.0.0.300", "99999999999", "\\arp", "\\", "@", "'", "é", "x" * 300)
broken = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=12).map(" ".join)
