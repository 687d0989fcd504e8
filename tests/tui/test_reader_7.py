"""What two readers met on the sixth walk and was left open behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.commands.job import Job
from netsandbox.explain.refusals import noted
from netsandbox.lab.frame_log import rows
from netsandbox.lab.tables import LogRow
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.log.columns import verdict_text
from netsandbox.tui.options import Options
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.session.peek import flights_of
from netsandbox.tui.session.source import Flight
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import Place
from netsandbox.tui.topology.overlay import flight_overlay, travels
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text

DONE = {"en": "[1]+  Done  exec nginx-1 ping", "zh": "[1]+  完成  exec nginx-1 ping"}
HOLDING = {"en": "docker run --name web -p 8080:80 nginx holds the terminal (^C ends it): what you type now",
           "zh": "docker run --name web -p 8080:80 nginx 占着终端（^C 结束它）：接下来输入的命令与它同时运行"}
FAILED = {"en": "[3]+  Exit 28  curl", "zh": "[3]+  退出码 28  curl"}
WAITS = {"en": "waits, time is paused (F5 plays): exec uplink curl",
         "zh": "在等，时间已暂停（F5 继续）：exec uplink curl"}
HOLDS = {"en": "✓ holds: ", "zh": "✓ 成立："}
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


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_expectation_that_holds_says_so_at_the_prompt(tmp_path: Path, language: str) -> None:
    """The line vanished, and nothing was to be seen unless the output was there; and it was English there."""
    set_language(language)
    async with stage(tmp_path, size=(80, 24)) as on:
        await on.line("expect reach nginx-1 nginx-2")
        await on.quiet()
        assert HOLDS[language] in screen_text(on.app).splitlines()[-2]
        assert HOLDS[language].removeprefix("✓ ") in "\n".join(said.text for said in on.app.live.jobs.transcript)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_job_s_end_and_a_server_that_holds_the_terminal_are_told_at_the_prompt(
    tmp_path: Path, language: str
) -> None:
    """A line that had become a job ended somewhere in the output, and `docker run` without -d looked as if it was
    through."""
    set_language(language)
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("exec nginx-1 ping -c 2 172.17.0.3 &")
        await on.quiet()
        assert DONE[language] in screen_text(on.app).splitlines()[-2]
        await on.line("docker run --name web -p 8080:80 nginx")
        await on.pass_time(2)
        assert HOLDING[language] in screen_text(on.app).splitlines()[-2]
        assert sum(HOLDING[language] in said.text for said in on.app.live.jobs.transcript) == 1
        await on.line("curl -m 1 -sS 172.17.0.99")
        await on.quiet()
        assert FAILED[language] in "\n".join(said.text for said in on.app.live.jobs.transcript)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 120, 200])
async def test_rows_of_a_page_and_of_names_tell_what_was_asked_and_answered(
    tmp_path: Path, language: str, width: int
) -> None:
    """Flags, ports and the one address of lo took the room, and the path, the status and the names were cut."""
    set_language(language)
    async with stage(tmp_path, size=(width, 40)) as on:
        for line in ("docker network create net1", "docker run -d --name alice --network net1 -p 8080:80 nginx",
                     "docker run -d --name bob --network net1 alpine sleep 1d", "curl -s localhost:8080/a",
                     "docker exec bob wget -qO- http://alice/", "docker exec bob nslookup nosuch"):
            await on.line(line)
            await on.quiet()
        await on.press("escape", "3", "z")
        shown = []
        for text in ("http and host 127.0.0.1", "udp"):
            await on.press("slash")
            on.app.main.filter.input.value = text
            await on.press("enter")
            await on.quiet()
            shown.append([line[2:] for line in screen_text(on.app).splitlines() if "127.0.0.1" in line])
        page, names = ("\n".join(lines) for lines in shown)
        assert "GET /a" in page
        assert "404 Not Found" in page
        assert " HTTP " in page
        assert len({line.split(None, 2)[-1] for line in shown[0]}) == len(shown[0]), "rows can be told apart"
        assert "A? alice" in names
        assert "alice 172.18." in names if width == 80 else "alice A 172.18.0.2" in names or "alice. 1/0/0" in names
        assert "nosuch" in names
        assert " DNS " in names
        if language == "zh":
            assert not {"length", "Flags", "echo"} & set(f"{page} {names}".replace(",", " ").split())


def test_a_diagram_in_chinese_stands_in_columns_of_the_terminal() -> None:
    session = KeptSession(1)
    session.shell.language = "zh"
    for line in ("add-host 甲", "add-host b", "connect 甲 b", "set-ip 甲 10.0.0.1/24", "set-ip b 10.0.0.2/24",
                 "ping -c 1 甲 b"):
        session.run(line)
    _head, *lines = _said(session.run('flow --frames "icmp or arp"')).splitlines()
    assert any("回显请求，序号 1" in line for line in lines)
    assert len({cell_len(line.rpartition("│")[0]) for line in lines}) == 1, "both lines of life go straight down"


async def test_the_log_s_row_is_the_one_that_the_layers_show_also_where_all_rows_went_and_came_again(
    tmp_path: Path
) -> None:
    """The log marked a row, and beside it stood `Select a frame`."""
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.press("3", "up", "up")
        await on.line("goto 1")
        await on.line("goto end")
        await on.quiet()
        assert main.log_pane.current is not None
        assert main.about is not None
        assert main.detail.frame is not None


async def test_the_device_that_follows_is_the_one_that_the_frame_is_at(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.line("ping -c 1 nginx-1 nginx-2")
        await on.quiet()
        await on.press("escape", "3")
        for name in ("nginx-1", "nginx-2"):
            at = next(at for at in range(len(main.log_pane.store)) if main.log_pane.store.row(at).node == name
                      and main.log_pane.store.row(at).protocol == "ICMP")
            main.log_pane.go_to(at)
            await on.pilot.pause()
            assert main.device.place == Place(name)


async def test_escape_leads_from_the_prompt_back_to_where_one_was(tmp_path: Path) -> None:
    """With the log in hand a line was typed, and the arrows walked through the picture."""
    async with stage(tmp_path) as on:
        main = on.app.main
        for key, pane in (("3", main.log_pane), ("1", main.topology)):
            await on.press(key)
            await on.line("docker ps")
            await on.quiet()
            await on.press("escape")
            assert pane.has_focus, key


async def test_why_stands_beside_a_lesson_in_a_wide_terminal(tmp_path: Path) -> None:
    """`w` put the lesson away, whose task was open."""
    async with stage(tmp_path, Options("rules-host-firewall", tour=False), (200, 50)) as on:
        await on.press("p")
        await on.quiet()
        assert on.app.main.view == "lesson"
        width = on.app.main.why.size.width
        await on.press("w")
        assert on.app.main.why.has_focus
        assert on.app.main.panes["lesson"].display
        assert on.app.main.why.size.width == width >= 40
        await on.press("w")
        assert on.app.main.panes["lesson"].display, "the last drop, and the lesson is still there"


async def test_two_panes_never_tell_of_one_switch(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("vlan-trunk", tour=False), (120, 40)) as on:
        main = on.app.main
        assert main.pinned.place != main.device.place


@pytest.mark.parametrize("width", [80, 120])
async def test_what_is_compared_fits_the_pane(tmp_path: Path, width: int) -> None:
    """At 80 columns the other branch's side was cut."""
    async with stage(tmp_path, size=(width, 40)) as on:
        await on.line("docker run -d --name web -p 8080:80 nginx")
        await on.press("escape", "b", "b")
        await on.line("iptables -I DOCKER-USER -p tcp --dport 80 -m comment --comment 'a long one' -j DROP")
        await on.line("branch main --compare")
        await on.quiet()
        rows = [said.text for said in on.app.live.jobs.transcript]
        rows = rows[rows.index("host ❯ branch main --compare") + 1:]
        assert "(its end)" in rows[0]
        assert max(map(cell_len, rows)) <= width - 4
        assert "-j DROP" in "\n".join(rows)


