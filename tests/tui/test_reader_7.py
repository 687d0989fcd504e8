"""What two readers met on the sixth walk and was left open behind it."""

from __future__ import annotations

import pytest

from netsandbox.commands.job import Job
from netsandbox.lab.frame_log import rows
from netsandbox.lab.tables import LogRow
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.lab_view import LabView
from netsandbox.tui.log_columns import verdict_text
from netsandbox.tui.peek import flights_of
from netsandbox.tui.source import Flight
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.overlay import flight_overlay, travels

NOT_JOINED = {"en": ("not joined", "no member of the group 224.0.0.22"), "zh": ("没有加入", "不是组 224.0.0.22 的成员")}
OVERHEARD = {"en": "overheard", "zh": "偷听到"}


def _flight(view: LabView, row: LogRow) -> Flight:
    flights = flights_of(view.session.lab, row.step, view._places)
    return next(flight for flight in flights if flight.seq == row.seq)


def _said(job: Job) -> str:
    return "".join(text for _where, text in job.output)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_group_that_a_host_has_not_joined_is_the_reason_in_log_picture_and_why(language: str) -> None:
    """The log and the picture said that no route led there, in red."""
    set_language(language)
    session = KeptSession(1)
    session.shell.language = language
    for line in ("add-host a", "add-host b", "connect a b", "exec a ip link add br0 type bridge",
                 "exec a ip link set eth0 master br0", "exec a ip link set br0 up", "exec b ip link set eth0 up",
                 "exec a ip addr add 10.0.0.1/24 dev br0", "exec a ip link set br0 down", "exec a ip link set br0 up"):
        session.run(line)
    session.run("wait 3s")
    view = LabView(session)
    (first, *_) = [row for row in rows(session.lab, 0) if row.protocol == "IGMP" and row.dropped]
    words, sentence = NOT_JOINED[language]
    assert verdict_text(first, UNICODE) == f"✗ {words}"
    assert sentence in _said(session.run(f"why {first.seq}"))
    flight = _flight(view, first)
    placed = layout(scope_of(view.nodes(), view.interfaces(), view.links()), 58, 11)
    (way,) = travels(placed, [flight])
    assert (way.label, way.dropped) == (f"IGMP {words}", False), "a frame for many that passes a host by is no loss"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_tells_who_overhears_as_the_log_does_and_writes_beside_the_bus(language: str) -> None:
    """pc4 listened, and its frames were `not for it` in red, upon the bus."""
    set_language(language)
    session = KeptSession(1)
    session.load("hub")
    session.run("exec pc4 ip link set eth0 promisc on")
    session.run("exec pc1 ping -c 1 10.0.0.2")
    view = LabView(session)
    heard = [row for row in rows(session.lab, 0) if row.protocol == "ICMP" and row.node == "pc4"]
    assert [verdict_text(row, UNICODE) for row in heard] == [OVERHEARD[language]] * 2
    flight = _flight(view, heard[0])
    placed = layout(scope_of(view.nodes(), view.interfaces(), view.links()), 58, 11)
    (way,) = travels(placed, [flight])
    assert (way.label, way.dropped) == (f"ICMP {OVERHEARD[language]}", False)
    bus = placed.names[Place("hub1")].y
    for progress in (0.0, 0.3, 0.6, 1.0):
        over = flight_overlay(placed, [way], progress, UNICODE)
        assert not [cell for cell, (_glyph, style) in over.items() if style == "frame-label" and cell[1] == bus]
