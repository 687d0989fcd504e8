"""What few rules ask: whose socket sends, which zone, and how an entry that a program made is followed."""

from __future__ import annotations

import pytest

from netsandbox.linux.netfilter.connection import SCTP, UDP_LITE, FlowTuple
from netsandbox.linux.netfilter.rewrite import translate, translate_quoted
from netsandbox.linux.netfilter.track_tcp import TcpTracking
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import FIN, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.linux.netfilter.router import Router, packet

PAIR = """\
ip netns add a
ip netns add b
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n a link set va up
ip -n b link set vb up
"""


@pytest.fixture
def pair() -> KeptSession:
    session = KeptSession()
    for line in PAIR.splitlines():
        assert session.run(line).code == 0
    return session


def test_a_ping_is_its_programs_and_the_reply_the_kernels(pair: KeptSession) -> None:
    for name in "ab":
        assert pair.run(f"ip netns exec {name} iptables -A OUTPUT -p icmp -m owner --uid-owner 0").code == 0
    assert pair.run("ip netns exec a ping -c1 10.0.0.2").code == 0
    counted = [pair.run(f"ip netns exec {name} iptables -vnxL OUTPUT").out.splitlines()[2].split()[:2] for name in "ab"]
    assert counted == [["1", "84"], ["0", "0"]]


@pytest.mark.parametrize(("zone", "code"), [("mark", 0), ("65535", 0), ("65536", 2), ("foo", 2)])
def test_a_zone_is_a_number_or_the_mark(pair: KeptSession, zone: str, code: int) -> None:
    job = pair.run(f"ip netns exec a iptables -t raw -A PREROUTING -j CT --zone {zone}")
    assert job.code == code
    rules = pair.run("ip netns exec a iptables -t raw -S").out
    assert (f"--zone {zone}" in rules) is (code == 0)


def test_what_a_program_enters_is_followed_as_its_protocol_is() -> None:
    namespace = Router().namespace
    table = namespace.netfilter.connection_table(namespace)
    kinds = [table.make(flow, flow.inverted(), 1).tcp
             for flow in (FlowTuple(protocol, 1, 2, 3, 4) for protocol in (TCP, UDP))]
    assert isinstance(kinds[0], TcpTracking)
    assert kinds[1] is None


def test_a_priority_set_where_iptables_sets_none_is_refused_by_name(pair: KeptSession) -> None:
    for line in ("add table ip t", "add chain ip t in '{ type filter hook input priority 0; }'",
                 "add chain ip t out '{ type filter hook output priority 0; }'",
                 "add rule ip t out meta priority set 1:2"):
        assert pair.run(f"ip netns exec a nft {line}").code == 0
    job = pair.run("ip netns exec a nft add rule ip t in meta priority set 1:2")
    assert (job.code, job.err) == (1, "netsandbox: nft: 'hook input: meta priority set' is not modelled\n")


@pytest.mark.parametrize(("protocol", "segment", "seen"), [
    (TCP, "00000001 00000000 500203e8 12340000", "00000001 00000000 500203e8 12370000"),
    (TCP, "00000001 00000000 500203e8 00000000", "00000001 00000000 500203e8 00030000"),
    (TCP, "00000001 00000000 500203e8 fffc0000", "00000001 00000000 500203e8 00000000"),
    (TCP, "00000001 00000000 500203e8 123400", "00000001 00000000 500203e8 123400"),  # no whole header
    (TCP, "00000001 00000000 500203e8 1234", "00000001 00000000 500203e8 1234"),
    (TCP, "00000001 00000000 5002", "00000001 00000000 5002"), (TCP, "00000001", "00000001"),
    (UDP, "0008 1234", "0008 1237"), (UDP, "0008 0000", "0008 0000"), (UDP, "0008 fffc", "0008 ffff")])
def test_of_a_quoted_segment_the_checksum_is_translated_if_its_header_is_there(protocol: int, segment: str,
                                                                              seen: str) -> None:
    """What Linux 6.18 let through; a checksum of UDP never becomes 0, which would say that there is none."""
    ports = bytes.fromhex("04d2 0051")
    packet = IPv4Packet(0x0A000002, 0x0A010002, protocol, ports + bytes.fromhex(segment)).emit()
    quoted = translate_quoted(packet, FlowTuple(protocol, 0x0A000002, 0x0A000001, 1234, 80), is_source=False)
    assert quoted[12:] == bytes.fromhex("0a000002 0a000001 04d2 0050") + bytes.fromhex(seen)


CHUNK = "01000014 11223344 0000ffff 00010001 00000009"


@pytest.mark.parametrize(("protocol", "sent", "seen", "quoted"), [
    (SCTP, f"03e80005 00000000 7265351f {CHUNK}", f"1e610006 00000000 0bde88ce {CHUNK}", ""),
    (SCTP, f"03e90005 00000000 12345678 {CHUNK}", f"1e620006 00000000 9c7f6147 {CHUNK}",
     f"03e90005 00000000 ff059267 {CHUNK}"),  # a wrong one becomes right
    (UDP_LITE, "07d00005 00009dc0 68656c6c6f", "1e610006 0000852e 68656c6c6f", ""),
    (UDP_LITE, "07d10005 0008e189 68656c6c6f", "1e6d0006 0008c8ec 68656c6c6f", "")])