async def test_only_enter_leaves_an_unsaved_lab_that_the_list_of_lessons_asks_about(tmp_path: Path) -> None:
    """`p` left it as well, of which nothing was said."""
    async with stage(tmp_path) as on:
        await on.line("add-host mine")
        await on.press("escape", "ctrl+o", *"vlan", "enter", "p")
        assert "mine" in [row.name for row in on.app.live.nodes()]


async def test_a_filter_that_is_none_does_not_stay_behind_escape(tmp_path: Path) -> None:
    """The next one was typed behind it."""
    async with stage(tmp_path) as on:
        await on.press("slash", *"arp", "enter", "slash", *" source", "escape", "slash")
        assert on.app.main.filter.line == "arp"


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_line_that_time_stands_for_waits_and_a_search_that_finds_nothing_says_so_at_the_prompt(
    tmp_path: Path, language: str
) -> None:
    set_language(language)
    async with stage(tmp_path) as on:
        await on.press("space")
        await on.line("exec uplink curl -sS -m 2 192.168.1.10")
        assert WAITS[language] in screen_text(on.app)
        await on.press("escape", "ctrl+f", *"nosuchword", "enter")
        assert "nosuchword" in "".join(screen_text(on.app).splitlines()[-4:])


@pytest.mark.parametrize("width", [120, 200])
async def test_a_line_that_fails_says_so_at_the_prompt_also_beside_its_output(tmp_path: Path, width: int) -> None:
    """In a shell's terminal both streams are one, and of a ping without answers nothing stood there."""
    async with stage(tmp_path, size=(width, 50)) as on:
        for line, told in (("exec nginx-1 ping -c 1 -W 1 172.17.0.99", "✗ 1 packets transmitted, 0 received"),
                           ("docker exec -it nginx-1 curl -sS -m 1 172.17.0.99", "✗ curl: (28) ")):
            await on.line(line)
            await on.quiet()
            assert told in screen_text(on.app), line


@pytest.mark.parametrize(("language", "told"), [("en", "the app's key f folds"), ("zh", "在界面中按 f")])
def test_a_key_s_name_typed_as_a_line_names_the_key(language: str, told: str) -> None:
    session = KeptSession(1)
    session.shell.language = language
    assert told in noted(_said(session.run("journeys")), language)


@pytest.mark.parametrize(("language", "told"), [
    ("en", "taken back: docker run -d --name web nginx; and with it 2 lines behind it that only looked"),
    ("zh", "已撤回：docker run -d --name web nginx；它后面只是查看的 2 行也一起撤回")])
async def test_the_key_that_takes_back_tells_what_went_with_the_line(tmp_path: Path, language: str, told: str) -> None:
    """`u` took back a table that one had only looked at."""
    set_language(language)
    async with stage(tmp_path) as on:
        for line in ("docker run -d --name web nginx", "ip addr", "docker ps | grep web"):
            await on.line(line)
            await on.quiet()
        await on.press("escape", "u")
        assert on.app.main.status.message == told
        assert "web" not in [row.name for row in on.app.live.nodes()]
