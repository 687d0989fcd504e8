"""traceroute: its lines, its marks, its patience, and its refusals, as traceroute 2.1.6 has them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.apps.program import UsageError
from netsandbox.apps.traceroute.options import parse
from netsandbox.linux.core.capture import passings
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import RST, SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.apps.labs import DOCKER, ROUTED, build, run


@pytest.fixture
def lab() -> Session:
    return build(ROUTED)


def plain(text: str) -> str:
    """Without the round-trip times."""
    return re.sub(r"\d+\.\d{3} ms", "T ms", text)


def probes(session: Session, node: str = "a") -> list[IPv4Packet]:
    """The packets that a node sent, later fragments and ARP aside, since the lab was built."""
    return [passing.frame.payload for passing in passings(session.lab.trace.since(0))
            if passing.is_out and passing.interface.namespace == node
            and isinstance(passing.frame.payload, IPv4Packet)]


def test_every_router_and_the_target_answer(lab: Session) -> None:
    job = run(lab, "exec a traceroute -n 10.0.3.2")
    assert plain(job.out) == ("traceroute to 10.0.3.2 (10.0.3.2), 30 hops max, 60 byte packets\n"
                              " 1  10.0.1.1  T ms  T ms  T ms\n"
                              " 2  10.0.2.2  T ms  T ms  T ms\n"
                              " 3  10.0.3.2  T ms  T ms  T ms\n")


def test_sixteen_probes_leave_at_once_each_from_its_own_port(lab: Session) -> None:
    run(lab, "exec a traceroute -n 10.0.3.2")
    sent = probes(lab)
    datagrams = [packet.payload for packet in sent if isinstance(packet.payload, UdpDatagram)]
    assert [packet.ttl for packet in sent] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6]
    assert [datagram.dport for datagram in datagrams] == list(range(33434, 33450))
    assert len({datagram.sport for datagram in datagrams}) == 16
    assert {packet.total_length for packet in sent} == {60}
    assert not any(packet.df for packet in sent)
    assert datagrams[0].data == b"@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"


@pytest.mark.parametrize(("options", "port"), [("-T", 80), ("-T -p 443", 443)])
def test_the_first_segment_of_a_connection(lab: Session, options: str, port: int) -> None:
    job = run(lab, f"exec a traceroute -n -q 1 -N 1 {options} 10.0.3.2")
    assert plain(job.out) == ("traceroute to 10.0.3.2 (10.0.3.2), 30 hops max, 60 byte packets\n"
                              " 1  10.0.1.1  T ms\n 2  10.0.2.2  T ms\n 3  10.0.3.2  T ms\n")
    sent = probes(lab)
    segments = [packet.payload for packet in sent if isinstance(packet.payload, TcpSegment)]
    assert [(one.dport, one.flags, one.window) for one in segments] == [(port, SYN, 5840)] * 3
    assert segments[0].options[:6] == bytes.fromhex("020405b40402")
    assert len({one.sport for one in segments}) == 3
    assert {packet.total_length for packet in sent} == {60}


def test_an_open_port_is_answered_and_the_answer_reset() -> None:
    session = build(DOCKER)
    run(session, "docker run -d --name site nginx")
    job = run(session, "traceroute -T -n -q 1 172.17.0.4")
    assert plain(job.out).endswith(" 1  172.17.0.4  T ms\n")
    flags = [packet.payload.flags for packet in probes(session, "host") if isinstance(packet.payload, TcpSegment)]
    assert set(flags) == {SYN, RST}
    assert "SYN" not in run(session, "ss -tan").out


def test_one_probe_at_a_time_stops_where_the_target_answers(lab: Session) -> None:
    run(lab, "exec a traceroute -n -q 1 -N 1 10.0.3.2")
    assert [packet.ttl for packet in probes(lab)] == [1, 2, 3]


def test_echo_requests(lab: Session) -> None:
    job = run(lab, "exec a traceroute -n -I -q 2 -N 3 10.0.3.2")
    assert plain(job.out).splitlines()[1:] == [" 1  10.0.1.1  T ms  T ms", " 2  10.0.2.2  T ms  T ms",
                                               " 3  10.0.3.2  T ms  T ms"]
    messages = [packet.payload for packet in probes(lab) if isinstance(packet.payload, IcmpMessage)]
    assert [message.seq for message in messages] == [1, 2, 3, 4, 5, 6, 7]
    assert len({message.ident for message in messages}) == 1
    assert messages[0].data == b"HIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg"


def test_first_hop_number_of_hops_and_port(lab: Session) -> None:
    job = run(lab, "exec a traceroute -n -f 2 -m 2 -q 1 -p 5000 10.0.3.2")
    assert plain(job.out) == ("traceroute to 10.0.3.2 (10.0.3.2), 2 hops max, 60 byte packets\n"
                              " 2  10.0.2.2  T ms\n")
    payload = probes(lab)[0].payload
    assert isinstance(payload, UdpDatagram)
    assert payload.dport == 5000


def test_a_router_without_a_route(lab: Session) -> None:
    """It tells so at most twice at once; the third probe is given up soon, as the hop's answers are quick."""
    before = lab.lab.scheduler.clock
    job = run(lab, "exec a traceroute -n 10.0.9.9")
    assert plain(job.out).splitlines()[1:] == [" 1  10.0.1.1  T ms !N  T ms !N *"]
    assert lab.lab.scheduler.clock - before < 10_000_000


