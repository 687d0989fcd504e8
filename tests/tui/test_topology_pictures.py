"""Pictures of the topology, kept as text: a change of the layout shows as a change of the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from netsandbox.lab.tables import InterfaceRow
from netsandbox.tui.glyphs import ASCII, UNICODE, GlyphSet
from netsandbox.tui.i18n import set_language
from netsandbox.tui.topology import layout as topology_layout
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.parts import Block, Detail, Shape
from netsandbox.tui.topology.stack import stack
from tests.tui import labs

SIZES = [(80, 11), (66, 14), (120, 20), (200, 40)]
LABS: dict[str, Callable[[], labs.Rows]] = {
    "docker0": labs.docker0,
    "one": lambda: labs.docker0(1),
    "nine": lambda: labs.docker0(9),
    "thirty": lambda: labs.docker0(30),
    "thousand": lambda: labs.docker0(1000),
    "lan": labs.lan,
    "odd": labs.odd,
    "chain": lambda: labs.chain(8),
    "stubs": labs.stubs,
    "switches": labs.switches,
    "chinese": labs.chinese,
    "two_networks": labs.two_networks,
    "many_hosts": labs.many_hosts,
    "two_port": labs.two_port,
    "empty": labs.Rows,
}


def lay(rows: labs.Rows, width: int, height: int, detail: Detail | None = None, glyphs: GlyphSet = UNICODE) -> Placed:
    return layout(scope_of(rows.nodes, rows.interfaces, rows.links), width, height, detail=detail, glyphs=glyphs)


def text(placed: Placed) -> str:
    head = f"{placed.detail.name} {placed.width}x{placed.height}\n"
    return head + "\n".join(row.text.rstrip() for row in placed.rows).rstrip() + "\n"


@pytest.mark.parametrize("name", LABS)
def test_picture(name: str, picture: SnapshotAssertion) -> None:
    """The picture of a lab at four sizes."""
    rows = LABS[name]()
    assert "\n".join(text(lay(rows, *size)) for size in SIZES) == picture


@pytest.mark.parametrize("detail", list(Detail))
def test_detail_levels(detail: Detail, picture: SnapshotAssertion) -> None:
    """One lab at each detail, whether it fits or not."""
    assert text(lay(labs.odd(), 100, 30, detail)) == picture


def test_ascii(picture: SnapshotAssertion) -> None:
    """Without box drawing: every glyph but the names is ASCII."""
    placed = lay(labs.odd(), 120, 30, glyphs=ASCII)
    drawn = text(placed)
    assert drawn == picture
    assert not {glyph for glyph in drawn if not glyph.isascii()} - set("路由器集线器")


def test_chinese_words(picture: SnapshotAssertion) -> None:
    """The words of the states in Chinese."""
    set_language("zh")
    assert text(lay(labs.odd(), 120, 30)) == picture


def test_a_name_is_never_cut() -> None:
    """A name wider than the pane makes the picture wider instead."""
    rows = labs.Rows()
    rows.host("host", "docker0")
    rows.container("a" * 100, "host", "docker0")
    placed = lay(rows, 40, 10)
    assert placed.width > 100
    assert any("a" * 100 in row.text for row in placed.rows)


@pytest.mark.parametrize(
    ("change", "glyph", "word"),
    [
        (lambda row: row._replace(up=False), UNICODE.link_down, "down"),
        (lambda row: row._replace(carrier=False), UNICODE.no_carrier, "no carrier"),
    ],
)
def test_a_dead_link_has_a_glyph_and_a_word(
    change: Callable[[InterfaceRow], InterfaceRow], glyph: str, word: str
) -> None:
    """Down and without carrier differ by more than colour, at every detail."""
    rows = labs.docker0(2)
    rows.interfaces = [change(row) if row.node == "nginx-1" and row.name == "eth0" else row for row in rows.interfaces]
    for detail in (Detail.FULL, Detail.BOX, Detail.CHIP):
        drawn = text(lay(rows, 100, 20, detail))
        assert glyph in drawn
        assert word in drawn


def test_each_end_of_a_cable_says_its_own_state_and_no_name_twice() -> None:
    """The far end is off: the near one is not, and has no carrier. Both are called eth0 on their boxes' edges."""
    rows = labs.Rows()
    near = rows.interface(rows.host("pc1"), "eth0", carrier=False)
    rows.link(near, rows.interface(rows.host("pc2"), "eth0", up=False), "cable", up=False)
    drawn = text(lay(rows, 100, 20, Detail.FULL))
    assert f"{UNICODE.no_carrier}no carrier" in drawn
    assert f"{UNICODE.link_down}down" in drawn
    assert drawn.count("eth0") == 2


