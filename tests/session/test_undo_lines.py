"""Undo and redo take and give the same lines: several of one step, refused ones included."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.autosave import Autosave, recover
from netsandbox.session.keeping import KeptSession
from netsandbox.session.steps import Scenario, Step
from tests.session.lines import built, state

LINES = ["add-container aa", "ip lnk", "ip link set docker0 mtu 1400", "nope", "docker rm nobody", "ping aa 172.17.0.1",
         "ip lnk", "ip lnk", "sysctl -w net.ipv4.ip_default_ttl=0", "add-host x", "wait 2s"]


@pytest.mark.parametrize("count", range(1, len(LINES) + 1))
def test_undo_and_redo_are_inverse_line_by_line(count: int) -> None:
    session = built(*LINES)
    states = [state(session)]
    taken = []
    for _ in range(count):
        taken.append(session.undo())
        states.append(state(session))
    assert taken == LINES[::-1][:count]
    for _ in range(count):
        assert state(session) == states.pop()
        assert session.redo() == taken.pop()
    assert state(session) == states.pop()
    assert session.redo() is None


def test_the_line_that_was_refused_is_not_done_again_with_the_next_one() -> None:
    session = built("add-container aa", "ip lnk", "ip link set docker0 mtu 1400")
    assert [session.run(line).out.splitlines()[0] for line in ("undo", "redo", "undo", "undo", "redo")] == [
        "taken back: ip link set docker0 mtu 1400", "done again: ip link set docker0 mtu 1400",
        "taken back: ip link set docker0 mtu 1400", "taken back: ip lnk", "done again: ip lnk"]


@pytest.mark.parametrize(("line", "acts"), [
    ("why | docker run -d --name web httpd", True), ("show | sudo docker rm -f aa", True), ("why > x", True),
    ("why | { docker rm -f aa; }", True),
    ("why | sed -i s/a/b/ /etc/hosts", True),
    ("why | awk '{print > \"x\"}'", True),
    ("why | sort -o x", True), ("why | xargs docker rm -f", True), ("why 2> x | wc", True),
    ("why | grep -io a | sort -u | head -n 1", False), ("why 2>&1 | cat", False), ("why 2> /dev/null", False),
    ("show | awk '{print $1}'", False), ("show | sed -n 1p", False), ("why | why", False)])
def test_a_line_that_looks_and_does_something_is_in_the_journal(line: str, acts: bool) -> None:
    session = built("docker run -d --name aa nginx")
    session.run(line)
    assert (len(session.journal) == 2) is acts
    assert session.undo() is not None
    session.redo()


def test_a_ctrl_c_is_taken_back_with_the_line_that_it_ended() -> None:
    session = KeptSession()
    for line in ("docker run -d --name a1 nginx", "ping a1 172.17.0.1 -c 9 &", "^C"):
        session.execute(line)
    assert [entry.line for entry in session.journal][-1] == "^C"
    assert session.run("undo").out.startswith("taken back: ping a1")
    assert session.redo() == "ping a1 172.17.0.1 -c 9 &"
    assert session.done == 3


def test_a_scenarios_set_up_is_nobodys_to_take_back(tmp_path: Path) -> None:
    """Neither in a branch that was begun within it, nor in a session that is recovered."""
    session = KeptSession()
    session.open(Scenario({"en": "two"}, setup=(Step(("docker run -d --name a1 nginx", "wait")),)))
    refused = "only the set-up is left, which is not taken back"
    assert session.run("undo").out.strip() == refused
    session.run("ping a1 172.17.0.1 -c 1")
    autosave = Autosave(session, tmp_path)
    autosave.write(session.journal)
    autosave.leave()
    for one in (session, recover(autosave.path)):
        assert one.run("undo").out.startswith("taken back: ping a1")
        assert one.run("undo").out.strip() == refused
        assert one.run("redo").out.startswith("done again: ping a1")
    session.go_to(0)
    session.run("docker run -d --name b1 nginx")
    assert session.run("undo").out.startswith("taken back: docker run -d --name b1")