def test_nobody_there(lab: Session) -> None:
    job = run(lab, "exec a traceroute -n 10.0.3.99")
    assert plain(job.out).splitlines()[1:] == [
        " 1  10.0.1.1  T ms  T ms  T ms", " 2  10.0.2.2  T ms  T ms  T ms", " 3  10.0.2.2  T ms !H  T ms !H  T ms !H"]
    assert re.search(r"  30\d\d\.\d{3} ms !H", job.out)


def test_impatience_gives_up_before_the_answer(lab: Session) -> None:
    """The neighbour's silence takes three seconds to be known: until then all is stars."""
    job = run(lab, "exec a traceroute -n -w 1 10.0.1.77")
    lines = plain(job.out).splitlines()
    assert lines[1:17] == [f"{hop:2d}  * * *" for hop in range(1, 17)]
    assert lines[17:] == ["17  10.0.1.2  T ms !H  T ms !H  T ms !H"]


def test_all_stars_when_answers_are_dropped(lab: Session) -> None:
    run(lab, "exec r1 ip route del 10.0.1.0/24")
    job = run(lab, "exec a traceroute -n -m 3 -w 1 10.0.3.2")
    assert job.out.splitlines()[1:] == [" 1  * * *", " 2  * * *", " 3  * * *"]


def test_an_open_port_swallows_its_probe() -> None:
    """Nothing comes back from a socket that reads and is silent; the other probes find no socket."""
    lab = build(DOCKER)
    run(lab, "exec nginx-2 sysctl -w net.ipv4.icmp_ratelimit=0")
    job = run(lab, "exec nginx-1 traceroute -n -q 1 -p 80 172.17.0.3")
    assert plain(job.out).splitlines()[1:] == [" 1  172.17.0.3  T ms"]


def test_too_long_to_stay_whole(lab: Session) -> None:
    job = run(lab, "exec a traceroute -n -F 10.0.3.2 1600")
    assert plain(job.out).splitlines()[1:] == [" 1  *  T ms !F-1500 *  T ms !F-1500 *  T ms !F-1500"]
    assert probes(lab) == []


def test_a_router_with_a_smaller_mtu_says_so(lab: Session) -> None:
    run(lab, "exec r1 ip link set eth1 mtu 1400")
    job = run(lab, "exec a traceroute -n -q 1 -F 10.0.3.2 1450")
    assert plain(job.out).splitlines()[1:] == [" 1  10.0.1.1  T ms", " 2  10.0.1.1  T ms !F-1400"]


def test_fragments_are_probes_too(lab: Session) -> None:
    job = run(lab, "exec a traceroute -n 10.0.3.2 1600")
    assert "1600 byte packets" in job.out
    assert plain(job.out).splitlines()[3] == " 3  10.0.3.2  T ms  T ms  T ms"


def test_a_pause_between_probes(lab: Session) -> None:
    before = lab.lab.scheduler.clock
    run(lab, "exec a traceroute -n -z 0.2 -q 1 10.0.3.2")
    assert 400_000_000 <= lab.lab.scheduler.clock - before < 410_000_000


@pytest.mark.parametrize(("target", "first"), [
    ("localhost", " 1  localhost (127.0.0.1)  T ms  T ms  T ms"),
    ("10.0.1.2", " 1  10.0.1.2 (10.0.1.2)  T ms  T ms  T ms"),
    ("10.1", " 1  10.0.1.1 (10.0.1.1)  T ms !N  T ms !N *")])
def test_names_and_numbers(lab: Session, target: str, first: str) -> None:
    assert plain(run(lab, f"exec a traceroute {target}").out).splitlines()[1] == first


