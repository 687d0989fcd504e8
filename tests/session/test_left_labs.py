"""Labs that were left go without the collector of garbage, and who stands in another one does not notice."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from netsandbox.commands.shell import _stand_in
from netsandbox.engine import collector
from netsandbox.engine.fields import Fields
from netsandbox.engine.trace import Trace
from netsandbox.lab import copying
from netsandbox.lab.copying import WAYS, _cleared, is_hub
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.events import FrameBridged
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from netsandbox.session.steps import Scenario, Step

CONTAINERS = 3


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session that has checkpoints, and as little patience with labs that were left as can be."""
    monkeypatch.setattr(collector, "MANY_LEFT", 0)
    tidy()
    session = Session()
    for number in range(CONTAINERS):
        session.run(f"docker run -d --name box{number} nginx")
    session.run("docker exec box0 ping -c 300 -i 0.01 172.17.0.3")
    session.run("wait")
    gc.collect()
    gc.disable()
    yield session
    gc.enable()


def tidy() -> None:
    """Take all away that was left."""
    while collector.tidy_some():
        pass


def namespaces(among: list[NetworkNamespace] | None = None) -> int:
    """How many there are that were not taken apart, of all or of those that were there."""
    return sum(thing.name is not None for thing in (there() if among is None else among))


def there() -> list[NetworkNamespace]:
    return [thing for thing in gc.get_objects() if type(thing) is NetworkNamespace]


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
    tidy()
    assert namespaces() == one_lab


def test_floods_are_told_by_a_lab_that_began_with_the_records_of_one_that_went(session: Session) -> None:
    """What records refer to may not go with the lab in which they were made: a copy has those from before it too."""
    for _ in range(3):
        session.back()
        session.run("docker exec box1 ping -c 1 -W 1 172.17.0.99")
        session.run("wait")
        session.back(2)
    tidy()
    floods = [record.event for record in session.trace.since(0) if isinstance(record.event, FrameBridged)]
    assert max(len(tuple(flood.ports)) for flood in floods) == CONTAINERS - 1


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
    at_first = there()
    slices, left = 1, [namespaces(at_first)]
    while collector.tidy_some():
        slices += 1
        left.append(namespaces(at_first))
    assert slices > 10
    assert left == sorted(left, reverse=True)
    assert left[-1] < left[0]
    assert namespaces() <= 2 * one_lab, "what stands, and what was there first"


def alive() -> Counter[type]:
    """How many objects of each of netsandbox's classes there are."""
    kinds = Counter(map(type, gc.get_objects()))
    return Counter({kind: count for kind, count in kinds.items() if str(kind.__module__).startswith("netsandbox.")})


LONG = ("ip monitor &", "nft monitor trace &", "conntrack -E &", "docker logs -f box0 &", "docker events &",
        "docker attach box0 &", "docker wait box0 &", "docker exec box0 sleep 100 &", "docker run -it busybox &",
        "tcpdump -i docker0 &", "while true; do sleep 1; done &", "traceroute 172.17.0.99 &", "dig example.com &",
        "ping -i 0.5 172.17.0.2 &", "curl -s 172.17.0.3 &",
        ("tc qdisc add dev docker0 root handle 1: htb default 1; tc class add dev docker0 parent 1: classid 1:1 htb "
        "rate 9kbit; tc qdisc add dev docker0 parent 1:1 fq_codel; ping -i 0.5 172.17.0.2 &"),
        "mtr -i 0.1 172.17.0.2 &", "docker run --rm busybox nslookup a.b 172.17.0.2 &", "nc -w 9 172.17.0.2 80 &",
        "socat -u UDP-RECV:5000 OPEN:/tmp/a,creat &")
"""What still goes on when its lab is left."""


@pytest.mark.parametrize("line", ["docker run -d --name new nginx", "add-host h9", "ip link add d0 type dummy",
                                  "docker exec box1 ping -c 2 172.17.0.2", "docker stop box1", "docker rm -f box1",
                                  *LONG])
def test_what_was_made_since_the_copy_goes_with_its_lab(session: Session, line: str) -> None:
    end = session.position.step

    def rounds(count: int) -> Counter[type]:
        for _ in range(count):
            session.back(2)
            session.go_to(end)
            session.execute(line)
            session.lab.scheduler.run_steps(60)
            session.end = session.position
            session.undo()
        tidy()
        return alive()

    few, many = rounds(2), rounds(4)
    kept = {kind.__name__: many[kind] - few[kind] for kind in many if many[kind] > few[kind]}
    assert kept.keys() <= {"Entry", "Position", "Branch"}, f"more than a session keeps of branches: {kept}"