def test_ports_of_sctp_and_udp_lite_are_translated_with_their_checksums(protocol: int, sent: str, seen: str,
                                                                        quoted: str) -> None:
    """10.0.1.2 asked 10.0.1.1:5, which Linux 6.18 led from 10.0.2.1 to 10.0.2.2:6, and an error back."""
    before = IPv4Packet.parse(IPv4Packet(0x0A000102, 0x0A000101, protocol, bytes.fromhex(sent)).emit())
    source, wanted = before.payload_bytes()[:2], bytes.fromhex(seen)
    answer = FlowTuple(protocol, 0x0A000202, 0x0A000201, 6, int.from_bytes(wanted[:2], "big"))
    after = translate(translate(before, answer, is_source=False), answer, is_source=True)
    assert (after.src, after.dst, after.payload_bytes()) == (0x0A000201, 0x0A000202, wanted)
    data, asked = after.emit(), FlowTuple(protocol, 0x0A000102, 0x0A000101, int.from_bytes(source, "big"), 5)
    for is_source in (True, False):
        data = translate_quoted(data, asked, is_source)
    assert data[12:] == before.emit()[12:20] + bytes.fromhex(quoted or sent)


def test_a_checksum_of_udp_does_not_become_0_behind_nat() -> None:
    router = Router()
    router.namespace.write_sysctl("net.netfilter.nf_conntrack_checksum", 0)
    router.iptables("-t nat -A POSTROUTING -j SNAT --to-source 10.0.0.9")
    for payload, seen in ((UdpDatagram(1, 2, b"", 0xFFFE - 0xFFF9 + 2), 0xFFFF), (UdpDatagram(1, 3, b"", 0), 0),
                          (TcpSegment(1, 2, 1, 0, SYN, 100, checksum=7), 0),
                          (TcpSegment(1, 3, 1, 0, SYN, 100, checksum=0), 0xFFF8)):
        protocol = UDP if isinstance(payload, UdpDatagram) else TCP
        sent = router.pass_through(IPv4Packet(0x0A000002, 0xCB710009, protocol, payload), "eth0", "eth1")
        assert sent is not None
        assert sent.src == 0x0A000009
        assert sent.payload.checksum == seen


def test_a_shifted_range_of_ports_counts_as_the_kernel_does_below_its_base() -> None:
    """As Linux 6.18: the distance is one of 16 bits."""
    router = Router()
    router.iptables("-t nat -A PREROUTING -p udp -j DNAT --to-destination 203.0.113.9:5000-5009/8080")
    for port, chosen in ((8080, 5000), (8089, 5009), (8090, 5000), (8079, 5005), (8070, 5006), (1, 5007)):
        sent = router.pass_through(packet("udp", "10.0.0.2", "192.0.2.1", port, port), "eth0", "eth1")
        assert sent is not None
        assert sent.payload.dport == chosen


@pytest.mark.parametrize(("wrong", "counted"), [
    (IPv4Packet(1, 2, TCP, TcpSegment(1, 2, 1, 0, SYN | FIN, 100)), "invalid"),
    (IPv4Packet(1, 2, TCP, TcpSegment(1, 2, 1, 0, SYN, 100, checksum=1)), "invalid"),
    (IPv4Packet(1, 2, TCP, bytes.fromhex("0001 0002")), "invalid"), (IPv4Packet(1, 2, TCP, b"\0\1"), "invalid"),
    (IPv4Packet(1, 2, UDP, bytes.fromhex("0001 0002 0003 0000")), "invalid"),
    (IPv4Packet(1, 2, ICMP, b"\x08\0"), "error"), (IPv4Packet(1, 2, ICMP, IcmpMessage(40, 0, 0, b"")), "error"),
    (IPv4Packet(1, 2, ICMP, IcmpMessage(3, 3, 0, bytes(28))), "error"),
    (IPv4Packet(1, 2, ICMP, IcmpMessage(0, 0, 5, b"")), "invalid")])  # an answer to no question
def test_what_the_tracker_counts_of_what_it_does_not_take(wrong: IPv4Packet, counted: str) -> None:
    """As conntrack -S of Linux 6.18 tells it: of ICMP what is no message, or tells of no connection, is an error."""
    router = Router()
    router.iptables("-A FORWARD -m conntrack --ctstate INVALID")
    router.pass_through(wrong, "eth0", "eth1")
    table = router.namespace.netfilter.connections
    assert table is not None
    assert {name for name, count in table.statistics.items() if count} == {counted}
    assert table.statistics[counted] == 1


def test_what_leads_to_a_chain_that_is_renamed_leads_to_it_still(pair: KeptSession) -> None:
    for line in ("-N A", "-N C", "-A INPUT -j A", "-A INPUT -j C", "-A FORWARD -g A", "-A FORWARD -j DROP", "-E A B"):
        assert pair.run(f"ip netns exec a iptables {line}").code == 0
    rules = pair.run("ip netns exec a iptables -S").out.splitlines()
    assert rules[3:] == ["-N B", "-N C", "-A INPUT -j B", "-A INPUT -j C", "-A FORWARD -g B", "-A FORWARD -j DROP"]