FAILURES = [
    ("10.0.1.255", "connect: Permission denied"), ("255.255.255.255", "connect: Permission denied"),
    ("-i eth9 10.0.1.1", "setsockopt SO_BINDTODEVICE: No such device"),
    ("-s 1.2.3.4 10.0.1.1", "bind: Cannot assign requested address")]


@pytest.mark.parametrize(("arguments", "error"), FAILURES)
def test_system_calls_that_fail(lab: Session, arguments: str, error: str) -> None:
    job = lab.run(f"exec a traceroute -n {arguments}")
    assert job.code == 1
    assert job.out.startswith("traceroute to ")
    assert "\n" not in job.out
    assert job.err == f"\n{error}\n"


def test_no_route_at_all(lab: Session) -> None:
    run(lab, "exec a ip route del default")
    assert lab.run("exec a traceroute -n 10.0.3.2").err == "\nconnect: Network is unreachable\n"
    job = lab.run("exec a traceroute -n -I 10.0.3.2")
    assert (job.out, job.err) == ("", "\nconnect: Network is unreachable\n")


def test_nothing_is_left_behind(lab: Session) -> None:
    for arguments in ("10.0.3.2", "-I 10.0.3.2", "-n -w 1 -m 2 10.0.1.77"):
        lab.run(f"exec a traceroute {arguments}")
    lab.run("wait 10s")
    namespace = lab.lab.namespace("a")
    assert namespace.sockets.sockets == []
    assert not namespace.raw_sockets
    assert lab.lab.scheduler.is_quiet


def test_interrupt_prints_what_is_known_and_closes(lab: Session) -> None:
    job = lab.run("exec a traceroute -n 10.0.3.99 &")
    lab.lab.scheduler.run_until(lab.lab.scheduler.clock + 1_000_000_000)
    assert job.program is not None
    job.program.interrupt()
    assert job.code == 130
    assert plain(job.out).splitlines()[1:] == [" 1  10.0.1.1  T ms  T ms  T ms", " 2  10.0.2.2  T ms  T ms  T ms"]
    assert lab.lab.namespace("a").sockets.sockets == []


def test_the_verb(lab: Session) -> None:
    assert plain(run(lab, "traceroute a b -q 1").out).splitlines()[1:] == [" 1  10.0.1.1  T ms", " 2  10.0.2.2  T ms",
                                                                          " 3  10.0.3.2  T ms"]
    assert lab.run("traceroute a nosuch").code == 2


# What traceroute 2.1.6 was seen to print; names aside, which have no server here.
REFUSALS = [
    ("-n -m 0 10.0.1.1", "first hop out of range"),
    ("-n -m 256 10.0.1.1", "max hops cannot be more than 255"),
    ("-q 0 10.0.1.1", "no more than 10 probes per hop"),
    ("-q 11 10.0.1.1", "no more than 10 probes per hop"),
    ("-q -1 10.0.1.1", "no more than 10 probes per hop"),
    ("-f 40 10.0.1.1", "first hop out of range"),
    ("-w x 10.0.1.1", "Cannot handle `-w' option with arg `x' (argc 2)"),
    ("-w -1 10.0.1.1", "bad wait specifications `-1,0,0' used"),
    ("-z -1 10.0.1.1", "bad sendtime `-1' specified"),
    ("-y 10.0.1.1", "Bad option `-y' (argc 1)"),
    ("--ic -n 10.0.3.2", "Bad option `--ic' (argc 1)"),
    ("-n 10.0.1.1 70000", "too big packetlen 70000 specified"),
    ("-n 10.0.1.1 x", "Cannot handle \"packetlen\" cmdline arg `x' on position 2 (argc 3)"),
    ("-n 10.0.1.1 100 200", "Extra arg `200' (position 3, argc 4)"),
    ("-n -m x 10.0.1.1", "Cannot handle `-m' option with arg `x' (argc 3)"),
    ("-n -q 1.5 10.0.1.1", "Cannot handle `-q' option with arg `1.5' (argc 3)"),
    ("-n -m", "Option `-m' (argc 2) requires an argument: `-m max_ttl'"),
    ("-nq1 10.0.3.2", "Option `-q' (argc 1) requires an argument: `-q nqueries'"),
    ("--max-hops 2 -n 10.0.3.2", "Option `--max-hops' (argc 1) requires an argument: `--max-hops=max_ttl'"),
    ("-p x 10.0.1.1", "Cannot handle `-p' option with arg `x' (argc 2)"),
    ("-n", 'Specify "host" missing argument.'),
    ("nosuch", "nosuch: Name or service not known\nCannot handle \"host\" cmdline arg `nosuch' on position 1 (argc 1)"),
    ("-s nosuch 10.0.1.1", "nosuch: Name or service not known\nCannot handle `-s' option with arg `nosuch' (argc 2)"),
    ("-M tcpconn 10.0.1.1", "traceroute: -M tcpconn is not modelled"),
    ("-M nosuch 10.0.1.1", "Unknown traceroute module nosuch"),
    ("-T -O info 10.0.1.1", "traceroute: -O is not modelled"),
    ("-T -p x 1.1", "Cannot handle `-p' option with arg `x' (argc 3)"),
    ("-w nan 10.0.1.1", "Cannot handle `-w' option with arg `nan' (argc 2)")]


