"""What a route asks of connections, as iproute2 6.15 takes it, keeps it and shows it on Linux 6.18."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netsandbox.session.session import Session

KEPT: list[list[str]] = json.loads((Path(__file__).parent / "route_metrics.json").read_text(encoding="utf-8"))
"""Words behind `ip route add 10.10.0.0/24 via 10.9.0.2`, what is told of them or the complaint, and JSON."""


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    for line in ("ip link add v0 type veth peer name v1", "ip link set v1 up", "ip link set v0 up",
                 "ip addr add 10.9.0.1/24 dev v0"):
        assert not session.run(line).code
    return session


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row[0])
def test_it_is_kept_and_told_as_by_the_real_one(row: list[str], session: Session) -> None:
    words, told, members = row
    job = session.run(f"ip route add 10.10.0.0/24 via 10.9.0.2 {words}")
    if told.startswith("Error"):
        assert (job.code, job.err) == (255, f"{told}\n\n")
        return
    assert (job.code, job.err) == (0, "")
    head = "10.10.0.0/24 via 10.9.0.2 dev v0 "
    assert session.run("ip route show 10.10.0.0/24").out == head + (f"{told} " if told else "") + "\n"
    found = json.loads(session.run("ip -j route show 10.10.0.0/24").out)[0]
    assert found.get("metrics") == (json.loads(members) if members else None)
    assert not session.run("ip route del 10.10.0.0/24").code


@pytest.mark.parametrize("name", ["rtt", "rttvar", "cwnd", "ssthresh", "reordering"])
def test_what_is_learned_cannot_be_locked(name: str, session: Session) -> None:
    job = session.run(f"ip route add 10.10.0.0/24 via 10.9.0.2 {name} lock 5")
    assert (job.code, job.err) == (1, f"netsandbox: lock of a route's {name} is not modelled\n")
    assert not session.run("ip route show 10.10.0.0/24").out
