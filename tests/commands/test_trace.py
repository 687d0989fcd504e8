"""`trace`: what it foretells comes true, and nothing of it happens."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsandbox.linux.netfilter.iptables import iptables
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


WHAT = st.sampled_from(["-p icmp", "-p tcp", "-p udp", "-p tcp --dport 80", "-p udp --dport 53", "-s 172.17.0.2",
                        "-d 172.17.0.3", "-d 8.8.8.8", "! -s 192.168.1.1", "-m conntrack --ctstate NEW",
                        "-m conntrack --ctstate ESTABLISHED", "-m addrtype --dst-type LOCAL",
                        "-m physdev --physdev-is-bridged"])
WHERE = {"filter": ("INPUT", "FORWARD", "OUTPUT", "DOCKER-USER"), "raw": ("PREROUTING", "OUTPUT"),
         "mangle": ("PREROUTING", "FORWARD", "POSTROUTING")}
DOES = {"filter": ("DROP", "ACCEPT", "REJECT", "REJECT --reject-with icmp-admin-prohibited"),
        "raw": ("DROP", "ACCEPT", "NOTRACK"), "mangle": ("DROP", "ACCEPT", "MARK --set-mark 1")}
RULE = st.sampled_from(sorted(WHERE)).flatmap(lambda table: st.builds(
    "iptables{} -t {} -I {} {} -j {}".format, st.sampled_from(["", "-legacy"]), st.just(table),
    st.sampled_from(WHERE[table]), WHAT, st.sampled_from(DOES[table])))
TRANSLATION = st.builds("iptables -t nat -I {} -j DNAT --to-destination {}".format,
                        st.sampled_from(["PREROUTING -p tcp --dport 8080", "OUTPUT -p udp", "PREROUTING -p icmp"]),
                        st.sampled_from(["172.17.0.3", "192.168.1.1", "172.17.0.1"]))
SETTING = st.sampled_from(["sysctl -qw net.bridge.bridge-nf-call-iptables=1", "sysctl -qw net.ipv4.ip_forward=0",
                           "iptables -t nat -F", "ip route add prohibit 8.8.8.8", "iptables -P FORWARD DROP"])
QUESTION = st.tuples(st.sampled_from(["web", "two", "host", "uplink"]),
                     st.sampled_from(["172.17.0.2", "172.17.0.3", "192.168.1.10", "8.8.8.8", "1.1.1.1", "172.17.0.1"]),
                     st.sampled_from(["icmp", "80 tcp", "8080 tcp", "53 udp", "9 udp"]))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(RULE | TRANSLATION | SETTING, max_size=4), st.lists(QUESTION, min_size=2, max_size=4))
def test_it_foretells_whatever_the_rules_are(lines: list[str], questions: list[tuple[str, str, str]]) -> None:
    """An answer, or an ICMP error, comes where it was foretold, for pings, connections and datagrams."""
    on = runner(*UP)
    for line in lines:
        on.line(line)
    for source, destination, what in questions:
        port, _space, protocol = what.rpartition(" ")
        end = f"{destination}:{port} {protocol}" if port else destination
        told = on.line(f"trace {source} {end}").job.out.splitlines()[-1]
        came, failed = _what_comes(on, source, destination, port, protocol)
        foretold, is_error = told.startswith("⇒ the answer is back"), "ICMP error" in told
        if protocol == "udp" and f": {source} drops" in told:
            assert came, "its own rules dropped it, which send() tells at once"
        elif protocol == "udp":
            unreachable = "port unreachable" in told and not told.startswith("⇒ no answer comes")
            assert came == unreachable or (foretold and not unreachable), (lines, end, told)
        else:
            assert foretold == came or (is_error and failed), (lines, source, end, told)


def _what_comes(on: Runner, source: str, destination: str, port: str, protocol: str) -> tuple[bool, bool]:
    """Whether an answer comes, and whether an error does."""
    if protocol == "icmp":
        job = on.line(f"exec {source} ping -c 1 -W 4 {destination}").job
        return "1 received" in job.out, "From " in job.out + job.err or "unreach" in job.err
    job = on.line(f"exec {source} nc -vz -w 2 {'-u' * (protocol == 'udp')} {destination} {port}").job
    if protocol == "udp":
        return "succeeded" not in job.err, False
    return job.code == 0 or "refused" in job.err, "timed out" not in job.err and bool(job.code)


@pytest.mark.parametrize(("line", "question", "told"), [
    ("iptables -t nat -I POSTROUTING -o eth0 -p tcp -j SNAT --to-source 192.168.1.10:1000-1001",
     "host 8.8.8.8:8080 tcp", r"⇒ the answer is back .* \[RST ACK\] .* to host port 100[01]$"),
    ("ip route add 8.8.8.8 via 172.17.0.3", "web 8.8.8.8:8080 tcp", r"⇒ no answer comes: two:eth0 drops .* \[SYN\]")])
def test_an_answer_is_known_behind_nat_and_a_redirect_is_none(line: str, question: str, told: str) -> None:
    assert re.match(told, asked(runner(*UP, line), f"trace {question}")[-1])


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
    hooks = [found[1] for line in lines if (found := re.search(r"s  host hook ([A-Z]+):$", line))]
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
    on.line("iptables -t nat -F POSTROUTING")  # nor has the error about the lost answer a way
    assert asked(on, "trace web 192.168.1.1")[-1] == (
        "⇒ no answer comes: isp:eth0 drops the ICMP echo reply 1 from uplink to web: "
        "no route leads to 172.17.0.2 (web).")


def test_of_what_is_dropped_before_the_tracker_sees_it_no_connection_is_told() -> None:
    on = runner(*UP)
    assert any("connection: NEW" in line for line in asked(on, "trace web 8.8.8.8"))
    on.line("iptables -t raw -A PREROUTING -s 172.17.0.2 -j DROP")
    told = asked(on, "trace web 8.8.8.8")
    assert any("-t raw -A PREROUTING -s 172.17.0.2/32 -j DROP" in line for line in told)
    assert not any("INVALID" in line for line in told)
    on.line("exec web ping -c 1 -W 1 8.8.8.8")
    assert "INVALID" not in on.line("why").job.out


def test_a_datagram_that_a_program_gets_has_arrived_and_a_route_that_is_missing_is_told() -> None:
    on = runner(*UP, "ip route del default")
    on.line("exec two nc -u -l -p 9 &")
    job = on.line("trace web 172.17.0.3:9 udp").job
    assert (job.code, job.out.splitlines()[-1]) == (
        0, "⇒ it has arrived; whether the program answers is its own affair")
    assert on.line("trace host 8.8.8.8:53 udp").job.out.splitlines()[-1] == (
        "⇒ no answer comes: host has no route to 8.8.8.8 (dns.google), so nothing is sent.")


def test_an_answer_by_another_than_was_asked_is_none() -> None:
    """A hairpin without masquerade; where the answer is translated back it is one."""
    on = runner(*UP, "iptables -t nat -A PREROUTING -p tcp --dport 9090 -j DNAT --to-destination 172.17.0.2:80",
                "iptables -t nat -A OUTPUT -p tcp -d 1.1.1.1 -j DNAT --to-destination 172.17.0.2:80")
    why = ("two:eth0 drops the TCP segment [SYN ACK] from web port 80 to two port {port}: TCP port {port} is connected "
           "to 192.168.1.10 (host):9090, and this comes from 172.17.0.2 (web):80.")
    foretold = on.line("trace two 192.168.1.10:9090").job
    assert (foretold.code, foretold.out.splitlines()[-1]) == (1, f"⇒ no answer comes: {why.format(port=54321)}")
    assert on.line("exec two curl -sS -m 2 http://192.168.1.10:9090/").job.code == 28
    came = asked(on, "why")[0]
    assert came == why.format(port=came.partition(" two port ")[2].partition(":")[0])
    assert asked(on, "trace host 1.1.1.1:9090")[-1].startswith("⇒ the answer is back")


def test_a_refusal_is_told_behind_the_rule_that_made_it() -> None:
    lines = asked(runner(*UP, "iptables -A INPUT -p tcp --dport 99 -j REJECT --reject-with icmp-host-prohibited"),
                  "trace uplink 192.168.1.10:99")
    rule = next(place for place, line in enumerate(lines) if "INPUT 1 takes it" in line)
    assert rule < next(place for place, line in enumerate(lines) if "host:eth0 drops" in line)
    assert "“host forbidden by a rule”" in lines[-1]


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
