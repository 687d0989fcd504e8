"""`nft monitor trace` and `xtables-monitor --trace` tell what the real ones told of the same packets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession

REAL = Path(__file__).with_name("real_trace.txt").read_text()
ROUTER = (
    "ip netns add a", "ip netns add r", "ip netns add b",
    "ip link add eth0 netns a address 02:aa:00:00:00:01 type veth peer name eth0 netns r address 02:aa:00:00:00:02",
    "ip link add eth0 netns b address 02:aa:00:00:00:04 type veth peer name eth1 netns r address 02:aa:00:00:00:03",
    *(f"ip -n {name} link set {link} up" for name, link in (
        ("a", "eth0"), ("b", "eth0"), ("r", "eth0"), ("r", "eth1"), ("r", "lo"))),
    *(f"ip -n {name} addr add {address}/24 dev {link}" for name, address, link in (
        ("a", "10.1.0.2", "eth0"), ("r", "10.1.0.1", "eth0"), ("r", "10.2.0.1", "eth1"), ("b", "10.2.0.2", "eth0"))),
    "ip -n a route add default via 10.1.0.1", "ip -n b route add default via 10.2.0.1",
    "ip netns exec r sysctl -qw net.ipv4.ip_forward=1")
RULES = (
    "iptables -t raw -A PREROUTING ! -i lo -j TRACE", "iptables -t mangle -A PREROUTING -p icmp -j MARK --set-mark 5",
    "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.2.0.2:80",
    "iptables -N MINE", "iptables -A FORWARD -j MINE", "iptables -A MINE -p udp --dport 54 -j REJECT",
    "iptables -A MINE -p udp -j DROP", "iptables -A MINE -p icmp -j RETURN",
    "nft add table inet f", "nft add chain inet f sub",
    r"nft add chain inet f fw '{ type filter hook forward priority 10 ; policy drop ; }'",
    r"nft add chain inet f out '{ type filter hook output priority 0 ; }'",
    "nft add rule inet f sub tcp dport 80 counter log prefix hi accept",
    "nft add rule inet f fw ip protocol tcp meta mark set 7 goto sub", "nft add rule inet f fw counter",
    "nft add rule inet f out oifname lo meta nftrace set 1 accept")
PACKETS = (
    "ip netns exec a ping -c1 -W.2 10.2.0.2",
    "ip netns exec a bash -c 'echo -n q > /dev/udp/10.2.0.2/54; nc -z -w1 10.1.0.1 8080'",
    "ip netns exec r ping -c1 -W.2 127.0.0.1")
CHANCE = (
    (r"trace id \w+", "trace id X"), (r"(PACKET|TRACE): (\d) \w+", r"\1: \2 X"), (r"(ip|icmp) id \d+", r"\1 id N"),
    (r" ID=\d+", " ID=N"), (r"(sport|dport|SPORT=|DPORT=)( ?)\d{4,5}\b(?<!8080)", r"\1\2P"),
    (r"checksum \d+", "checksum C"))


@pytest.mark.parametrize(("command", "start"), [("nft monitor trace", "trace id"),
                                                ("xtables-monitor --trace", r"PACKET:| TRACE:")])
def test_each_rule_that_takes_a_traced_packet_is_told(command: str, start: str) -> None:
    session = KeptSession()
    for line in (*ROUTER, *(f"ip netns exec r {rule}" for rule in RULES)):
        assert not session.run(line).code, line
    job = session.run(f"ip netns exec r {command} &")
    for line in PACKETS:
        session.run(line)
    said = job.out
    for pattern, mask in CHANCE:
        said = re.sub(pattern, mask, said)
    assert said.splitlines() == [line for line in REAL.splitlines() if re.match(start, line)]


@pytest.mark.parametrize(("line", "said"), [
    ("nft add table ip f; nft add chain ip f c; nft add rule ip f c counter queue num 1",
     "netsandbox: nft: 'queue' is not modelled; iptables cannot say it\n"),
    ("nft monitor", "netsandbox: nft monitor of changes is not modelled; `nft monitor trace` is\n"),
    ("xtables-monitor -e", "netsandbox: xtables-monitor --event is not modelled (--trace is)\n")])
def test_what_is_left_out_is_told(line: str, said: str) -> None:
    assert KeptSession().run(line).err == said
