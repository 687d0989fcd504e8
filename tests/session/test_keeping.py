"""Saving, loading and recovering: what comes back is the same lab, frame for frame."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session.autosave import Autosave, recover
from netsandbox.session.files import FileError
from netsandbox.session.keeping import KeptSession
from netsandbox.session.owner import latest
from netsandbox.session.scenario import load_scenario
from tests.session.lines import built, state
from tests.session.test_session import LINES

SCENARIO_WITHOUT_STEPS = (
    '{"format": "netsandbox-journal/1", "seed": 1, "profile": "docker-29", "scenario": {"name": "x", "title": [7]}}'
)


def test_a_saved_session_loads_as_it_was(tmp_path: Path) -> None:
    session = built("add-container a", "add-container b", "wait", "ping a b -c 3 &")
    session.run_to(session.position.step + 5, None)
    session.run("flush-arp b")
    session.run("wait")
    session.advance(session.position.at + 3_000_000_000)
    session.save(str(tmp_path / "s.yaml"))
    other = KeptSession()
    other.load(str(tmp_path / "s.yaml"))
    assert state(other) == state(session)


def test_saving_spares_a_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "keep.yaml"
    path.write_text("netsandbox: 1\n")
    session = built("load " + str(path), "add-host a")
    job = session.run(f"save {path}")
    assert (job.code, job.err) == (1, f"{path}: there is such a file already; with --force it is replaced\n")
    assert path.read_text() == "netsandbox: 1\n"
    assert session.run(f"save {path} --force").code == 0
    session.run("add-host b")
    assert session.run(f"save {path}").code == 0
    assert "add-host b" in path.read_text()


def test_the_lines_that_are_told_to_be_saved_are_those_that_were_typed(tmp_path: Path) -> None:
    """Of 76 lines that were told half were the file's own, that tell when the next one was typed."""
    session = built("add-host a", "add-host b", "connect a b")
    session.run_to(session.position.step, session.position.at + 10**9)
    session.execute("add-host c")
    assert session.save(str(tmp_path / "a.yaml")) == f"saved 4 lines to {tmp_path / 'a.yaml'}"
    assert (tmp_path / "a.yaml").read_text("utf-8").count("until ") == 1


