"""Labs that were left go without the collector of garbage, and who stands in another one does not notice."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from netsandbox.engine import collector
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.session.session import Session

CONTAINERS = 3


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, freezing: None) -> Iterator[Session]:
    """A session that has checkpoints, and as little patience with labs that were left as can be."""
    monkeypatch.setattr(collector, "MANY_LEFT", 0)
    collector.tidy()
    session = Session()
    for number in range(CONTAINERS):
        session.run(f"docker run -d --name box{number} nginx")
    session.run("docker exec box0 ping -c 300 -i 0.01 172.17.0.3")
    session.run("wait")
    gc.collect()
    gc.disable()
    yield session
    gc.enable()


def namespaces() -> int:
    """How many there are that were not taken apart."""
    return sum(type(thing) is NetworkNamespace and thing.name is not None for thing in gc.get_objects())


def test_many_steps_back_leave_few_labs(session: Session) -> None:
    one_lab = namespaces()
    for _ in range(20):
        session.back()
    assert namespaces() <= 4 * one_lab


def test_what_was_left_is_like_what_stands_now_until_it_goes(session: Session) -> None:
    digest, before = session.trace.digest(), session.lab
    session.back()
    names = [container.name for container in before.docker().containers.values()]
    assert names == [f"box{number}" for number in range(CONTAINERS)], "the last lab that was left is whole"
    session.go_to(session.end.step)
    assert session.trace.digest() == digest


def test_a_pause_takes_all_away(session: Session) -> None:
    one_lab = namespaces()
    for _ in range(3):
        session.back()
    collector.tidy()
    assert namespaces() == one_lab


def test_a_job_tells_how_it_ended_when_its_lab_is_long_gone(session: Session) -> None:
    ran = session.run("docker exec box1 ping -c 1 172.17.0.2")
    for _ in range(6):
        session.back(3)
    assert (ran.is_done, ran.code) == (True, 0)
    assert any("1 received" in text for _stream, text in ran.output)


def test_a_pause_takes_a_little_away_at_a_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "SLICE", 50)
    monkeypatch.setattr(collector, "MANY_LEFT", 10_000)
    one_lab = namespaces()
    for _ in range(3):
        session.back()
    slices, there = 1, [namespaces()]
    while collector.tidy_some():
        slices += 1
        there.append(namespaces())
    assert slices > 10
    assert there == sorted(there, reverse=True)
    assert namespaces() <= 2 * one_lab, "what stands, and what was there first"