def test_tcpmss_is_held_to_the_hooks_of_a_base_chain_alone(pair: KeptSession) -> None:
    """As iptables 1.8.11 and 6.18 were asked; the older iptables looks at what leads to the chain as well."""
    clamp = "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"
    answers = [pair.run(f"ip netns exec a {line}").code for line in (
        f"iptables -A INPUT {clamp}", "iptables -N MINE", "iptables -A INPUT -j MINE", f"iptables -A MINE {clamp}",
        "iptables -N OTHER", f"iptables -A OTHER {clamp}", "iptables -A INPUT -j OTHER",
        "iptables-legacy -N MINE", "iptables-legacy -A INPUT -j MINE", f"iptables-legacy -A MINE {clamp}")]
    assert answers == [4, 0, 0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("line", [
    "-d 10.0.0.7 -j CLUSTERIP --new --hashmode sourceip --clustermac 01:00:5e:00:00:20 --total-nodes 2 --local-node 1",
    "-p tcp --syn -j SYNPROXY --sack-perm --mss 1460", "-j HMARK --hmark-tuple src --hmark-mod 5 --hmark-rnd 1"])
def test_a_target_that_is_not_modelled_is_named_whatever_its_options(pair: KeptSession, line: str) -> None:
    job = pair.run(f"ip netns exec a iptables -A INPUT {line}")
    name = line.split(" -j ")[-1].removeprefix("-j ").split()[0]
    assert (job.code, job.err) == (1, f"netsandbox: target '{name}' is not modelled: nothing was changed\n")


def test_nft_quotes_what_nflog_says(pair: KeptSession) -> None:
    pair.run("ip netns exec a iptables -A INPUT -j NFLOG --nflog-group 5 --nflog-prefix x")
    assert 'log prefix "x" group 5' in pair.run("ip netns exec a nft list ruleset").out


def test_only_what_a_program_enters_counts_as_inserted(pair: KeptSession) -> None:
    """As conntrack 1.4.8 and 6.18 were asked: a line that finds its entry there has not failed to insert one."""
    enter = "conntrack -I -p udp -s 10.0.0.9 -d 10.0.0.8 --sport 1 --dport 2 -t 100"
    assert [pair.run(f"ip netns exec a {enter}").code for _time in range(2)] == [0, 1]
    assert " insert=1 insert_failed=0 " in pair.run("ip netns exec a conntrack -S").out


def test_the_last_ack_has_no_socket_and_no_user(pair: KeptSession) -> None:
    """As 6.18 was asked: TIME_WAIT is no full socket."""
    for rule in ("", "! --uid-owner 0", "! --socket-exists"):
        pair.run(f"ip netns exec a iptables -A OUTPUT -p tcp {f'-m owner {rule}' if rule else ''}")
    pair.run("ip netns exec b socat TCP-LISTEN:80 EXEC:'sleep 1' &")
    pair.run("ip netns exec a nc -z 10.0.0.2 80")
    pair.run("wait 2s")
    told = pair.run("ip netns exec a ss -Htan").out
    counted = [row.split()[0] for row in pair.run("ip netns exec a iptables -vnxL OUTPUT").out.splitlines()[2:]]
    assert told.startswith("TIME-WAIT")
    assert (int(counted[0]) > 3, counted[1:]) == (True, ["1", "1"])


@pytest.mark.parametrize(("words", "name"), [
    ("last", "last"), ("meta cpu < 64", "meta cpu <"), ("counter name c", "counter name"),
    ("meta mark set meta mark << 2", "meta mark set meta mark"), ("tcp flags set syn", "tcp flags set"),
    ("meta mark set numgen inc mod 3", "meta mark set numgen")])
def test_what_nft_takes_and_iptables_cannot_say_is_no_mistake(words: str, name: str) -> None:
    session = KeptSession()
    for line in ("add table ip t", "add chain ip t c"):
        assert session.run(f"nft {line}").code == 0
    job = session.run(f"nft 'add rule ip t c {words}'")
    assert (job.code, job.err) == (1, f"netsandbox: nft: '{name}' is not modelled; iptables cannot say it\n")


@pytest.mark.parametrize(("rule", "listed"), [
    ("! -p tcp --dport 80", "ip protocol != tcp th dport 80"),
    ("! -p udp --sport 5:9", "ip protocol != udp th sport 5-9"),
    ("! -p tcp ! --dport :80", "ip protocol != tcp th dport > 80")])
def test_of_a_protocol_that_it_is_not_nft_names_no_ports(rule: str, listed: str) -> None:
    """As nft 1.1.3 lists what iptables 1.8.11 has made."""
    session = KeptSession()
    assert session.run(f"iptables -A INPUT {rule}").code == 0
    assert f"\t{listed} counter" in session.run("nft list chain ip filter INPUT").out
