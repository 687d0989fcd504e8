"""Lines that would never end, or not before long: a session without a screen comes back, and goes on."""

from __future__ import annotations

import pytest

from netsandbox.engine.budget import Use
from netsandbox.session import session as sessions
from tests.session.lines import built, state

TWO = ("add-container aa", "add-container bb", "wait")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Use.STEPS, "limit", 2_000)
    monkeypatch.setattr(sessions, "ENDLESS_STEPS", 2_000)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("line", ["exec aa ping -q -i 0 172.17.0.3", "exec aa ping -f 172.17.0.3"])
def test_after_many_steps_the_program_is_stopped_and_says_what_it_has(line: str) -> None:
    session = built(*TWO)
    before = session.position.step
    job = session.run(line)
    assert job.is_done
    assert " received, " in job.out
    assert 2_000 <= session.position.step - before < 2_100
    assert session.run("ping aa bb").code == 0


@pytest.mark.parametrize(("line", "seen", "note"), [
    ("cat <(exec aa ping 172.17.0.3); echo on", "icmp_seq=4 ", False),
    ("paste <(exec aa ping 172.17.0.3) <(exec aa ping 172.17.0.2)", "172.17.0.2: icmp_seq=4 ", False),
    ("X=$(exec aa ping 172.17.0.3); echo $X on", "", True), ("bash -c 'echo $(ping 172.17.0.3); echo on'", "", True)])
def test_what_reads_a_file_of_a_stopped_program_has_its_output_and_a_word_goes_with_its_command(
        line: str, seen: str, note: bool) -> None:
    """As with Ctrl-C in bash 5.2."""
    job = built(*TWO).run(line)
    assert (seen in job.out, "on\n" in job.out) == (True, False)
    assert (job.code, "the command ends with its $(…)" in job.err) == (130, note)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("line", ["wait 10000", "exec bb ping -c 1000000000000 172.17.0.2",
                                  "exec bb ping -c 99999 -q -A 172.17.0.2"])
def test_a_line_of_too_many_steps_ends_with_a_reason_and_leaves_the_lab_as_it_was(line: str) -> None:
    session = built(*TWO, "exec aa ping -q 172.17.0.3 &")
    before, journal = state(session), list(session.journal)
    job = session.run(line)
    assert (job.code, job.err) == (1, "stopped: more than 2,000 steps of the lab in one line\n")
    assert (state(session), session.journal) == (before, journal)
    assert session.run("expect exit 1").code == 0


@pytest.mark.usefixtures("short")
def test_a_program_s_turn_counts_for_what_it_costs() -> None:
    """Ten frames that arrive: else a flood of frames would be stopped too soon, or programs too late."""
    session = built(*TWO)
    steps, turns = session.position.step, session.lab.scheduler.turns
    assert session.run("exec aa ping -q -c 20 172.17.0.3").code == 0
    each = (session.position.step - steps + 9 * (session.lab.scheduler.turns - turns)) / 20
    assert not session.run(f"exec aa ping -q -c {int(1_900 / each)} 172.17.0.3").err
    assert "2,000 steps" in session.run(f"exec aa ping -q -c {int(2_100 / each)} 172.17.0.3").err


@pytest.mark.parametrize("line", ["watch -q 4000000 true", "seq 1 1000 | xargs -n1 ping -c1 X",
                                  "timeout 9d env watch -x -q 4000000 sh -c 'for i in 1 2; do :; done'",
                                  "echo 'services: {w: {image: nginx, scale: 9999}}' > c; docker compose -f c up"])
def test_what_a_program_runs_is_a_command_of_the_line(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late: such lines took minutes."""
    monkeypatch.setattr(Use.COMMANDS, "limit", 100)
    session = built(*TWO)
    before = state(session)
    job = session.run(line)
    assert job.err.splitlines()[-1].endswith("stopped: more than 100 commands in one line")
    assert job.err.count("stopped") == 1
    assert (job.code, state(session)) == (1, before)


@pytest.mark.parametrize("text", ["inf", "1e400", "1e308", "99999999999999999999d"])
def test_a_sleep_of_ages_is_stopped(text: str) -> None:
    session = built(*TWO)
    job = session.run(f"exec aa sleep {text}")
    assert job.is_done
    assert session.position.at < 10_000_000_000


@pytest.mark.parametrize("text", ["nan", "-1", "x", "1x", "''"])
def test_a_sleep_of_no_length_says_so(text: str) -> None:
    job = built(*TWO).run(f"exec aa sleep {text}")
    assert (job.code, job.err) == (1, f"sleep: invalid time interval ‘{text.strip(chr(39))}’\n")
