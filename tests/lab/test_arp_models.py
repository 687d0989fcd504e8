"""The two ARP models: Linux keeps an old entry and checks it, the textbook's classic one deletes it."""

from __future__ import annotations

import pytest

from netsandbox.lab import views
from netsandbox.session.session import Session

BUILD = ["add-container a", "add-container b"]
CHOICE = ["arp-model classic"]
LATER = ["ping a b -c 1", "wait 70s"]


def entries(lines: list[str]) -> list[str]:
    """The states of a's neighbours after some lines."""
    session = Session()
    for line in lines:
        job = session.execute(line)
        session.lab.scheduler.run_while(lambda job=job: not job.is_done)
        assert not job.code, job.err
    return [row.state for row in views.neighbours(session.lab, "a")]


def test_linux_keeps_a_stale_entry() -> None:
    assert entries(BUILD + LATER) == ["STALE"]


@pytest.mark.parametrize("lines", [BUILD + CHOICE, CHOICE + BUILD], ids=["chosen after", "chosen before"])
def test_classic_deletes_it_whenever_the_container_was_made(lines: list[str]) -> None:
    assert entries(lines + LATER[:1]) == ["REACHABLE"]
    assert entries(lines + LATER) == []
