"""`trace`: what it foretells comes true, and nothing of it happens."""

from __future__ import annotations

import re

import pytest

from netsandbox.linux.netfilter import iptables
from netsandbox.session.runner import Runner

UP = ("docker run -d --name web -p 8080:80 nginx", "docker run -d --name two nginx", "wait")
FAULTS: tuple[tuple[str, ...], ...] = (
    (), ("iptables -t nat -F POSTROUTING",), ("iptables -I DOCKER-USER -i docker0 -j DROP",),
    ("iptables -P INPUT DROP",), ("iptables -A INPUT -p icmp -j REJECT",), ("iptables -A OUTPUT -p icmp -j DROP",),
    ("ip link set docker0 down",), ("ip route del default",), ("sysctl -w net.ipv4.ip_forward=0",),
    ("iptables -t nat -I PREROUTING -d 1.1.1.1 -j DNAT --to-destination 172.17.0.3",),
    ("sysctl -w net.bridge.bridge-nf-call-iptables=1", "iptables -P FORWARD DROP", "iptables -F FORWARD"))
PAIRS = (("web", "8.8.8.8"), ("web", "172.17.0.3"), ("two", "192.168.1.1"), ("host", "172.17.0.2"),
         ("uplink", "192.168.1.10"), ("uplink", "172.17.0.2"), ("web", "1.1.1.1"), ("host", "192.168.1.10"))


def runner(*lines: str) -> Runner:
    found = Runner(1, "docker-29", "192.168.1.0/24")
    for line in lines:
        assert found.line(line).job.code == 0, line
    return found


def asked(on: Runner, line: str) -> list[str]:
    job = on.line(line).job
    assert not job.err, job.err
    return job.out.splitlines()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: " ".join(fault) or "none")
def test_what_it_foretells_comes_true(fault: tuple[str, ...]) -> None:
    on = runner(*UP, *fault)
    for source, destination in PAIRS:
        foretold = asked(on, f"trace {source} {destination}")[-1]
        came = on.line(f"exec {source} ping -c 1 -W 4 {destination}").job.code == 0
        assert foretold.startswith("⇒ the answer is back") == came or "ICMP error" in foretold, (source, destination)


def test_nothing_of_it_happens() -> None:
    on = runner(*UP, "exec web ping -c 1 8.8.8.8", "iptables -A FORWARD -m limit --limit 1/hour -j LOG")
    host = on.session.lab.existing("host")

    def state() -> tuple[object, ...]:
        lab = on.session.lab
        return (lab.trace.digest(), lab.scheduler.now, iptables.execute(host, ["-L", "-v", "-x", "-n"]),
                on.line("conntrack -L").job.out, on.line("exec web ip neigh").job.out)

    before = state()[2:]
    made = on.session.lab.trace.end
    digest = on.session.lab.trace.digest()
    for line in ("trace web 1.1.1.1", "trace uplink 192.168.1.10:8080", "trace web 172.17.0.77:53 udp"):
        asked(on, line)
    assert on.session.lab.trace.end == made
    assert on.session.lab.trace.digest() == digest
    assert state()[2:] == before


def test_every_hook_and_rule_is_told_in_order() -> None:
    on = runner(*UP)
    lines = asked(on, "trace uplink 192.168.1.10:8080")
    hooks = [found[1] for line in lines if (found := re.search(r"s  host ([A-Z]+):$", line))]
    assert hooks == ["PREROUTING", "FORWARD", "POSTROUTING"] * 2
    assert "  it goes on as dst 192.168.1.10:8080 → 172.17.0.2:80" in lines
    assert "  it goes on as src 172.17.0.2:80 → 192.168.1.10:8080" in lines
    assert any(re.match("  DOCKER [0-9] takes it", line) and "--to-destination 172.17.0.2:80" in line for line in lines)
    assert lines[-1].endswith("the TCP segment [SYN ACK] from host port 8080 to uplink port 54321")


def test_the_rule_that_drops_is_told_and_an_answer_may_be_what_is_dropped() -> None:
    on = runner(*UP, "iptables -I DOCKER-USER -d 8.8.8.8 -j DROP", "iptables -P INPUT DROP")
    job = on.line("trace web 8.8.8.8").job
    assert job.code == 1
    assert "  DOCKER-USER 1 takes it (1 so far): -d 8.8.8.8/32 -j DROP" in job.out.splitlines()
    assert asked(on, "trace host 1.1.1.1")[-1] == (
        "⇒ no answer comes: host:eth0 drops the ICMP echo reply 1 from one.one.one.one to host: "
        "a firewall rule or policy says so.")


def test_in_chinese() -> None:
    lines = asked(runner(*UP), "trace uplink 192.168.1.10:8080 --lang zh")
    assert lines[-1].startswith("⇒ 0.000 008 s 后收到应答：")
    assert any("第 2 条匹配" in line for line in lines)


@pytest.mark.parametrize(("line", "said"), [
    ("trace host 1.1.1.1:x", "'x' is no port"), ("trace host 1.1.1.1:0", "'0' is no port"),
    ("trace host 1.1.1.1 tcp", "tcp and udp need a port"), ("trace host 1.1.1.1:80 icmp", "icmp has none"),
    ("trace nobody 1.1.1.1", "nobody"), ("trace host 1.1.1", "1.1.1"), ("trace host", "trace"),
    ("trace host 1.1.1.1 sctp", "sctp")])
def test_bad_input(line: str, said: str) -> None:
    job = runner("exec host true").line(line).job
    assert job.code
    assert said in job.err
    assert job.err.count("\n") <= 3
