"""The internet behind the uplink: one node of the picture, which can be opened and folded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.lab import views
from netsandbox.lab.lab import Lab
from netsandbox.lab.uplink import DEFAULT_LAN, INTERNET, parse_lan
from netsandbox.tui.options import Options
from netsandbox.tui.topology.internet import INTERNET as FOLDED
from netsandbox.tui.topology.internet import fold_internet
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.parts import Detail
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text


def test_folded_the_router_stands_for_all_of_it() -> None:
    lab = Lab(uplink=parse_lan(DEFAULT_LAN))
    lab.host()
    nodes, interfaces, links = fold_internet(views.nodes(lab), views.interfaces(lab), views.links(lab))
    assert [(row.name, row.kind) for row in nodes] == [("host", "host"), ("uplink", FOLDED)]
    assert [row.name for row in interfaces if row.node == "uplink"] == ["lo", "eth0"]
    assert [(row.a, row.b) for row in links] == [(("host", "eth0"), ("uplink", "eth0"))]


def test_a_lab_without_an_uplink_is_shown_as_it_is() -> None:
    lab = Lab()
    lab.add_host("pc1")
    lab.add_switch("sw1")
    rows = views.nodes(lab), views.interfaces(lab), views.links(lab)
    assert fold_internet(*rows) == rows


async def test_enter_opens_it_and_the_folded_level_of_detail_closes_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        topology = on.app.main.topology
        topology.focus()
        far = Place(INTERNET[0].names[0])
        assert topology.placed is not None
        assert topology.placed.shown(far) is None
        topology.select(Place("uplink"))
        await on.press("enter")
        assert topology.placed.shown(far) is not None
        while topology.detail is not Detail.COLLAPSED:
            await on.press("d")
        assert topology.placed.shown(far) is None


async def test_the_device_pane_goes_with_those_who_are_in_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("rules-no-internet", tour=False)) as on:
        for _press in range(2):
            await on.press("p")
            await on.quiet()
            assert on.app.main.device.place in (Place("web"), Place("host"))


@pytest.mark.parametrize("containers", [2, 5, 9])
async def test_it_has_its_box_where_there_are_only_names_in_the_host_beside_it(tmp_path: Path, containers: int) -> None:
    """Without one it stood there as if it were a caption of something."""
    async with stage(tmp_path, size=(80, 24)) as on:
        for number in range(3, containers + 1):
            await on.line(f"docker run -d --name c{number} alpine sleep 1000")
        assert on.app.main.topology.placed is not None
        assert on.app.main.topology.placed.detail in (Detail.PLAIN, Detail.CHIP, Detail.COLLAPSED)
        assert "│ uplink ⇒the internet │" in screen_text(on.app)  # type: ignore[arg-type]
