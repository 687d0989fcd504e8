"""More than one segment in the app: tags and networks in the log and the picture, tunnels opened, VLANs as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.explain.frame_words import shortened
from netsandbox.lab.tables import InterfaceRow
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.screens.tunnel import TunnelScreen
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.tunnels import with_tunnels
from tests.tui import labs
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def drawn(rows: labs.Rows, width: int = 120, height: int = 20) -> str:
    placed = layout(scope_of(*with_tunnels((rows.nodes, rows.interfaces, rows.links))), width, height)
    return "\n".join(row.text for row in placed.rows)


def changed(rows: labs.Rows, node: str, name: str, **fields: object) -> None:
    rows.interfaces = [
        row._replace(**fields) if (row.node, row.name) == (node, name) else row  # type: ignore[arg-type]
        for row in rows.interfaces
    ]


def test_vlans_stand_on_their_ports() -> None:
    """The port's own VLAN, those that keep a tag, and those that lose it."""
    rows = labs.switches(2)
    changed(rows, "sw1", "eth2", vlans=("1 PVID Egress Untagged", "10", "20 Egress Untagged"))
    assert "[1 10t 20u]" in drawn(rows)


@pytest.mark.parametrize("state", ["blocking", "listening", "learning"])
def test_a_port_that_the_tree_closes_says_so(state: str) -> None:
    rows = labs.switches(2)
    changed(rows, "sw2", "eth0", port_state=state)
    assert state in drawn(rows)
    assert UNICODE.blocked in drawn(rows)


def test_a_bad_line_says_what_it_does() -> None:
    rows = labs.two_port()
    rows.links = [row._replace(delay=20_000_000, loss=0.05) if row.b[0] == "br1" else row for row in rows.links]
    assert "20ms 5%" in drawn(rows)


def vteps(count: int) -> labs.Rows:
    rows = labs.Rows()
    rows.node("sw", "switch")
    for number in range(1, count + 1):
        rows.host(f"h{number}")
        rows.cable(f"h{number}", "sw", address=f"192.168.0.{number}/24")
        rows.interface(f"h{number}", "vx0", "vxlan", addresses=(f"10.0.9.{number}/24",))
        changed(rows, f"h{number}", "vx0", vni=42, lower="eth0")
    return rows


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_tunnel_is_one_thing(count: int) -> None:
    """All ends of a VXLAN network hang on one bus; frames travel over it."""
    rows = vteps(count)
    placed = layout(scope_of(*with_tunnels((rows.nodes, rows.interfaces, rows.links))), 120, 20)
    text = "\n".join(row.text for row in placed.rows)
    assert text.count("VNI 42") == 1
    assert "vx0 10.0.9.1/24" in text
    for number in range(1, count + 1):
        assert len(placed.path_from((f"h{number}", "vx0"))) > 1
    assert Place("VNI 42") in placed.regions


def test_devices_on_a_device_are_told_in_their_host() -> None:
    rows = labs.hub(2)
    rows.interface("pc1", "eth0.10", "vlan", addresses=("10.0.10.1/24",))
    changed(rows, "pc1", "eth0.10", vlan=10, lower="eth0")
    rows.interface("pc2", "blue", "vlan", addresses=("10.0.10.2/24",))
    changed(rows, "pc2", "blue", vlan=10, lower="eth0")
    assert "eth0.10 10.0.10.1/24" in drawn(rows)
    assert "blue VLAN 10 10.0.10.2/24" in drawn(rows)


def test_a_container_on_a_parent_names_it() -> None:
    rows = labs.docker0(1)
    rows.node("web", "container", "host", "lan")
    rows.interface("web", "eth0", "macvlan", addresses=("192.168.1.50/24",))
    changed(rows, "web", "eth0", lower="host:eth0")
    assert "web ↳eth0" in drawn(rows)


INSIDE = "10.0.9.1 > 10.0.9.2: ICMP echo reply, id 7, seq 1, length 64"
VXLAN = "1.0.0.1.9 > 1.0.0.2.4789: VXLAN, flags [I] (0x08), vni 42"
MACS = "02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 98"


@pytest.mark.parametrize(
    ("line", "brief"),
    [
        ("vlan 1, Request who-has 10.0.0.2 tell 10.0.0.1, length 28", "vlan 1, Request who-has 10.0.0.2 tell 10.0.0.1"),
        (f"vlan 5, vlan 10, {INSIDE}", "vlan 5, vlan 10, echo reply, seq 1"),
        (f"{VXLAN}: {MACS}: {INSIDE}", "vni 42: echo reply, seq 1"),
        (VXLAN, VXLAN),
        (f"1.0.0.1.9 > 1.0.0.2.8472: OTV, flags [I] (0x08), overlay 0, instance 1: {MACS}: {INSIDE}",
         "overlay 0, instance 1: echo reply, seq 1"),
    ],
)
def test_what_a_frame_is_in_comes_first(line: str, brief: str) -> None:
    assert shortened(line, 45, "en") == brief
    assert shortened(line, 200, "en") == line


async def run(on: Stage, steps: int) -> None:
    for _ in range(steps):
        await on.press("p")
        await on.quiet()


async def test_a_tunnel_is_opened_by_a_key(tmp_path: Path) -> None:
    """The packet outside and the frame inside, each with layers and bytes; without a tunnel it says so."""
    async with stage(tmp_path, Options("vxlan-by-hand", tour=False), size=(120, 40)) as on:
        await on.to_step(2)
        await on.press("v")
        assert "No tunnel's packet is selected" in screen_text(on.app)
        await on.press("b", "b", "v")
        assert isinstance(on.app.screen, TunnelScreen)
        assert not on.app.main.status.message
        text = screen_text(on.app)
        assert "VXLAN  VNI 42" in text
        assert "ICMP  Echo" in text
        assert "0030  2a 00   " in text, "the bytes outside end with the VXLAN header"
        await on.press("escape")
        assert not isinstance(on.app.screen, TunnelScreen)


@pytest.mark.parametrize(("language", "words"), [("en", "sw floods the ARP request"), ("zh", "sw 把它泛洪")])
async def test_why_calls_a_switch_as_the_picture_does(tmp_path: Path, language: str, words: str) -> None:
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        for line in ("add-host a", "add-switch sw", "connect a sw", "set-ip a 10.0.0.1/24", "ping a 10.0.0.2 -W 1"):
            await on.line(line)
            await on.quiet()
        trace = on.app.live.session.trace
        seq = next(record.seq for record in trace.since(0) if type(record.event).__name__ == "FrameBridged"
                   and record.event.bridge.namespace == "sw")
        said = on.app.live.why(seq)
        assert said is not None
        assert words in said.decision
        assert "br0" not in said.decision


async def test_vlans_are_a_tab_and_a_switch_has_one_name(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("vlan-trunk", tour=False), size=(120, 40)) as on:
        await run(on, 1)
        assert "br0" not in screen_text(on.app).replace("br0 proto", "")
        on.app.main.pinned.show(Place("sw1"), "vlans")
        await on.pilot.pause()
        text = screen_text(on.app)
        assert "p2 (sw2)" in text
        assert "with a tag" in text
        assert "belong to it (PVID)" in text


def test_a_row_of_a_closed_port_says_so() -> None:
    from netsandbox.tui.device.tables import link_state

    row: InterfaceRow = labs.switches(2).interfaces[0]
    assert link_state(row._replace(port_state="blocking"), UNICODE) == "∅ blocking"
