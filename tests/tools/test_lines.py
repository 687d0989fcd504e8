"""Valid and wrong lines, a mutation of each word: the simulated tools answer them as the real ones did."""

from __future__ import annotations

import re
import shlex

import pytest

from netsandbox.commands.programs import PROGRAMS
from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.registry import run_tool
from netsandbox.session.keeping import KeptSession
from tests.tools.line_capture import NAMESPACES, names, read
from tests.tools.twin import Line, Outcome, SimulatedTwin, normal


class Machine(SimulatedTwin):
    """Namespaces with the names that the captures have."""

    def __init__(self, prelude: list[str]) -> None:
        super().__init__([])
        for name in NAMESPACES:
            self.add_namespace(name)
            self.named["%" + name] = self.named[name]
        for line in prelude:
            assert self.answer(shlex.split(line)).code == 0, line

    def namespace_names(self) -> list[str]:
        return [name for name in super().namespace_names() if not name.startswith("%")]

    def answer(self, argv: list[str]) -> Outcome:
        if argv[0] in PROGRAMS:
            return self.run(Line("h", argv, 0.0))
        return Outcome(*run_tool(ToolContext(self.named["h"], self), argv))


def shown(argv: list[str], outcome: Outcome) -> Outcome:
    """Without the state of a carrier, which takes the kernel a moment to notice, and whatever is chance."""
    def clean(text: str) -> str:
        text = re.sub(r"usage:\s(?s:.*)", "Usage: …", text)
        text = re.sub(r"\bstate (UP|DOWN|UNKNOWN|LOWERLAYERDOWN)|NO-CARRIER,|,LOWER_UP|,M-DOWN| linkdown\b", "", text)
        return re.sub(r"state (disabled|forwarding|listening|blocking|learning)", "state", text)
    found = normal(Line("h", argv, 0.0), outcome)
    return Outcome(found.code, clean(found.out), clean(found.err))


@pytest.mark.parametrize("name", names())
def test_lines_are_answered_as_the_real_tool_answers_them(name: str) -> None:
    prelude, rows = read(name)
    machine, wrong = Machine(prelude), []
    for row in rows:
        found, wanted = shown(row.argv, machine.answer(row.argv)), shown(row.argv, Outcome(*row[1:]))
        if found != wanted:
            wrong.append(f"$ {shlex.join(row.argv)}\nreal: {wanted}\nours: {found}")
        if row.code == 0 or found != wanted:
            machine = Machine(prelude)
    assert not wrong, f"{len(wrong)} of {len(rows)} lines differ\n" + "\n\n".join(wrong)


WIRED = ("ip netns add h; ip netns add c", "ip -n h link add e0 type veth peer name e1 netns c",
         "ip -n h link set e0 up; ip -n c link set e1 up", "ip -n h addr add 10.0.0.1/24 dev e0",
         "ip -n c addr add 10.0.0.2/24 dev e1")


def test_conntrack_prints_events_as_they_come() -> None:
    session = KeptSession()
    for line in (*WIRED, "ip netns exec h iptables -A OUTPUT -m conntrack --ctstate NEW -j ACCEPT",
                 "ip netns exec h timeout 9 conntrack -E > all &",
                 "ip netns exec h timeout 9 conntrack -E -e NEW > new &",
                 "ip netns exec h ping -c 1 10.0.0.2", "ip netns exec h nc -z 10.0.0.2 81",
                 "ip netns exec h conntrack -U -p icmp -m 5", "ip netns exec h conntrack -D -p icmp", "wait"):
        session.run(line)
    events = [line.split("src")[0] for line in session.run("cat all").out.splitlines()]
    assert events == ["    [NEW] icmp     1 30 ", " [UPDATE] icmp     1 30 ", "    [NEW] tcp      6 120 SYN_SENT ",
                      "[DESTROY] tcp      6 120 CLOSE ", " [UPDATE] icmp     1 29 ", "[DESTROY] icmp     1 29 "]
    assert [line[:14] for line in session.run("cat new").out.splitlines()] == ["    [NEW] icmp", "    [NEW] tcp "]
    assert session.run("ip netns exec h conntrack -S").out.startswith("cpu=0   \tfound=0 invalid=0 insert=0 ")
    assert not session.run("ip netns exec h conntrack -L").out


def test_conntrack_ends_well_on_ctrl_c_and_ip_monitor_does_not() -> None:
    session = KeptSession()
    session.run("ip netns add h")
    assert [session.run(f"ip netns exec h {line}").code for line in ("conntrack -E", "ip monitor")] == [0, 130]


def test_conntrack_tells_of_what_a_packet_changed_once_it_is_through() -> None:
    """As conntrack 1.4.8 did on Linux 6.18: a dropped answer tells nothing, a mark does, the end what was carried."""
    session = KeptSession()
    for line in (*WIRED, "ip netns exec h sysctl -w net.netfilter.nf_conntrack_acct=1",
                 "ip netns exec h iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j DROP",
                 "ip netns exec h iptables -t mangle -A OUTPUT -m state --state ESTABLISHED -j CONNMARK --set-mark 7",
                 "ip netns exec h timeout 6 conntrack -E > all &",
                 "ip netns exec h ping -c 2 -W 1 10.0.0.2", "ip netns exec h timeout 0.5 nc -z 10.0.0.2 81",
                 "ip netns exec h conntrack -D -p icmp", "wait"):
        session.run(line)
    told = re.sub(r" (id|[sd]port|portid)=(?!81\b)\d+", r" \1=N", session.run("cat all").out)
    told = re.sub(r"src=10.0.0.(\d) dst=10.0.0.\d type=(\d) code=0 id=N", r"\1:\2", told)
    assert re.sub(r"src=10.0.0.(\d) dst=10.0.0.\d", r"\1:", told).splitlines() == [
        "    [NEW] icmp     1 30 1:8 [UNREPLIED] 2:0",
        " [UPDATE] icmp     1 30 1:8 2:0 mark=7",
        "    [NEW] tcp      6 120 SYN_SENT 1: sport=N dport=81 [UNREPLIED] 2: sport=81 dport=N",
        ("[DESTROY] tcp      6 120 CLOSE 1: sport=N dport=81 packets=1 bytes=60 [UNREPLIED] 2: sport=81 dport=N "
         "packets=1 bytes=40"),
        "[DESTROY] icmp     1 28 1:8 packets=2 bytes=168 2:0 packets=2 bytes=168 mark=7 [USERSPACE] portid=N"]


def test_conntrack_tells_of_the_end_of_what_nobody_asks_for() -> None:
    session = KeptSession()
    for line in (*WIRED, "ip netns exec h iptables -A OUTPUT -m conntrack --ctstate NEW -j ACCEPT",
                 "ip netns exec h timeout 40 conntrack -E -e DESTROY > all &", "ip netns exec h ping -c 1 10.0.0.2",
                 "wait 31.5s"):
        session.run(line)
    assert session.run("cat all").out.startswith("[DESTROY] icmp     1 src=10.0.0.1 "), "its thirty seconds are over"
    assert len(session.run("wait; cat all").out.splitlines()) == 1
