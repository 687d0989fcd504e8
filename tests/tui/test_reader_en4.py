"""What a fourth English reader met."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.lab import views
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from netsandbox.tui.device.tables import table_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.parts import Detail
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def transcript(on: Stage) -> list[str]:
    return [said.text for said in on.app.live.jobs.transcript]


async def paste(on: Stage, *lines: str) -> None:
    """Paste whole lines at the prompt."""
    on.app.main.command.open("")
    on.app.main.command.pasted("".join(f"{line}\n" for line in lines))
    await on.pilot.pause()


async def test_pasted_lines_run_beside_what_runs_as_typed_ones_do(tmp_path: Path) -> None:
    """Behind a `docker compose up` the first ran at once, and the others waited in silence, with all typed after."""
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping 172.17.0.3")
        await on.pass_time(2)
        await paste(on, "ping -c 2 127.0.0.1", "echo two", "echo three")
        await on.line("echo four")
        await on.pass_time(3)
        lines = transcript(on)
        typed = [line for line in lines if line.startswith("host ❯ ")][1:]
        assert typed == ["host ❯ ping -c 2 127.0.0.1", "host ❯ echo two", "host ❯ echo three", "host ❯ echo four"]
        through = next(at for at, line in enumerate(lines) if "packets transmitted" in line)
        assert lines.index("host ❯ echo two") > through
        assert [one.job.text for one in on.app.live.jobs.alive] == ["exec nginx-1 ping 172.17.0.3"]


async def test_what_pasted_lines_wait_for_is_named(tmp_path: Path) -> None:
    """One that ends by ^C alone holds up those pasted below it, and what is typed then: each time it is said."""
    async with stage(tmp_path) as on:
        await paste(on, "exec nginx-1 ping 172.17.0.3", "echo two")
        assert "lines waiting: 1; runs (^C ends it): exec nginx-1 ping" in screen_text(on.app)
        await on.line("echo three")
        assert "lines waiting: 2; runs (^C ends it): exec nginx-1 ping" in screen_text(on.app)
        await on.press("ctrl+c")
        await on.quiet()
        assert transcript(on)[-3:] == ["two", "host ❯ echo three", "three"]


async def test_beside_a_mac_that_stands_in_several_vlans_the_pane_has_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("add-host pc1", "add-switch sw", "connect pc1 sw"):
            await on.line(line)
        live = on.app.live
        assert "vlan" not in table_of(live, Place("sw"), "mac", UNICODE).columns
        await on.line("exec sw ip link set br0 type bridge vlan_filtering 1")
        await on.line("exec sw bridge vlan add dev p1 vid 20")
        await on.quiet()
        table = table_of(live, Place("sw"), "mac", UNICODE)
        assert table.columns[:3] == ("mac", "vlan", "port")
        assert len({row.key for row in table.rows}) == len(table.rows)


async def test_of_lines_pasted_at_once_what_the_last_one_printed_is_seen(tmp_path: Path) -> None:
    """The pane stood at the first line of the first one's output, and of a here-document at its own text."""
    async with stage(tmp_path, size=(120, 40)) as on:
        await paste(on, "ip addr", "docker ps -a", "cat > f <<EOF", *map(str, range(30)), "EOF", "echo this is seen")
        await on.quiet()
        assert "❯ echo this is seen" in screen_text(on.app)
        await paste(on, "echo one", "help")
        await on.quiet()
        output = on.app.main.output
        assert output._rows[output.scroll_offset.y].text.endswith("❯ help")


def test_a_host_s_box_has_its_addresses_and_no_more_rows_than_they_need() -> None:
    """A router had one of its two addresses, and was as high as the host of containers beside it."""
    session = Session()
    for line in ("add-host r1", "add-host dh --docker", "add-switch sw", "connect r1 sw", "connect r1 dh",
                 "set-ip r1:eth0 10.1.0.1/24", "set-ip r1:eth1 10.2.0.1/24", "exec dh docker run -d --name web nginx"):
        assert session.run(line).code == 0
    lab = session.lab
    placed = layout(scope_of(views.nodes(lab), views.interfaces(lab), views.links(lab)), 120, 30, detail=Detail.ADDRESS)
    shown = "\n".join(row.text for row in placed.rows)
    assert all(address in shown for address in ("10.1.0.1/24", "10.2.0.1/24"))
    heights = [region.height for region in (placed.where(Place("r1")), placed.where(Place("dh"))) if region]
    assert heights[0] == 4 < heights[1]


def test_the_vlans_of_a_trunk_stand_at_its_ends_where_its_ports_names_have_no_room() -> None:
    """The two PVIDs of a lesson about them were told at 200 columns, and not at 120."""
    session = Session()
    for line in ("add-switch sw1", "add-switch sw2", "connect sw1 sw2", "add-host pc1", "connect pc1 sw1",
                 "add-host pc2", "connect pc2 sw2", "exec sw1 ip link set br0 type bridge vlan_filtering 1",
                 "exec sw2 ip link set br0 type bridge vlan_filtering 1",
                 "exec sw2 bridge vlan add dev p1 vid 20 pvid"):
        assert session.run(line).code == 0
    lab = session.lab
    for detail, ends in (Detail.FULL, ("p1 [1]", "p1 [1u 20]")), (Detail.PLAIN, ("[1]", "[1u 20]")):
        placed = layout(scope_of(views.nodes(lab), views.interfaces(lab), views.links(lab)), 58, 15, detail=detail)
        assert "   ".join(ends) in "\n".join(row.text for row in placed.rows)
    narrow = layout(scope_of(views.nodes(lab), views.interfaces(lab), views.links(lab)), 30, 15, detail=Detail.PLAIN)
    assert any("═───═" in row.text for row in narrow.rows), "the line of nets comes first"


@pytest.mark.parametrize(("line", "said"), [
    ("set-ip dh 10.2.0.10/24", "name one, as dh:eth0"),
    ("trace pc1 10.2.0.10 tcp 8080", "usage: trace NAME TO[:PORT] [icmp|tcp|udp]"),
    ("load empty", "`new` begins an empty lab")])
def test_what_a_refusal_names_is_what_one_wanted(line: str, said: str) -> None:
    session = KeptSession()
    for before in ("add-host pc1", "add-host dh --docker", "connect pc1 dh"):
        session.run(before)
    job = session.run(line)
    assert job.code
    assert said in job.err


async def test_what_was_printed_is_not_printed_again_when_time_comes_the_same_way(tmp_path: Path) -> None:
    """A lesson's look at its goals made the app forget what of the line before it was told already."""
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping -c 1 -W 1 172.17.0.99")
        await on.quiet()
        await on.line("expect exit 1")
        live = on.app.live
        live.seek(next(entry.step for entry in live.session.journal if "ping" in entry.line) + 2)
        assert live.jobs.running is not None
        live.play()
        await on.quiet()
        assert live.jobs.running is None
        assert "".join(transcript(on)).count("ping statistics") == 1


async def test_below_a_page_the_footer_names_no_key_of_the_panes(tmp_path: Path) -> None:
    """It named p, space and n, which did nothing and said nothing."""
    async with stage(tmp_path) as on:
        await on.press("question_mark")
        assert [key.key for key in on.app.main.keys.keys] == ["esc", "^Q"]
        on.app.sync()
        assert [key.key for key in on.app.main.keys.keys] == ["esc", "^Q"]
        await on.press("escape")
        assert "space" in [key.key for key in on.app.main.keys.keys]
