"""Going back, undoing, redoing and branching: the replay is the lab that was."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsandbox.lab import views
from netsandbox.session.journal import Position
from netsandbox.session.session import Session
from tests.session.lines import built, state, tables

LINES = ["add-container a", "add-container b --image redis", "ping a b", "ping b 172.17.0.1 -c 2 &", "wait 1.5s",
         "wait", "add-host pc1", "add-host pc2", "connect pc1 pc2", "set-ip pc1 10.0.0.1/24", "set-ip pc2 10.0.0.2/24",
         "ping pc1 pc2", "link pc1:eth0 down", "link pc1:eth0 up", "remove b", "toggle-host-net a", "flush-arp a",
         "exec a ip neigh", "nonsense", "docker run -d --name c nginx", "docker stop a", "docker start a",
         "enter a", "exit", "ip addr", "arp-model classic", "add-hub h", "connect pc1 h", "ping a 172.17.0.99 &",
         "docker network create net1", "docker run -d --name d --network net1 redis", "docker network connect net1 a",
         "docker exec a sh -c 'ping -c 1 172.17.0.3; ip neigh'", "docker run --rm nginx ping -c 2 172.17.0.2",
         "docker run -d --net=host --name e nginx", "tcpdump -ni docker0 -c 3 &", "sysctl -w net.ipv4.ip_forward=0",
         "iptables -P FORWARD DROP", "ip link set docker0 down", "ip link set docker0 up", "docker restart a"]


def test_back_and_forward_is_the_same_lab() -> None:
    session = built("add-container a", "add-container b", "wait", "ping a b")
    here = state(session)
    session.back(7)
    assert session.position.step == session.end.step - 7
    assert tables(session) != here[2]
    while session.has_future:
        assert session.step()
    assert state(session) == here


def test_a_step_back_restores_the_table_of_that_moment() -> None:
    session = built("add-container a", "add-container b", "wait")
    assert not views.neighbours(session.lab, "a")
    session.run("ping a b")
    assert views.neighbours(session.lab, "a")
    assert session.undo() == "ping a b"
    assert not views.neighbours(session.lab, "a")
    assert session.redo() == "ping a b"
    assert views.neighbours(session.lab, "a")


def test_typing_in_the_past_branches_and_the_old_future_comes_back() -> None:
    session = built("add-container a", "add-container b", "wait", "ping a b")
    old = state(session)
    session.undo()
    session.run("remove b")
    assert [row.name for row in views.nodes(session.lab)] == ["host", "a"]
    assert not session.has_future
    assert session.redo() is None
    session.switch("main")
    assert state(session) == old
    session.switch("b2")
    assert [row.name for row in views.nodes(session.lab)] == ["host", "a"]


def test_undo_and_redo_at_the_ends_say_so() -> None:
    session = Session()
    assert session.undo() is None
    assert session.redo() is None


def test_an_endless_ping_is_interrupted_and_replays() -> None:
    session = built("add-container a", "add-container b", "wait")
    job = session.run("exec a ping 172.17.0.3")
    assert "4 packets transmitted, 4 received" in job.out
    here = state(session)
    session.back(30)
    session.go_to(*session.end)
    assert state(session) == here


@pytest.mark.parametrize(("line", "out"), [
    ("while true; do echo x; sleep 1; done", "x\n" * 4), ("for ((;;)); do echo x; sleep 2; done", "x\n" * 2),
    ("bash -c 'trap \"echo end; exit\" ALRM; (sleep 7; kill -ALRM $$) & while :; do sleep 1; done'", "end\n"),
    ("docker run --rm alpine sh -c 'until false; do echo x; sleep 1; done'", "x\n" * 4),
    ("n=0; while :; do n=$((n+1)); [ $n = 7 ] && break; sleep 1; done; echo $n", "7\n"),
    ("f() { [ $n = 7 ] && exit; n=$((n+1)); }; n=0; (while true; do f; sleep 1; done); echo x", "x\n")])
def test_a_loop_that_nothing_leaves_is_interrupted(line: str, out: str) -> None:
    """It went on for 10,000 commands, and was stopped with an error."""
    assert Session().run(line).out == out


def test_time_that_passes_in_quiet_is_replayed() -> None:
    session = built("add-container a", "add-container b", "wait", "ping a b")
    session.advance(session.position.at + 6_000_000_000)
    session.run("exec b ip neigh")
    here = state(session)
    session.back(3)
    session.go_to(*session.end)
    assert state(session) == here


def test_looking_is_no_step() -> None:
    session = built("add-container a")
    before = session.position
    session.run("show")
    session.run("help")
    assert (session.position, len(session.journal)) == (before, 1)


def test_the_position_is_kept_exactly() -> None:
    session = built("add-container a", "wait 3s")
    end = session.position
    session.go_to(0)
    assert session.position == Position(0, 0)
    session.go_to(end.step, end.at)
    assert session.position == end


SESSIONS = given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12), st.data())


def goes_back_and_forth_unchanged(lines: list[str], data: st.DataObject) -> None:
    session = built(*lines)
    here = state(session)
    for _turn in range(2):
        session.go_to(data.draw(st.integers(0, session.end.step)))
    session.go_to(session.end.step, session.end.at)
    assert state(session) == here


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@SESSIONS
def test_any_session_goes_back_and_forth_unchanged(lines: list[str], data: st.DataObject) -> None:
    goes_back_and_forth_unchanged(lines, data)


@pytest.mark.campaign
@pytest.mark.slow
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@SESSIONS
def test_many_sessions_go_back_and_forth_unchanged(lines: list[str], data: st.DataObject) -> None:
    goes_back_and_forth_unchanged(lines, data)


def test_a_node_has_the_addresses_of_its_own_interfaces_and_who_shares_them_has_none() -> None:
    session = Session()
    for line in ("docker run -d --name web nginx", "docker run -d --name open --net=host nginx",
                 "docker run -d --name beside --net=container:web nginx", "ip netns add red",
                 "docker create --name later nginx"):
        session.run(line)
    rows = {row.name: row.addresses for row in views.nodes(session.lab)}
    assert rows["web"] == ("172.17.0.2/16",)
    assert rows["host"] == ("172.17.0.1/16",)
    assert rows["open"] == rows["beside"] == rows["later"] == rows["red"] == ()


def test_a_loopback_is_one_whatever_it_is_called_and_what_is_called_lo_may_be_none() -> None:
    session = Session()
    for line in ("ip netns add aa", "ip netns add bb", "ip -n aa link set lo name old", "ip -n bb link set lo name old",
                 "ip -n aa link add lo type veth peer name lo netns bb", "ip -n aa addr add 127.0.0.1/8 dev old",
                 "ip -n aa addr add 10.9.9.1/24 dev lo"):
        assert session.run(line).code == 0, line
    rows = {row.name: row.addresses for row in views.nodes(session.lab)}
    assert (rows["aa"], rows["bb"]) == (("10.9.9.1/24",), ())
    assert (("aa", "lo"), ("bb", "lo")) in [(row.a, row.b) for row in views.links(session.lab)]
