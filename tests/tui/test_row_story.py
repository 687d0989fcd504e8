"""`w` on a line of a device's tables: what made it, in a lab that ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.session.ready import READY
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.session.source import TableRow
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import stage


@pytest.fixture
def view() -> LabView:
    session = KeptSession()
    session.open(READY)
    for line in ("ping nginx-1 nginx-2", "exec nginx-1 ip route add 10.9.0.0/16 via 172.17.0.1",
                 "docker run -d --name web --network host nginx"):
        assert not session.run(line).code
    return LabView(session)


def decision(view: LabView, row: TableRow) -> str:
    seq, why = view.why_row(row)
    assert seq is not None
    assert why.causes, "it goes back to a command"
    return why.decision


def test_a_neighbour_and_a_mac_address(view: LabView) -> None:
    neighbour = next(row for row in view.neighbours("nginx-1") if row.address == "172.17.0.3")
    assert "172.17.0.3" in decision(view, neighbour)
    learned = next(row for row in view.fdb("host") if not row.permanent)
    assert learned.port in decision(view, learned)


def test_a_route_names_the_command_that_added_it(view: LabView) -> None:
    route = next(row for row in view.routes("nginx-1") if row.text.startswith("10.9.0.0/16"))
    _seq, why = view.why_row(route)
    assert "10.9.0.0/16" in why.decision
    assert "ip route add" in why.causes[-1].text
    default = next(row for row in view.routes("nginx-2") if row.text.startswith("default"))
    assert "docker run -d --name nginx-2" in view.why_row(default)[1].causes[-1].text


def test_an_interface_and_a_socket(view: LabView) -> None:
    interface = next(row for row in view.interfaces("nginx-1") if row.name == "eth0")
    assert "eth0" in decision(view, interface)
    socket = next(row for row in view.sockets("nginx-2") if row.protocol == "tcp")
    assert "80" in decision(view, socket)


def test_a_container_on_the_hosts_network_has_the_hosts_rows(view: LabView) -> None:
    socket = next(row for row in view.sockets("web") if row.protocol == "tcp")
    assert "80" in decision(view, socket)


def test_the_bridges_own_address_was_never_learned(view: LabView) -> None:
    own = next(row for row in view.fdb("host") if row.permanent)
    seq, why = view.why_row(own)
    assert seq is None
    assert "never ages" in why.decision


def test_what_the_trace_has_forgotten_is_said(view: LabView) -> None:
    session = view.session
    interface = next(row for row in view.interfaces("nginx-1") if row.name == "eth0")
    session.trace.cap = 1
    session.trace.trim()
    seq, why = view.why_row(interface)
    assert seq is None
    assert "older" in why.decision


async def test_the_explanation_stays_though_its_record_has_no_row_in_the_log(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        main.device.show(Place("nginx-1"), "routes")
        await on.press("2", "w")
        await on.pilot.pause()
        assert main.why.why is not None
        assert "route" in main.why.why.decision.lower()
        assert main.why.why.causes[-1].text.startswith("❯ docker run -d --name nginx-1")
