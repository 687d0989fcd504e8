"""A connection followed in the app, diagrams of a selection, files of both; a filter for one connection."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.widgets import Input

from netsandbox.lab.flows import end_name
from netsandbox.lab.log_filter import validate
from netsandbox.lab.names import Namer
from netsandbox.lab.tables import ConnectionRow
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.line_view import LineView
from netsandbox.tui.screens.stream import StreamScreen
from netsandbox.tui.session.peek import next_step
from netsandbox.tui.streams import filter_for, of_exchange, of_row
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import Harness, screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


async def fetched(on: Stage) -> None:
    await on.line("curl -sI http://172.17.0.2/")
    await on.quiet()
    await on.press("escape", "3", "up")


async def test_a_connection_is_followed_copied_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage(tmp_path / "state") as on:
        await fetched(on)
        await on.press("s")
        assert "── SYN ──" in shown(on)
        await on.press("tab")
        assert "> HEAD / HTTP/1.1" in shown(on)
        assert "< HTTP/1.1 200 OK" in shown(on)
        await on.press("y")
        assert on.app.clipboard.startswith("> HEAD / HTTP/1.1\n")
        assert "Copied: lines" in shown(on)
        await on.press("tab")
        assert "00000000  48 45 41 44" in shown(on)
        await on.press("shift+tab", "s", "ctrl+u", *"said", "enter")
        assert (tmp_path / "said").read_text(encoding="utf-8").startswith("> HEAD / HTTP/1.1\n")
        await on.press("s", "ctrl+u", *"x.svg", "enter")
        assert "Written to x.svg" in shown(on)
        assert (tmp_path / "x.svg").read_text(encoding="utf-8").startswith("<svg ")
        await on.press("s", "escape", "question_mark")
        assert "shift+tab  View before" in shown(on), "help is for where one is"
        assert "ctrl+p" not in shown(on), "and names no key that does nothing here"
        await on.press("escape")
        assert isinstance(on.app.screen, StreamScreen)
        await on.press("escape")
        assert on.app.screen is on.app.main


async def test_a_page_is_told_of_the_lab_once_it_is_made(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await fetched(on)
        on.app.action_stream()
        on.app.live.execute("ip netns add other")
        on.app.sync()
        await on.pilot.pause()
        assert isinstance(on.app.screen, StreamScreen)
        assert "── SYN ──" in shown(on)


async def test_what_is_followed_grows_while_it_goes_on(tmp_path: Path) -> None:
    """It stood still while segments came; who reads further up keeps the place."""
    async with stage(tmp_path, size=(120, 24)) as on:
        await on.press("space")
        await on.line("curl -s http://172.17.0.2/")
        while not any(row.protocol == "TCP" for row in on.app.main.log_pane.shown_rows(1000)):
            await on.press("f7")
        await on.press("escape", "3", "up", "s")
        assert isinstance(on.app.screen, StreamScreen)
        view = on.app.screen.query_one(LineView)
        before = len(view.lines)
        assert "FIN" not in shown(on)
        on.app.action_play_pause()
        await on.pass_time(0.5)
        between = len(view.lines)
        await on.quiet()
        assert before < between < len(view.lines)
        assert "FIN" in shown(on), "its end is seen by who saw its end before"
        view.scroll_to(y=0, animate=False, immediate=True)
        await on.press("tab")
        assert "HTTP/1.1 200 OK" in shown(on)
        on.app.live.execute("curl -s http://172.17.0.2/")
        await on.quiet()
        assert view.scroll_offset.y == 0
        assert shown(on).count("200 OK") == 1, "another connection is another one"


async def test_the_line_with_which_a_view_first_overflows_is_seen() -> None:
    view = LineView()
    async with Harness(view).run_test(size=(40, 6)) as pilot:
        for count, top in ((3, 0), (9, 3), (12, 6)):
            view.grow([f"{number}" for number in range(count)])
            await pilot.pause()
            assert view.scroll_offset.y == top
        view.scroll_to(y=1, animate=False, immediate=True)
        view.grow([f"{number}" for number in range(20)])
        await pilot.pause()
        assert view.scroll_offset.y == 1


BLACK_HOLE = (
    "docker run -d --name web -p 8080:80 nginx", "exec uplink ip link set eth1 mtu 1400",
    "exec uplink iptables -t nat -A PREROUTING -i eth1 -p tcp --dport 8080 -j DNAT --to 192.168.1.10:8080",
    "docker exec web sh -c 'head -c 4000 /dev/zero > /usr/share/nginx/html/big'",
    "iptables -I DOCKER-USER -p icmp -j DROP", "wait",
    "exec dns.google curl -m 3 -s -o /dev/null http://203.0.113.10:8080/big",
)


@pytest.mark.parametrize(("language", "again", "reason"), [("en", "again", "too big"), ("zh", "重发", "太大")])
async def test_what_is_lost_behind_nat_is_lost_in_the_diagram(tmp_path: Path, language: str, again: str,
                                                                 reason: str) -> None:
    """Both tell of it: a segment of the container's, and the ICMP error about what NAT had made of it."""
    set_language(language)
    async with stage(tmp_path / "state") as on:
        for line in BLACK_HOLE:
            await on.line(line)
        await on.quiet()
        await on.press("escape", "w", "w", "s")
        assert "192.168.1.10:8080 ── [" in shown(on), "the connection that the error quotes"
        await on.press("escape")
        await on.line("flow 172.17.0.4:80 | tail -n 3")
        lost = [line for line in shown(on).splitlines() if again in line]
        assert lost, shown(on)
        assert all("✗───" in line and re.search(rf"{again} #\d+ {reason}", line) for line in lost)