def test_a_saved_session_has_no_refused_lines_and_what_the_scenario_has_left(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text("netsandbox: 1\nsetup: [add-host pc1]\nsteps:\n"
                    "  - add-host pc2\n  - {run: connect pc1 pc2, say: a cable, expect: interface pc1 up}\n")
    session = built(f"load {path}", "next", "dcoker ps", "docker inspect nobody", "add-host pc1")
    told = session.save(str(tmp_path / "mine.yaml"))
    assert told == f"saved 4 lines to {tmp_path / 'mine.yaml'}, and 1 step to go"
    saved = load_scenario(tmp_path / "mine.yaml")
    assert [step.run for step in saved.setup] == [("add-host pc1",), ("add-host pc2",), ("docker inspect nobody",),
                                                  ("add-host pc1",)]
    assert [(step.run, step.say, step.expect) for step in saved.steps] == [
        (("connect pc1 pc2",), {"en": "a cable"}, ("interface pc1 up",))]
    other = KeptSession()
    other.load(str(tmp_path / "mine.yaml"))
    assert state(other) == state(session)
    assert other.run("next").code == 0


def test_a_line_that_failed_and_fails_again_is_no_breakage(tmp_path: Path) -> None:
    session, path = KeptSession(), tmp_path / "s.yaml"
    for line in ("add-host pc1", "add-host pc2", "connect pc1 pc2", "set-ip pc1 10.0.0.1/24", "ping pc1 10.0.0.2"):
        session.run(line)
    session.save(str(path))
    assert [step.expect for step in load_scenario(path).setup] == [(), (), (), (), ("exit 1",)]
    again = KeptSession()
    assert again.load(str(path)) == "a saved session"
    assert not again.half_built
    assert state(again) == state(session)
    path.write_text(path.read_text().replace("exit 1", "exit 2"))
    assert again.load(str(path)) == "set-up: ping pc1 10.0.0.2: exit status 1", "it fails in another way"


def test_a_refused_line_that_is_looked_back_at_is_saved_where_it_was_typed(tmp_path: Path) -> None:
    """Typed a step later it would wait for what is under way there."""
    session = built("docker run -d --name s1 -p 2:80 nginx", "nosuch", "step 1", "for i in 1 2; do echo $i; done")
    session.save(str(tmp_path / "s.yaml"))
    other = KeptSession()
    other.load(str(tmp_path / "s.yaml"))
    assert state(other) == state(session)


def test_a_step_that_is_taken_back_is_to_be_done_again(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text("netsandbox: 1\nsetup: [add-host pc0]\nsteps:\n  - {say: hello}\n"
                    "  - {run: [add-host pc1, wait]}\n  - add-host pc2\n")
    session = built(f"load {path}", "next", "next")

    def left() -> list[tuple[str, ...]]:
        return [step.run for step in session.pending]
    assert left() == [("add-host pc2",)]
    session.run("next")
    assert left() == []
    session.run("undo")
    assert left() == [("add-host pc2",)]
    session.run("redo")
    assert left() == []
    session.run("goto c2")
    assert left() == [("add-host pc1", "wait"), ("add-host pc2",)]
    session.run("goto end")
    assert left() == []
    session.run("goto c2")
    session.run("add-host mine")
    assert left() == [("add-host pc1", "wait"), ("add-host pc2",)]
    session.run("next")
    assert left() == [("add-host pc2",)]
    session.run("branch main")
    assert left() == []
    session.run("branch b2")
    assert left() == [("add-host pc2",)]
    session.run("goto c2")
    session.run("next")
    assert left() == [("add-host pc2",)], "a step that is taken in the past begins a branch with only that step"
    session.run("undo")
    session.run("undo")
    assert left() == [("add-host pc1", "wait"), ("add-host pc2",)]


def test_a_step_that_only_shows_something_is_taken_back_with_the_line_before_it(tmp_path: Path) -> None:
    """It takes no time: who went back over the step behind it stood two steps earlier in the lesson."""
    path = tmp_path / "lesson.yaml"
    path.write_text("netsandbox: 1\nsteps: [add-host a, show nodes, add-host b]\n")
    session = built(f"load {path}", "next", "next", "next")
    session.back()
    assert [step.run for step in session.pending] == [("add-host b",)]
    session.back()
    assert len(session.pending) == 3
    session.run("step 1")
    assert [step.run for step in session.pending] == [("add-host b",)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow,
                                                                 HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=10))
def test_any_session_saves_and_loads(lines: list[str], tmp_path: Path) -> None:
    session = built(*lines)
    session.save(str(tmp_path / "s.yaml"), force=True)
    other = KeptSession()
    other.load(str(tmp_path / "s.yaml"))
    assert state(other) == state(session)


def test_a_journal_recovers_the_session(tmp_path: Path) -> None:
    session = KeptSession()
    autosave = Autosave(session, tmp_path / "state")
    for line in ("add-container a", "add-container b", "wait", "ping a b", "docker stop a"):
        session.run(line)
    assert state(recover(autosave.path)) == state(session)
    autosave.forget()
    assert list((tmp_path / "state").iterdir()) == []


def test_a_journal_is_left_behind_when_its_process_has_ended(tmp_path: Path) -> None:
    """In use, nobody else may take it; killed, it is the latest."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom netsandbox.session.autosave import Autosave\n"
        "from netsandbox.session.keeping import KeptSession\nsession = KeptSession()\n"
        "autosave = Autosave(session, Path(sys.argv[1]))\nsession.run('add-host h1')\n"
        "print(autosave.path, flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        path = Path(owner.stdout.readline().strip())
        assert path.exists()
        assert latest(tmp_path) is None
        owner.kill()
        owner.wait()
        assert latest(tmp_path) == path
        assert "h1" in recover(path).lab.nodes


def test_two_processes_of_one_number_have_two_journals(tmp_path: Path) -> None:
    """As in two containers that share a directory."""
    one, two = Autosave(KeptSession(), tmp_path), Autosave(KeptSession(), tmp_path)
    assert one.path != two.path
    two.forget()
    one.forget()
    assert Autosave(KeptSession(), tmp_path).path == one.path


def test_the_scenario_and_its_steps_to_come_are_recovered(tmp_path: Path) -> None:
    session = KeptSession()
    autosave = Autosave(session, tmp_path)
    session.load("docker0-ping")
    session.next_step()
    found = recover(autosave.path)
    assert found.scenario is not None
    assert session.scenario is not None
    assert found.scenario.title == session.scenario.title
    assert [(step.run, step.say, step.expect) for step in found.pending] == [
        (step.run, step.say, step.expect) for step in session.pending
    ]
    assert found.next_step() is not None
    session.next_step()
    assert state(found) == state(session)


def test_every_branch_is_recovered_and_can_be_gone_to(tmp_path: Path) -> None:
    """Names, parents, ends, the lines of each; also of one that nobody stands in, and where a lesson stood."""
    session = KeptSession()
    autosave = Autosave(session, tmp_path)
    session.load("one-cable")
    for _ in range(5):
        session.next_step()
    session.run("undo")
    session.run("flush-arp pc1")
    session.rename("b2", "flushed")
    session.run("undo")
    session.run("link pc1:eth0 down")
    session.run("branch flushed")
    found = recover(autosave.path)
    assert found.branch_rows() == session.branch_rows()
    assert [row.name for row in found.branch_rows() if row.is_present] == ["flushed"]
    assert len(found.pending) == len(session.pending) == 5, "the ping was the fifth of nine, and is to come again"
    for name in ("main", "b3", "flushed"):
        session.switch(name)
        found.switch(name)
        assert state(found) == state(session)
        assert [step.run for step in found.pending] == [step.run for step in session.pending]


@pytest.mark.parametrize("change", [
    lambda rows: rows[0].update(parent="b2"),
    lambda rows: rows[1].update(name="main"),
    lambda rows: rows[1].update(shared="many"),
    lambda rows: rows[1].update(lines=None),
    lambda rows: rows[1].pop("end"),
])
def test_a_journal_with_damaged_branches_is_named(tmp_path: Path, change: Callable[[list[Any]], object]) -> None:
    session = built("add-host a", "add-host b")
    autosave = Autosave(session, tmp_path)
    session.run("undo")
    session.run("add-host c")
    session.run("branch main")
    head, *lines = autosave.path.read_text().splitlines()
    told = json.loads(head)
    change(told["branches"])
    autosave.path.write_text("\n".join([json.dumps(told), *lines]))
    with pytest.raises(FileError, match="journal"):
        recover(autosave.path)


def test_a_held_journal_is_written_once_and_whole(tmp_path: Path) -> None:
    session = KeptSession()
    autosave = Autosave(session, tmp_path)
    with autosave.held():
        session.run("add-container a")
        assert latest(tmp_path) is None
    assert state(recover(autosave.path)) == state(session)
    session.run("add-container b")
    assert state(recover(autosave.path)) == state(session)


def test_an_unwritable_journal_is_given_up_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    session = KeptSession()
    autosave = Autosave(session, tmp_path / "file")
    assert session.run("add-host a").code == 0
    assert autosave.problem


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "x", "seed": 1}', "\x00", SCENARIO_WITHOUT_STEPS])
def test_a_damaged_journal_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "journal-1.jsonl"
    path.write_text(text)
    with pytest.raises(FileError, match="journal"):
        recover(path)


def test_loading_what_is_not_there_changes_nothing() -> None:
    session = built("add-host a")
    before = state(session)
    with pytest.raises(ScenarioError):
        session.load("no-such-scenario")
    assert state(session) == before


@pytest.mark.parametrize(("line", "words"), [
    ("goto #99999", "no record"), ("goto c99", "no command"), ("goto nowhere", "not a duration"),
    ("save /no/such/dir/x.yaml", "no such"), ("load absent", "no such file"), ("next", "no further step")])
def test_bad_words_in_the_verbs_of_time(line: str, words: str) -> None:
    session = built("add-host a")
    before = state(session)
    job = session.run(line)
    assert job.code
    assert words in job.err.lower()
    assert state(session) == before


def test_the_verbs_of_time_move() -> None:
    session = built("add-container a", "add-container b", "wait", "ping a b")
    end = session.position
    assert "step" in session.run("back 5").out
    assert session.position.step == end.step - 5
    session.run("step 2")
    assert session.position.step == end.step - 3
    session.run("goto end")
    assert session.position == end
    session.run("goto c3")
    assert session.done == 2
    session.run("redo")
    session.run("goto start")
    assert session.position.step == 0
    assert "taken back" in session.run("journal").out


def test_time_that_passed_before_the_first_line_is_saved(tmp_path: Path) -> None:
    session = built("step")
    assert session.run(f"save {tmp_path / 's.yaml'}").code == 0
    session.run("add-container aa")
    session.run("undo")
    assert session.run(f"save {tmp_path / 's.yaml'}").code == 0


@pytest.mark.parametrize("lines", [
    ("add-bridge b1", "ping 172.17.0.3", "connect b1 host"), ("ping 172.17.0.1", "ping -c 3 172.17.0.1 &", "sysctl -a"),
    ("add-container aa", "exec aa tcpdump -c 9; exec aa ping 172.17.0.1 | tail -1", "ping aa 172.17.0.1"),
    ("add-container aa", "exec aa ping 172.17.0.1 && hostname # both", "ping aa 172.17.0.1"),
    ("add-container aa", "hostname; exec aa ping 172.17.0.1 # several", "ping aa 172.17.0.1"),
    ("ping 172.17.0.1", "nc -l -p 255 &", "kill %2"),
    ("ping -f -c 300 172.17.0.1 &", "echo 'a", "back 1", "add-host zz")])
def test_a_program_that_was_stopped_is_saved_with_its_end(lines: tuple[str, ...], tmp_path: Path) -> None:
    session = built(*lines)
    session.save(str(tmp_path / "s.yaml"))
    other = KeptSession()
    other.load(str(tmp_path / "s.yaml"))
    assert state(other) == state(session)


def test_a_lesson_that_is_saved_keeps_what_it_is_found_by_and_ends_with_also_behind_a_recovery(tmp_path: Path) -> None:
    session = KeptSession(1)
    session.load("one-cable")
    autosave = Autosave(session, tmp_path)
    autosave.write(session.journal)
    autosave.leave()
    for number, one in enumerate((session, recover(autosave.path))):
        one.save(str(tmp_path / f"{number}.yaml"))
        found, lesson = load_scenario(tmp_path / f"{number}.yaml"), session.scenario
        assert lesson is not None
        assert lesson.topics
        assert (found.topics, found.learned, found.after) == (lesson.topics, lesson.learned, lesson.after)