def test_a_scenario_that_is_opened_leaves_the_one_before() -> None:
    def opened(count: int) -> list[int]:
        for _ in range(count):
            kept.open(Scenario(setup=(Step(run=("add-host h1", "add-host h2", "connect h1 h2")),)))
        tidy()
        return [namespaces(), sum(len(thing.events) for thing in gc.get_objects() if type(thing) is Trace)]

    kept = KeptSession()
    gc.disable()
    try:
        assert opened(2) == opened(4)
    finally:
        gc.enable()


def long_traces() -> int:
    return sum(type(thing) is Trace and len(thing.events) > 100 for thing in gc.get_objects())


def test_of_many_labs_that_wait_only_the_last_have_records(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "MANY_LEFT", 250_000)
    before = long_traces()
    for _ in range(10):
        session.back()
    assert len(collector._left) == 10
    assert long_traces() <= before + collector.AT_WORK


def test_no_class_whose_objects_forget_all_has_one_that_every_lab_has(session: Session) -> None:
    """A default of a module's, or of a class's, must outlive the lab that refers to it."""
    _stand_in.cache_clear()  # a lab beside all others
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("netsandbox.")]
    waiting = [part for one in modules for name, part in vars(one).items() if not name.startswith("__")]
    known, found = set(map(id, [session])), set()  # pytest loads a module called `…_test` itself, and so leads to all
    while waiting:
        part = [thing for thing in waiting if not isinstance(thing, type(sys) | str | int | bytes)
                and (not isinstance(thing, type) or str(thing.__module__).startswith("netsandbox."))
                and not (type(thing) is dict and "__loader__" in thing)]
        found |= set(map(type, part))
        waiting = [thing for thing in gc.get_referents(*part) if id(thing) not in known]
        known.update(map(id, waiting))
    assert not [kind for kind in found if is_hub(kind) or WAYS[kind] is _cleared]


BESIDE = ("docker network create n1", "docker run -d -p 81:80 --name p1 nginx", "docker exec box0 curl -s 172.17.0.3",
          "ip netns add x; ip link add v0 type veth peer name v1; ip link set v1 netns x; ip link set v0 up",
          "ip link add br9 type bridge; ip link set v0 master br9", "ip link add l5 link docker0 type vlan id 5",
          "ip link add vx0 type vxlan id 5 dstport 4789 dev docker0", "ip link add bo0 type bond",
          "ip link add m0 link docker0 type macvlan", "docker network connect n1 box1", "add-switch s1",
          "add-hub hub1",
          "iptables -A FORWARD -m recent --set -j ACCEPT; ping -c 1 172.17.0.2",
          "tc qdisc add dev docker0 root netem delay 10ms; ping -c 2 172.17.0.2 &", "docker pause box0", "restart box0")




def paths_in(made: list[list[object]]) -> dict[int, str]:
    """By its identity, the field of what a copy made behind which something was found that was made since."""
    known = {id(thing) for alike in made for thing in alike}
    paths: dict[int, str] = {}
    for one in (thing for alike in made for thing in alike):
        for field in Fields.of(type(one)).names:
            waiting = [getattr(one, field, None)]
            while waiting:
                new = [thing for thing in waiting if WAYS[type(thing)] is not None and id(thing) not in known]
                known.update(map(id, new))
                paths.update((id(thing), f"{type(one).__name__}.{field}") for thing in new)
                waiting = gc.get_referents(*new)
    return paths


@pytest.mark.parametrize("line", [*LONG, *BESIDE])
def test_whatever_was_made_since_the_copy_hangs_on_a_gate(session: Session, line: str) -> None:
    session.back(2)
    session.execute(line)
    session.lab.scheduler.run_steps(60)
    gc.collect()
    made = [list(alike) for alike in session._made]
    with patch.object(copying, "leave") as leave:
        copying.left(session.lab, session._made, session.shell, [*session.lines, *session.shell.recent])
    left = leave.call_args.args[0]
    paths = paths_in(made)
    del made
    left.go_at_once()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        behind = {paths[id(thing)] for thing in gc.garbage if id(thing) in paths}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert not behind, f"these fields are in no row of GATES: {behind}"