@pytest.mark.parametrize(("arguments", "message"), REFUSALS)
def test_refusals(arguments: str, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse(arguments.split())
    assert str(refusal.value) == message
    assert refusal.value.code == 2


def test_values_in_many_spellings() -> None:
    options = parse(["-q", "0x2", "-m10", "--first=2", "-w", "1,2", "-N", "3", "-z", "20", "-I", "10.1", "20"])
    assert (options.probes, options.max_hops, options.first_hop, options.at_once) == (2, 10, 2, 3)
    assert (options.wait, options.here, options.near, options.pause) == (1_000_000_000, 2.0, 0.0, 20_000_000)
    assert (options.address, options.size, options.icmp) == (0x0A000001, 28, True)


def test_version_and_usage(lab: Session) -> None:
    assert lab.run("exec a traceroute -V").err.startswith("Modern traceroute for Linux, version 2.1.6\n")
    assert lab.run("exec a traceroute").err.startswith("Usage:\n  traceroute ")


@given(st.lists(st.text(st.characters(codec="ascii"), max_size=8) | st.sampled_from(
    ["-n", "-q", "-m", "-w", "1", "0", "10.0.1.1", "-I", "--wait=1,2,3", "-f", "1e400", "-F", "999999999999999999999"]),
    max_size=6))
def test_any_words_are_taken_or_refused(words: list[str]) -> None:
    try:
        options = parse(words)
    except UsageError:
        return
    assert options.shows_usage or options.shows_version or (
        1 <= options.first_hop <= options.max_hops <= 255 and 1 <= options.probes <= 10 and options.wait >= 0)


def test_the_same_twice() -> None:
    digests = set()
    for _run in range(2):
        lab = build(ROUTED)
        run(lab, "traceroute a 10.0.3.99")
        digests.add(lab.lab.trace.digest())
    assert len(digests) == 1


@pytest.mark.parametrize(("options", "expected"), [
    ("-M Tcp", (False, True, False)), ("-M udp", (False, False, True)), ("-T -M icmp", (True, False, False)),
    ("-M icmp -T", (False, True, False)), ("-I -M default", (False, False, False)), ("-T -U", (False, False, True))])
def test_the_last_method_decides(options: str, expected: tuple[bool, bool, bool]) -> None:
    """As tcpdump showed of the real one's probes."""
    found = parse([*options.split(), "127.0.0.1"])
    assert (found.icmp, found.tcp, found.constant_port) == expected


def test_a_segment_has_the_size_that_it_has() -> None:
    assert (parse(["-T", "127.0.0.1", "100"]).size, parse(["127.0.0.1", "100"]).size) == (60, 100)


@pytest.mark.parametrize(("line", "mss", "window"), [
    ("127.0.0.1", 65495, 65372), ("10.9.0.2", 1360, 5440), ("10.8.0.2", 8960, 35840), ("10.7.0.2", 1460, 5840)])
def test_a_segment_tells_what_the_way_lets_through(line: str, mss: int, window: int) -> None:
    """As the real one did, on the same links."""
    session = KeptSession()
    for name, number, size in (("v9", 9, 1400), ("v8", 8, 9000), ("v7", 7, 1500)):
        session.run(f"ip link add {name} mtu {size} type dummy; ip addr add 10.{number}.0.1/24 dev {name}; "
                    f"ip link set {name} up; ip neigh add 10.{number}.0.2 lladdr 2:2:2:2:2:2 dev {name}")
    session.run("tcpdump -c 1 -lnti any 'tcp[13] == 2' > /tmp/seen &")
    session.run(f"traceroute -n -T -q 1 -m 1 -w 0.1 {line}; sleep 0.1")
    assert f" win {window}, options [mss {mss},sackOK," in session.run("cat /tmp/seen").out