async def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stream.svg").write_text("mine", encoding="utf-8")
    async with stage(tmp_path / "state") as on:
        await fetched(on)
        await on.press("s", "s", "enter")
        assert "There is such a file already" in shown(on)
        assert (tmp_path / "stream.svg").read_text(encoding="utf-8") == "mine"
        await on.press("tab", "s", "enter")
        text = (tmp_path / "stream.txt").read_text(encoding="utf-8")
        assert "HTTP/1.1 200 OK" in text, "what is on the screen, and no picture of the diagram"
        await on.press("shift+tab", "s")
        assert on.app.screen.query_one(Input).value == "stream.svg"


async def test_several_rows_and_rows_that_are_no_tcp_are_a_diagram(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("3", "s")
        assert "nginx-1" in shown(on)
        assert "ICMP echo request" in shown(on)
        assert "── arrows scroll, s saves" in shown(on), "there is no other view"
        await on.press("escape", "up", "shift+up", "shift+up", "s")
        assert shown(on).count("ICMP echo re") == 1
        assert "who-has" not in shown(on)[:2000]


@pytest.mark.parametrize("held", [(), ("up",)])
async def test_a_marked_row_that_no_filter_lets_through_is_a_diagram(tmp_path: Path, held: tuple[str, ...]) -> None:
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("escape", "3", "g", "m", "G", *held, "slash", *"udp", "enter", "s")
        assert isinstance(on.app.screen, StreamScreen)


async def test_keys_of_a_connections_row_follow_it_and_filter_its_frames(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("docker run -d -p 8080:80 --name web nginx")
        await on.line("exec nginx-1 curl -sI http://172.17.0.1:8080/")
        await on.quiet()
        main = on.app.main
        main.device.show(Place("host"), "connections")
        await on.press("escape", "2")
        await on.pilot.pause()
        await on.press("s")
        assert "── SYN ──" in shown(on)
        await on.press("escape", "f")
        assert 0 < len(main.log_pane.store) < main.log_pane.store.total
        assert {main.log_pane.store.row(at).protocol for at in range(len(main.log_pane.store))} <= {"TCP", "HTTP"}
        await on.press("f")
        assert len(main.log_pane.store) == main.log_pane.store.total


async def test_a_connection_to_ones_own_published_port_is_followed_behind_nat(tmp_path: Path) -> None:
    """No frame of it has the ends that the client knows: the host's own rules lead it on before one leaves."""
    async with stage(tmp_path) as on:
        for line in ("docker run -d --name web -p 8080:80 nginx", "curl -s 192.168.1.10:8080"):
            await on.line(line)
            await on.quiet()
        live = on.app.live
        row = next(one for one in live.connections("host", 100) if one.original[1] == "192.168.1.10:8080")
        found = of_row(live.session.trace, row)
        assert found is not None
        assert end_name(found.server) == row.reply[0] != row.original[1]
        assert [data.partition(b" ")[0] for _by, data in found.turns()] == [b"GET", b"HTTP/1.1"]


async def test_a_connection_of_no_tcp_says_how_it_is_followed_and_is(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line("exec nginx-1 ping -c 1 8.8.8.8")
        await on.quiet()
        on.app.main.device.show(Place("host"), "connections")
        await on.press("escape", "2")
        await on.pilot.pause()
        await on.press("s")
        assert "f shows its frames, s in the log a diagram" in shown(on)
        await on.press("f", "3", "s")
        assert isinstance(on.app.screen, StreamScreen)
        assert "ICMP echo request" in shown(on)
        assert "ARP" not in shown(on).partition("[Diagram]")[2]


@pytest.mark.parametrize(("protocol", "original", "reply", "wanted"), [
    ("tcp", ("10.0.0.1:4000", "10.0.0.2:80"), ("10.0.0.2:80", "10.0.0.1:4000"),
     "tcp and host 10.0.0.1 and port 4000 and host 10.0.0.2 and port 80"),
    ("udp", ("1.0.0.1:4", "1.0.0.2:5"), ("1.0.0.9:5", "1.0.0.1:4"),
     "({0} and host 1.0.0.2 and port 5) or (udp and host 1.0.0.9 and port 5 and {1})"),
    ("icmp", ("10.0.0.1", "10.0.0.2 type=8 code=0 id=7"), ("10.0.0.2", "10.0.0.1 type=0 code=0 id=7"),
     "icmp and host 10.0.0.1 and host 10.0.0.2"),
    ("sctp", ("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1"), "host 10.0.0.1 and host 10.0.0.2")])
def test_a_filter_for_a_connection(protocol: str, original: tuple[str, str], reply: tuple[str, str],
                                   wanted: str) -> None:
    text = filter_for(ConnectionRow(("a",), protocol, "", original, reply, 0, 1, 1, ""))
    assert text == wanted.format("udp and host 1.0.0.1 and port 4", "host 1.0.0.1 and port 4")
    assert validate(text) is None


async def test_what_was_copied_is_said(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await on.press("3", "up", "y")
        row = on.app.main.log_pane.current
        assert row is not None
        assert f"Copied: frame #{row.seq} as a line of text" in shown(on)
        await on.press("shift+up", "y")
        assert "Copied: 2 frames as text" in shown(on)


async def test_s_on_a_frame_shows_its_exchange_and_says_whose(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("docker run -d --name other busybox sleep 1d", "ping other nginx-1 -c 1",
                     "ping nginx-1 nginx-2 -c 1", "curl -sI 172.17.0.2"):
            await on.line(line)
            await on.quiet()
        store = on.app.main.log_pane.store
        rows = [store.row(at) for at in range(len(store))]
        row = next(row for row in rows if row.protocol == "ICMP" and row.node == "nginx-2")
        stream = of_exchange(on.app.live, row, rows)
        assert stream.title == "nginx-1 172.17.0.2 ↔ nginx-2 172.17.0.3"
        head, *lines = stream.views["diagram"]()
        assert head.split() == ["nginx-1", "nginx-2"]
        assert [line for line in lines if "echo re" in line]
        assert "TCP" not in "".join(lines)


def test_what_a_step_would_do_has_its_blank_behind_ascii_in_chinese() -> None:
    session = KeptSession(seed=1)
    for line in ("docker run -d --name web nginx", "docker run -d --name b1 busybox sleep 1d"):
        session.run(line)
    session.execute("curl -s 172.17.0.2")
    said = set()
    set_language("zh")
    while session.lab.scheduler.queue or session.lab.scheduler.ready:
        said.add(next_step(session, Namer(session.lab)))
        session.step()
    assert any("到达 " in one for one in said)
    assert not [one for one in said if re.search(r"[!-~]到达", one)]