def test_a_bridge_without_carrier_says_so() -> None:
    rows = labs.docker0(0)
    rows.interfaces = [row._replace(carrier=row.kind != "bridge") for row in rows.interfaces]
    assert "┊no carrier" in text(lay(rows, 80, 11))


def test_modes_of_containers_have_a_glyph_and_a_word() -> None:
    drawn = text(lay(labs.odd(), 200, 40))
    for said in ("hostnet ⌂host net", "side ↳web", "alone ∅no net", "old ◌exited"):
        assert said in drawn


def test_click_finds_the_smallest_thing() -> None:
    """A cell of a container is the container's, not its host's; a bus is found by all its lines."""
    placed = lay(labs.docker0(40), 80, 30)
    for place, region in placed.regions.items():
        if place.node.startswith("nginx"):
            assert placed.at(region.x, region.y) == place
    bus = [region for place, region in placed.areas if place == Place("host", "docker0")]
    assert len(bus) > 1
    for region in bus:
        assert placed.at(region.x + region.width - 1, region.y) == Place("host", "docker0")
    assert placed.at(0, 0) == Place("host")
    assert placed.at(placed.width - 1, placed.height - 1) is None


def test_what_is_folded_is_shown_by_its_group() -> None:
    placed = lay(labs.docker0(1000), 80, 11)
    assert placed.detail is Detail.COLLAPSED
    hidden = Place("nginx-1000")
    group = placed.shown(hidden)
    assert group is not None
    assert hidden in placed.members[group]
    assert placed.path_from(("nginx-1000", "eth0")), "a frame to it still has a way to go"
    assert placed.shown(Place("nobody")) is None
    assert placed.path_from(("nobody", "eth0")) == []


def test_an_interface_is_shown_by_its_node() -> None:
    placed = lay(labs.docker0(2), 80, 11)
    assert placed.shown(Place("nginx-1", "eth0")) == Place("nginx-1")
    assert placed.where(Place("host", "docker0")) != placed.where(Place("host"))


def test_paths_run_from_the_end_asked_for() -> None:
    """From the container down to the bus, and back."""
    placed = lay(labs.docker0(2), 80, 11)
    down = placed.path_from(("nginx-1", "eth0"))
    box, bus = placed.regions[Place("nginx-1")], placed.regions[Place("host", "docker0")]
    assert down[0][1] == box.y + box.height
    assert down[-1][1] == bus.y


@pytest.mark.parametrize(("width", "under"), [(20, True), (40, False)])
def test_a_loop_on_one_switch_is_a_cell_of_its_bus(width: int, under: bool) -> None:
    """Wherever the name is written: beside the bus, or below it where only that fits."""
    rows = labs.Rows()
    rows.host("h")
    rows.node("switch-name", "switch")
    rows.cable("switch-name", "switch-name")
    placed = lay(rows, width, 5)
    ((x, y),) = placed.path_from(("switch-name", "eth0"))
    assert placed.rows[y].glyphs[x] == "═"
    assert (placed.names[Place("switch-name")].y > y) == under


def test_a_link_to_a_node_that_is_gone() -> None:
    """A row may be read between two changes; the picture then shows what there is."""
    rows = labs.docker0(1)
    rows.link(("ghost", "eth0"), ("nginx-1", "eth1"))
    placed = lay(rows, 80, 14)
    assert placed.where(Place("ghost")) is not None


@pytest.mark.parametrize("size", SIZES)
def test_a_thousand_containers_are_laid_out_a_few_times_only(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it costs, without a clock: how many boxes are placed in all candidates together."""
    placed = 0

    def counted(shapes: Sequence[Shape], *rest: Any) -> Block:
        nonlocal placed
        placed += len(shapes)
        return stack(shapes, *rest)

    monkeypatch.setattr(topology_layout, "stack", counted)
    lay(labs.docker0(1000), *size)
    assert placed < 2500
    placed = 0
    lay(labs.docker0(1000), *size, Detail.CHIP)
    assert placed < 2500
