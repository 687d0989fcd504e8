"""tcpdump in a lab: what it sees, counts and says, beside what the real one reads from the same run's capture."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.apps.program import UsageError
from netsandbox.apps.tap import Seen, Tap
from netsandbox.apps.tcpdump.options import parse
from netsandbox.commands.job import Job
from netsandbox.session.session import Session
from tests.apps import real
from tests.apps.labs import DOCKER, HUB, build, interrupted, run

LISTENING = ("tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
             "listening on {}, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n")
SUMMARY = "{0} packets captured\n{1} packets received by filter\n0 packets dropped by kernel\n"


@pytest.fixture
def docker() -> Session:
    return build(DOCKER)


@pytest.fixture
def hub() -> Session:
    return build(HUB)


def bodies(job: Job) -> list[str]:
    """The lines without their times and the empty one of Ctrl-C."""
    return [line.partition(" ")[2] for line in job.out.splitlines() if line]


def macs(session: Session) -> list[str]:
    return [session.lab.namespace(f"nginx-{number}").interfaces["eth0"].mac.to_bytes(6, "big").hex(":")
            for number in (1, 2, 3)]


def test_four_packets_while_another_line_pings(docker: Session) -> None:
    listener = run(docker, "exec nginx-2 tcpdump -n -i eth0 -c 4 &")
    assert not listener.is_done
    run(docker, "ping nginx-1 nginx-2 -c 3")
    assert listener.code == 0
    ident = bodies(listener)[2].partition("id ")[2].partition(",")[0]
    assert bodies(listener) == [
        "ARP, Request who-has 172.17.0.3 tell 172.17.0.2, length 28",
        f"ARP, Reply 172.17.0.3 is-at {macs(docker)[1]}, length 28",
        f"IP 172.17.0.2 > 172.17.0.3: ICMP echo request, id {ident}, seq 1, length 64",
        f"IP 172.17.0.3 > 172.17.0.2: ICMP echo reply, id {ident}, seq 1, length 64"]
    assert listener.out.startswith("00:00:10.00000")
    assert listener.err == LISTENING.format("eth0") + SUMMARY.format(4, 4)


def test_ctrl_c_prints_the_summary(docker: Session) -> None:
    listener = run(docker, "exec nginx-3 tcpdump -e -n &")
    run(docker, "ping nginx-1 nginx-2")
    assert interrupted(listener).code == 0
    head = f"{macs(docker)[0]} > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42"
    assert bodies(listener) == [f"{head}: Request who-has 172.17.0.3 tell 172.17.0.2, length 28"]
    assert listener.out.endswith("\n\n")
    assert listener.err == LISTENING.format("eth0") + SUMMARY.format(1, 1).replace("1 packets", "1 packet")
    interrupted(listener)
    assert listener.err.count("captured") == 1


def test_docker0_is_promiscuous_and_shows_what_passes_between_its_ports(docker: Session) -> None:
    listener = run(docker, "tcpdump -n -i docker0 &")
    modest = run(docker, "tcpdump -n -p -i docker0 &")
    run(docker, "ping nginx-1 nginx-2")
    run(docker, "ping nginx-1 172.17.0.1")
    assert [line.split(",")[0] for line in bodies(interrupted(listener))] == [
        "ARP", "ARP", "IP 172.17.0.2 > 172.17.0.3: ICMP echo request", "IP 172.17.0.3 > 172.17.0.2: ICMP echo reply",
        "ARP", "ARP", "IP 172.17.0.2 > 172.17.0.1: ICMP echo request", "IP 172.17.0.1 > 172.17.0.2: ICMP echo reply"]
    assert [line.split(",")[0] for line in bodies(interrupted(modest))] == [
        "ARP", "ARP", "ARP", "IP 172.17.0.2 > 172.17.0.1: ICMP echo request",
        "IP 172.17.0.1 > 172.17.0.2: ICMP echo reply"]


def test_any_tells_interface_and_direction(docker: Session) -> None:
    listener = run(docker, "tcpdump -n -i any icmp &")
    broadcast = run(docker, "tcpdump -e -n -i any arp -c 4 &")
    run(docker, "ping nginx-1 nginx-2")
    ports = [interface.name for interface in docker.lab.namespace("host").interfaces.values() if interface.port]
    out = [f"{name} {kind:<3}" for name, kind in zip(ports[:2], ("P", "Out"), strict=True)]
    back = [f"{name} {kind:<3}" for name, kind in zip(reversed(ports[:2]), ("P", "Out"), strict=True)]
    assert [line.partition(" IP")[0] for line in bodies(interrupted(listener))] == [*out, *back]
    assert listener.err.startswith(
        "tcpdump: WARNING: any: That device doesn't support promiscuous mode\n"
        '(Promiscuous mode not supported on the "any" device)\n'
        "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
        "listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes\n")
    assert sorted(line.split()[1] for line in bodies(broadcast)) == ["B", "B", "Out", "Out"]
    assert f" ifindex 2 {macs(docker)[0]} ethertype ARP (0x0806), length 48: " in broadcast.out.replace(
        f"ifindex {docker.lab.namespace('host').interfaces['docker0'].index}", "ifindex 2")


def test_lo_shows_each_packet_once_and_counts_it_twice(hub: Session) -> None:
    listener = run(hub, "exec pc1 tcpdump -n -i lo &")
    everywhere = run(hub, "exec pc1 tcpdump -n -i any &")
    run(hub, "exec pc1 ping -c 1 127.0.0.1")
    assert [line.split(",")[0] for line in bodies(interrupted(listener))] == [
        "IP 127.0.0.1 > 127.0.0.1: ICMP echo request", "IP 127.0.0.1 > 127.0.0.1: ICMP echo reply"]
    assert listener.err.endswith(SUMMARY.format(2, 4))
    assert [line.split(" IP")[0] for line in bodies(interrupted(everywhere))] == ["lo    In ", "lo    In "]


@pytest.mark.parametrize(("arguments", "lines"), [("-Q in", 2), ("-Q out", 2), ("arp", 2), ("icmp and src 10.0.0.1", 1),
                                                  ("not arp", 2), ("port 80", 0), ("host 10.0.0.3", 0)])
def test_direction_and_filter(hub: Session, arguments: str, lines: int) -> None:
    listener = run(hub, f"exec pc1 tcpdump -n {arguments} &")
    run(hub, "ping pc1 pc2")
    assert len(bodies(interrupted(listener))) == lines


def test_enough_is_enough_but_what_came_is_counted(hub: Session) -> None:
    listener = run(hub, "exec pc1 tcpdump -n -c 1 &")
    run(hub, "ping pc1 pc2")
    assert len(bodies(listener)) == 1
    assert listener.err.endswith("1 packet captured\n4 packets received by filter\n0 packets dropped by kernel\n")


def test_alone_in_the_foreground_it_ends_by_itself(hub: Session) -> None:
    before = hub.lab.scheduler.clock
    said = run(hub, "exec pc1 tcpdump -n -c 4").err
    assert said.splitlines()[-4:-1] == SUMMARY.format(0, 0).splitlines()
    assert "with & behind it" in said.splitlines()[-1]
    assert hub.lab.scheduler.clock - before <= 4_000_000_000


def test_the_interface_disappears(hub: Session) -> None:
    listener = run(hub, "exec pc1 tcpdump -n -i eth0 &")
    run(hub, "exec pc1 ip link set eth0 down")
    run(hub, "exec pc1 ip link set eth0 up")
    assert not listener.is_done
    hub.run("exec pc1 ip link del eth0")
    assert listener.code == 1
    assert "tcpdump: pcap_loop: The interface disappeared\n" in listener.err
    assert hub.lab.scheduler.watchers == []


REFUSALS = [
    ("-i eth9", "tcpdump: eth9: No such device exists\n(No such device exists)\n"),
    ("-i eth0 foo", "tcpdump: can't parse filter expression: syntax error\n"),
    ("-i eth0 port 70000", "tcpdump: illegal port number 70000 > 65535\n"),
    ("-c 0", "tcpdump: invalid packet count 0\n"), ("-c x", "tcpdump: invalid packet count x\n"),
    ("-Q foo", "tcpdump: unknown capture direction 'foo'\n"),
    ("-tttttt", "tcpdump: only -t, -tt, -ttt, -tttt and -ttttt are supported\n"),
    ("-F x", "tcpdump: -F is not modelled: it reads no files\n")]


@pytest.mark.parametrize(("arguments", "error"), REFUSALS)
def test_refusals(hub: Session, arguments: str, error: str) -> None:
    job = hub.run(f"exec pc1 tcpdump {arguments}")
    assert (job.code, job.out, job.err) == (1, "", error)
    assert hub.lab.scheduler.watchers == []


def test_more_refusals(hub: Session) -> None:
    assert hub.run("exec pc1 tcpdump -i any broadcast").err.endswith("tcpdump: not a broadcast link\n")
    run(hub, "exec pc1 ip link set eth0 down")
    assert hub.run("exec pc1 tcpdump -i eth0").err == "tcpdump: eth0: That device is not up\n"
    assert hub.run("exec pc1 tcpdump -i").err.startswith("tcpdump: option requires an argument -- 'i'\n")
    assert hub.run("exec pc1 tcpdump --nosuch").code == 1


def test_lists_and_versions(hub: Session) -> None:
    assert run(hub, "exec pc1 tcpdump -D").out == (
        "1.eth0 [Up, Running, Connected]\n2.any (Pseudo-device that captures on all interfaces) [Up, Running]\n"
        "3.lo [Up, Running, Loopback]\n")
    version = run(hub, "exec pc1 tcpdump --version").out
    assert version.startswith("tcpdump version 4.99.5\n")
    assert "Usage" not in version
    assert run(hub, "exec pc1 tcpdump -h").out.startswith(f"{version}Usage: tcpdump ")
    wrong = hub.run("exec pc1 tcpdump --nope").err
    assert wrong.startswith(f"tcpdump: unrecognized option '--nope'\n{version}Usage: tcpdump ")
    assert hub.run("exec pc1 tcpdump -s x").err == "tcpdump: invalid snaplen x (must be >= 0 and <= 262144)\n"
    assert hub.run("exec pc1 tcpdump -B x").err == "tcpdump: invalid packet buffer size x\n"


@given(st.lists(st.text(max_size=6) | st.sampled_from(
    ["-n", "-i", "eth0", "-c", "3", "-tttt", "-vvv", "-e", "--", "-", "arp", "-#", "-s0", "--interface=any"]),
    max_size=6))
def test_any_words_are_taken_or_refused(words: list[str]) -> None:
    try:
        options = parse(words)
    except UsageError:
        return
    assert options.time_format <= 5
    assert options.count is None or options.count > 0


# -- watching changes nothing

def test_a_tap_leaves_no_trace() -> None:
    """The lab does the same with and without it, step for step."""
    outcomes = []
    for watched in (False, True):
        session, seen = build(DOCKER), list[Seen]()
        tap = Tap(session.lab.namespace("host"), None, True, seen.extend, lambda: None) if watched else None
        run(session, "ping nginx-1 nginx-2 -c 2")
        run(session, "wait 30s")
        assert bool(seen) is watched
        if tap is not None:
            tap.close()
            tap.close()
            assert session.lab.scheduler.watchers == []
        outcomes.append((session.lab.trace.digest(), session.lab.trace.steps, session.lab.scheduler.clock))
    assert outcomes[0] == outcomes[1]


def test_step_by_step_it_prints_the_same() -> None:
    outputs = []
    for in_steps in (False, True):
        session = build(DOCKER)
        listener = run(session, "tcpdump -n -i any -c 9 &")
        session.execute("ping nginx-1 nginx-2 -c 3")
        if in_steps:
            for _number in range(200):
                session.step()
        else:
            session.lab.scheduler.run_until(20_000_000_000)
        outputs.append((listener.output, listener.code))
    assert outputs[0] == outputs[1]
    assert len(bodies(listener)) == 9


def test_going_back_and_forward(docker: Session) -> None:
    run(docker, "exec nginx-2 tcpdump -n -c 3 &")
    run(docker, "ping nginx-1 nginx-2 -c 3")
    end, digest = docker.position, docker.lab.trace.digest()
    docker.back(25)
    docker.go_to(end.step, end.at)
    assert (docker.position, docker.lab.trace.digest()) == (end, digest)


def test_a_storm_is_shown_as_it_goes(tmp_path: Path) -> None:
    session = build(("add-switch sw1", "add-switch sw2", "add-host pc1", "connect pc1 sw1", "set-ip pc1 10.0.0.1/24",
                     "connect sw1 sw2", "connect sw1 sw2"))
    listener = run(session, "exec pc1 tcpdump -n -c 500 &")
    session.execute("exec pc1 ping -c 1 10.0.0.2")
    session.lab.scheduler.run_steps(15_000)
    assert listener.code == 0
    assert len(bodies(listener)) == 500


# -- beside the real one

@real.needs_tcpdump
@pytest.mark.parametrize("options", [
    "-n", "-n -e", "-n -v", "-n -e -v -tttt", "-n -q -t", "-n -ttt -X icmp", "-n -e -# arp",
    "-n -tt icmp or host 172.17.0.3"])
def test_the_same_run_as_the_real_one_reads_it(docker: Session, tmp_path: Path, options: str) -> None:
    listener = run(docker, f"exec nginx-1 tcpdump -i eth0 {options} &")
    first = docker.lab.trace.end
    run(docker, "ping nginx-1 nginx-2 -c 2")
    docker.run("exec nginx-1 traceroute -n -q 1 172.17.0.1")
    docker.run("exec nginx-1 ping -c 1 -M do -s 2000 172.17.0.3")
    run(docker, "exec nginx-1 ping -c 1 -s 3000 172.17.0.3")
    run(docker, "wait 6s")
    path = tmp_path / "eth0.pcapng"
    run(docker, f"export {path} --at nginx-1:eth0 --since {first}")
    code, out, _err = real.run(path, *options.split())
    assert code == 0
    assert interrupted(listener).out == out + "\n"
    assert listener.out.count("\n") > 6
