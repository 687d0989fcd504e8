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
