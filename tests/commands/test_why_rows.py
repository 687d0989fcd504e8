"""`why rule` and `why connection`: what made a row, and which packets it counted or carried."""

from __future__ import annotations

import pytest

from netsandbox.session.runner import Runner

RULE = "iptables -I INPUT -p icmp -j DROP"


@pytest.fixture
def runner() -> Runner:
    made = Runner(1, "docker-29", "192.168.1.0/24")
    for line in ("docker run -d --name web nginx", "wait", RULE):
        assert made.line(line).job.code == 0, line
    return made


def asked(runner: Runner, line: str) -> list[str]:
    job = runner.line(line).job
    assert not job.err, job.err
    return job.out.splitlines()


def test_a_rule_names_its_line_and_the_packets_that_it_took(runner: Runner) -> None:
    runner.line("exec uplink ping -c 2 -i 0.2 -W 1 192.168.1.10")
    lines = asked(runner, "why rule host INPUT 1")
    assert lines[0] == "Rule 1 of chain INPUT, table filter, of host: -p icmp -j DROP."
    assert lines[1] == "  it has counted: packets 2, bytes 168"
    assert [line.partition(": ")[2] for line in lines[2:4]] == [
        "the ICMP echo request 2 from uplink to host, at INPUT",
        "the ICMP echo request 1 from uplink to host, at INPUT"]
    assert lines[-1].endswith(f"❯ {RULE}")


def test_a_rule_of_dockers_names_the_line_that_started_the_container(runner: Runner) -> None:
    lines = asked(runner, "why rule host raw PREROUTING 1")
    assert "-d 172.17.0.2/32 ! -i docker0 -j DROP" in lines[0]
    assert lines[-1].endswith("❯ docker run -d --name web nginx")


def test_a_rule_that_moved_keeps_its_packets(runner: Runner) -> None:
    runner.line("exec uplink ping -c 1 -W 1 192.168.1.10")
    runner.line("iptables -I INPUT -p tcp -j ACCEPT")
    assert any("echo request 1" in line for line in asked(runner, "why rule host INPUT 2"))
    assert asked(runner, "why rule host INPUT 1")[1] == "  it has counted: packets 0, bytes 0"


def test_a_rule_that_took_nothing_tells_how_packets_passed_it_by(runner: Runner) -> None:
    for line in ("iptables -A INPUT -p icmp --icmp-type 8 -j ACCEPT", "iptables -A INPUT -p tcp -j DROP",
                 "iptables -A OUTPUT -p gre", "iptables -I DOCKER-USER -p tcp --dport 81 -j DROP",
                 "iptables -t nat -I PREROUTING -p tcp --dport 81 -j DNAT --to-destination 172.17.0.2:80",
                 "exec uplink ping -c 1 -W 1 192.168.1.10",
                 "exec uplink nc -z -w 1 192.168.1.10 81", "exec uplink nc -z -w 1 192.168.1.10 82"):
        runner.line(line)
    assert [line.partition(": ")[2] for line in asked(runner, "why rule host INPUT 2")[2:-2]] == [
        "the TCP segment [SYN] from uplink port 56984 to host port 82, at INPUT, does not fit: -p icmp, but it has tcp",
        "the ICMP echo request 1 from uplink to host, at INPUT, does not come to it: rule 1 takes it, -p icmp -j DROP"]
    assert asked(runner, "why rule host DOCKER-USER 1")[2].endswith(
        "does not fit: -m tcp --dport 81, but it has dport 80; it was sent to 192.168.1.10:81, which -m conntrack "
        "--ctorigdst and --ctorigdstport ask for")
    assert asked(runner, "why rule host OUTPUT 1")[2] == "  no packet has come to its chain since it is there"


def test_a_connection_names_the_packet_that_made_it(runner: Runner) -> None:
    runner.line("exec web ping -c 1 8.8.8.8")
    runner.line("exec web ping -c 1 1.1.1.1")
    lines = asked(runner, "why connection host dst=8.8.8.8")
    assert lines[0] == "host enters a connection into its table."
    assert any("src=172.17.0.2 dst=8.8.8.8" in line and "dst=192.168.1.10" in line for line in lines[1:])
    assert any("the ICMP echo reply 1 from dns.google to host, at PREROUTING" in line for line in lines)
    assert lines[-1].endswith("❯ exec web ping -c 1 8.8.8.8")


