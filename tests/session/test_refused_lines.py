"""Lines that are refused: those that can be no line at all leave no trace in the journal, the others replay exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.lab import views
from netsandbox.lab.events import CommandRun
from netsandbox.session.keeping import KeptSession
from tests.campaigns.sessions import quick
from tests.session.lines import built, state, tables

HIDDEN = ["add-host \x1b[31mred", "add-host \u202ertl", "echo \u009b31m", "a\x00b", "ping \u2028x", "echo \u200bx",
          "x" * 10_001, "\ud800"]


@pytest.mark.parametrize("line", HIDDEN)
def test_what_can_be_no_line_is_not_journaled_and_the_session_can_be_saved(line: str, tmp_path: Path) -> None:
    session = KeptSession()
    session.run("add-container aa")
    before = (state(session), len(session.journal))
    job = session.run(line)
    assert job.code == 2
    assert job.err.startswith("the line h")
    assert job.err.isascii()
    assert (state(session), len(session.journal)) == before
    session.save(str(tmp_path / "kept.yaml"))


def test_letters_of_all_languages_and_emoji_are_no_hidden_characters() -> None:
    text = "é 名 \U0001f468\u200d\U0001f469 عربي"
    assert KeptSession().run(f"echo {text}").out == text + "\n"


@pytest.mark.parametrize("line", [
    "connect host nosuch", "ip foo", "docker foo", "docker run nosuchimg", "docker compose up", "exec host nope",
    "set-ip host 300.1.1.1/24", "tcpdump -i nope", "cat /nope", "ip link set docker0 mtu 99999999", "false; ip foo",
    "sh -c 'docker nope'", "X=$(docker nope)", "docker network create -d foo x", "ping host nope", "nc -l -p abc",
    "ip link | grep $(docker exec nope true)"])
def test_a_refused_line_needs_no_host(line: str) -> None:
    session = built("add-host aa", "add-switch s1")
    before, counted = tables(session), session.lab.trace.end
    assert session.run(line).code
    told = [record.event for record in session.lab.trace.since(counted)]
    assert tables(session) == before
    assert all(isinstance(event, CommandRun) for event in told)
    taken = "add-switch s1" if line == "cat /nope" else line  # which only looks
    assert (session.undo(), session.redo(), tables(session)) == (taken, taken, before)


def test_after_a_refused_line_the_host_is_made_as_if_it_never_had_been() -> None:
    sessions = KeptSession(uplink="192.168.1.0/24"), KeptSession(uplink="192.168.1.0/24")
    assert sessions[0].run("ip foo").code
    assert not sessions[0].lab.nodes
    for session in sessions:
        session.run("docker run -d --name bb nginx")
    assert views.interfaces(sessions[0].lab) == views.interfaces(sessions[1].lab)


@pytest.mark.parametrize("line", ["cat /nope", "touch /nope/x", "cd /tmp; cat /nope"])
def test_what_is_written_behind_a_refused_first_line_is_the_hosts(line: str) -> None:
    """It was written to the files of the host that was taken back: dockerd mounted an empty directory."""
    session = KeptSession()
    assert session.run(line).code
    session.run("mkdir /www; echo hi > /www/a; docker run -d --name web -v /www:/www nginx")
    assert session.run("docker exec web ls /www").out == "a\n"
    assert session.run("pwd").out == ("/tmp\n" if line.startswith("cd") else "/root\n")


@pytest.mark.parametrize(("line", "kept"), [
    ("touch /tmp/a /nope/b", "ls /tmp"), ("sysctl -w net.ipv4.ip_default_ttl=7 foo=1", "sysctl -a | grep 'ttl = 7'"),
    ("cat /nope > /tmp/a", "ls /tmp"), ("docker network create x; docker nope", "docker network ls -qf name=x")])
def test_what_a_failing_line_did_to_the_host_stays_with_it(line: str, kept: str) -> None:
    session = KeptSession()
    assert session.run(line).code
    assert session.run(kept).out


@pytest.mark.parametrize("line", ["flush-arp nope", "nope", "docker exec nope sh", "connect a", "ip addr |"])
def test_a_refused_line_in_the_middle_of_a_cascade_replays(line: str) -> None:
    session = KeptSession()
    for before in ("add-container aa", "add-container bb", "wait 5s", "ping aa bb"):
        session.run(before)
    for step in range(session.journal[-1].step + 1, session.end.step):
        session.go_to(step)
        session.run(line)
        session.settle()
        here, position = state(session), session.position
        session.go_to(0)
        session.go_to(*position)
        assert state(session) == here
        session.redo()
        session.go_to(*session.end)
    assert (len(session.branches.all) == 1) == (line == "nope"), "what is no command at all begins no branch"


@pytest.mark.parametrize(("line", "asks"), [
    ("nope", "[ $? -eq 0 ] && docker run -d --name bb nginx"), ("echo 'unclosed", "f && docker run -d --name bb nginx"),
    ("connect a", "exit || docker run -d --name bb nginx &"),
    ("seq 99999999999 > /dev/null", "[ $? -eq 0 ] || docker run -d --name bb nginx")])
def test_what_asks_how_a_refused_line_ended_hears_the_same_when_it_is_done_again(
        line: str, asks: str, tmp_path: Path) -> None:
    session = built("docker run -d --name aa nginx", "f() { return $?; }")
    with quick():
        session.settle()
        session.run(line)
        session.advance(session.position.at + 10 ** 9)
        session.run(asks)
        here = state(session)
        assert (session.undo(), session.redo(), state(session)) == (asks, asks, here)
        session.save(str(tmp_path / "kept.yaml"))
        other = KeptSession()
        other.load(str(tmp_path / "kept.yaml"))
    assert state(other) == here


def test_a_slip_of_the_pen_before_a_line_that_does_not_ask_for_it_is_not_saved(tmp_path: Path) -> None:
    session = built("docker run -d --name aa nginx", "dokcer ps", "ping -c 1 172.17.0.2")
    session.save(str(tmp_path / "kept.yaml"))
    assert "dokcer" not in (tmp_path / "kept.yaml").read_text()
