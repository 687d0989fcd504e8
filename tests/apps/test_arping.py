"""arping: answers, duplicates, and that it looks without touching."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session
from tests.apps.labs import HUB, build, run


@pytest.fixture
def hub() -> Session:
    return build(HUB)


def plain(text: str) -> str:
    return re.sub(r"\[[0-9A-F:]{17}\]  \d+\.\d{3}ms", "[MAC]  Tms", text)


def test_the_first_question_goes_to_all_and_the_next_to_the_one(hub: Session) -> None:
    job = run(hub, "arping pc1 pc2 -c 2")
    assert plain(job.out) == ("ARPING 10.0.0.2 from 10.0.0.1 eth0\n"
                              "Unicast reply from 10.0.0.2 [MAC]  Tms\nUnicast reply from 10.0.0.2 [MAC]  Tms\n"
                              "Sent 2 probes (1 broadcast(s))\nReceived 2 response(s)\n")
    assert hub.lab.scheduler.watchers == []


def test_nobody_has_the_address(hub: Session) -> None:
    job = hub.run("arping pc1 10.0.0.77 -c 2")
    assert job.code == 1
    assert job.out.endswith("Sent 2 probes (2 broadcast(s))\nReceived 0 response(s)\n")


@pytest.mark.parametrize(("address", "code"), [("10.0.0.2", 1), ("10.0.0.77", 0)])
def test_is_it_taken(hub: Session, address: str, code: int) -> None:
    assert hub.run(f"arping pc1 {address} -D -c 2").code == code


def test_two_at_once_hear_both(hub: Session) -> None:
    first = run(hub, "exec pc1 arping -c 2 10.0.0.2 &")
    second = run(hub, "exec pc1 arping -c 1 10.0.0.3 &")
    run(hub, "wait 3s")
    assert (first.code, second.code) == (0, 0)
    assert "Received 2 response(s)" in first.out
    assert "Received 1 response(s)" in second.out


def test_what_is_overheard_is_no_answer(hub: Session) -> None:
    """pc3 hears pc2's answers to pc1 behind the hub; they are not for it."""
    listener = run(hub, "exec pc3 arping -c 1 10.0.0.77 &")
    run(hub, "arping pc1 pc2 -c 1")
    run(hub, "wait 2s")
    assert "Received 0 response(s)" in listener.out


@pytest.mark.parametrize("words", ["10.0.0.77", "-s 65507 10.0.0.2", "-s nobody 10.0.0.2", "-D 10.0.0.77"])
def test_without_a_count_it_ends_when_nobody_is_there_to_stop_it(hub: Session, words: str) -> None:
    before = hub.lab.scheduler.clock
    job = hub.run(f"arping {words}")
    assert job.is_done
    assert hub.lab.scheduler.clock - before < 4_000_000_000
    if "-s" in words:
        assert job.err == f"arping: {words.split()[1]}: Name or service not known\n"