def test_in_chinese(runner: Runner) -> None:
    runner.line("exec uplink ping -c 1 -W 1 192.168.1.10")
    lines = asked(runner, "why rule host INPUT 1 --lang zh")
    assert lines[0] == "host 的表 filter 链 INPUT 第 1 条规则：-p icmp -j DROP。"
    assert lines[1] == "  至今匹配 1 个包，共 84 字节"


def test_to_ask_changes_nothing(runner: Runner) -> None:
    runner.line("exec web ping -c 1 8.8.8.8")
    runner.line("wait 10m")
    end = runner.session.lab.trace.end
    for line in ("why connection host", "why rule host INPUT 1", "why connection uplink"):
        runner.line(line)
    assert runner.session.lab.trace.end == end


@pytest.mark.parametrize(("line", "said"), [
    ("why rule", "NODE [TABLE] CHAIN NUMBER"), ("why rule host INPUT", "NODE [TABLE] CHAIN NUMBER"),
    ("why rule host INPUT x", "'x' is no rule's number"), ("why rule host INPUT 0", "INPUT of host has 1 rule"),
    ("why rule host INPUT 2", "INPUT of host has 1 rule"), ("why rule host bogus INPUT 1", "no table 'bogus'"),
    ("why rule host NOPE 1", "no chain 'NOPE'"), ("why rule host INPUT 99999999999999999999", "no rule's number"),
    ("why rule nobody INPUT 1", "nobody"), ("why connection", "needs NODE"),
    ("why connection host dport=1", "tracks no connection"), ("why connection web", "web tracks no connection")])
def test_bad_input(runner: Runner, line: str, said: str) -> None:
    job = runner.line(line).job
    assert job.code
    assert said in job.err


def test_the_walk_of_a_refusals_own_packet_stands_behind_the_refused_ones(runner: Runner) -> None:
    runner.line("iptables -I INPUT -p tcp --dport 9 -j REJECT --reject-with tcp-reset")
    runner.line("exec uplink nc -w 1 192.168.1.10 9")
    lines = [line.strip() for line in asked(runner, "why")]
    hooks = [line for line in lines if line.startswith("hook ")]
    assert hooks == ["hook PREROUTING:", "hook INPUT:", "hook POSTROUTING:"]
    [between] = [line for line in lines if line.startswith("of the TCP segment [RST ACK] from host port 9")]
    assert lines.index("hook INPUT:") < lines.index(between) < lines.index("hook POSTROUTING:")


FORBIDDEN = ("docker run -d --name db nginx", "docker run -d -p 8080:80 --name one nginx",
             "docker run -d -p 8080:80 --name two nginx", "wait", "iptables -A FORWARD -i docker0 -o docker0 -j DROP",
             "iptables -P FORWARD DROP", "ping web db -c 1 -W 1")


def test_of_a_ping_that_a_rule_in_forward_does_not_stop_why_says_that_nobody_asks_the_rule(runner: Runner) -> None:
    """It told of the port that was taken long before."""
    for line in FORBIDDEN:
        runner.line(line)
    lines = asked(runner, "why")
    assert lines[0] == ("The last line met no drop and no refusal, and no rule of iptables: host:docker0 passed its "
                        "packets on itself, and br_netfilter shows iptables nothing of that.")
    assert lines[1:3] == ["  not asked: -P FORWARD DROP",
                          "  not asked: -A FORWARD -i docker0 -o docker0 -j DROP"]
    assert lines[-1].endswith("\u276f ping web db -c 1 -W 1")
    assert not any("passed" in line for line in lines[1:])


@pytest.mark.parametrize("line", ["sysctl -w net.bridge.bridge-nf-call-iptables=1", "iptables -P FORWARD ACCEPT",
                                  "ping web 192.168.1.1 -c 1"])
def test_where_rules_are_asked_or_none_forbids_or_nothing_was_bridged_it_does_not(runner: Runner, line: str) -> None:
    for one in (*FORBIDDEN[:4], "iptables -P FORWARD DROP", line, "ping web db -c 1 -W 1"):
        if one != FORBIDDEN[-1] or not line.startswith("ping"):
            runner.line(one)
    assert not any("shows iptables nothing" in one for one in asked(runner, "why"))
