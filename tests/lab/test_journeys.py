"""Journeys: the rows of one frame's way through bridges, hubs and routers are told by the record that begins it."""

from __future__ import annotations

from collections import Counter

from netsandbox.lab import frame_log
from netsandbox.lab.journeys import Journeys
from netsandbox.lab.tables import LogRow
from netsandbox.session.session import Session


def rows_of(*lines: str) -> list[LogRow]:
    session = Session(1)
    for line in lines:
        assert not session.run(line).code, line
    since = session.trace.end
    session.run(LAST)
    return list(frame_log.rows(session.lab, since, teller=frame_log.Teller(session.lab, Journeys())))


LAST = "ping pc1 10.0.0.2 -c 1"
PAIR = ("add-host pc1", "add-host pc2", "set-ip pc1:eth0 10.0.0.1/24", "set-ip pc2:eth0 10.0.0.2/24")


def journeys(rows: list[LogRow]) -> list[tuple[str, int, set[str]]]:
    """(what, rows, nodes) of each journey in order."""
    counts = Counter(row.journey for row in rows)
    first = {row.seq: row for row in reversed(rows)}
    return [(first[number].info.partition(",")[0], count, {row.node for row in rows if row.journey == number})
            for number, count in sorted(counts.items())]


def built(middle: str) -> tuple[str, ...]:
    return ("add-host pc1", "add-host pc2", middle, "connect pc1 mid", "connect pc2 mid",
            "set-ip pc1 10.0.0.1/24", "set-ip pc2 10.0.0.2/24")


def test_a_ping_through_a_switch_is_four_journeys_each_through_all_three_nodes() -> None:
    found = journeys(rows_of(*built("add-switch mid")))
    assert [what.split()[0] for what, _count, _nodes in found] == ["Request", "Reply", "10.0.0.1", "10.0.0.2"]
    assert all(nodes == {"pc1", "mid", "pc2"} for _what, _count, nodes in found)


def test_a_hub_repeats_within_the_journey() -> None:
    found = journeys(rows_of(*built("add-hub mid")))
    assert len(found) == 4
    assert all(nodes == {"pc1", "mid", "pc2"} for _what, _count, nodes in found)


def test_a_router_sends_on_within_the_journey_and_its_own_question_is_another() -> None:
    found = journeys(rows_of(
        "add-host pc1", "add-host r", "add-host pc2", "connect pc1 r", "connect r pc2", "set-ip pc1 10.0.1.1/24",
        "set-ip r:eth0 10.0.1.254/24", "set-ip r:eth1 10.0.0.254/24", "set-ip pc2 10.0.0.2/24",
        "exec r sysctl -w net.ipv4.ip_forward=1", "exec pc1 ip route add default via 10.0.1.254",
        "exec pc2 ip route add default via 10.0.0.254", "ping pc1 10.0.0.2 -c 1"))
    assert [nodes for _what, _count, nodes in found] == [{"pc1", "r", "pc2"}] * 2, "asked before, so only the echoes"


def test_every_row_belongs_to_a_journey_that_begins_no_later() -> None:
    rows = rows_of(*built("add-switch mid"))
    assert rows
    assert all(0 <= row.journey <= row.seq for row in rows)
    assert {row.journey for row in rows} <= {row.seq for row in rows}
