"""The app as a person uses it: keys, mouse, time, commands, failures."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.widgets import Input

from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.verbs import lab_verbs
from netsandbox.session.autosave import recover
from netsandbox.session.owner import latest
from netsandbox.tui.keys.palette import LabCommands
from netsandbox.tui.options import Options
from netsandbox.tui.screens.browser import BrowserScreen
from netsandbox.tui.screens.help import HelpScreen
from netsandbox.tui.screens.pane_table import PANES
from netsandbox.tui.screens.tour import PAGES, TourScreen
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import stage
from tests.tui.harness import screen_text


async def test_it_opens_ready_and_p_pings(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        live = on.app.live
        assert [row.name for row in live.nodes()][:4] == ["host", "nginx-1", "nginx-2", "uplink"]
        assert on.app.main.topology.selected == Place("nginx-1")
        before = len(on.app.main.log_pane.store)
        await on.press("p")
        assert live.is_busy
        await on.pass_time(0.5)
        assert on.app.main.topology.moving or live.is_busy
        await on.quiet()
        rows = [on.app.main.log_pane.store.row(at) for at in range(before, len(on.app.main.log_pane.store))]
        assert {row.protocol for row in rows} == {"ARP", "ICMP"}
        assert any(mark.kind == "flood" for mark in live.marks())
        assert "1 packets transmitted, 1 received" in "\n".join(said.text for said in live.jobs.transcript)


async def test_time_stops_steps_and_goes_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        live, log = on.app.live, on.app.main.log_pane
        await on.press("space", "p")
        assert not live.player.is_playing
        begun = live.status().step
        for _ in range(3):
            await on.press("n")
        assert live.status().step == begun + 3
        rows = len(log.store)
        tables = live.neighbours("nginx-1")
        await on.press("b")
        assert live.status().step == begun + 2
        assert len(log.store) < rows
        await on.press("n")
        assert (len(log.store), live.neighbours("nginx-1")) == (rows, tables)
        await on.press("space")
        await on.quiet()
        assert live.status().quiet


async def test_a_line_typed_in_the_past_branches_and_undo_leads_to_the_old_future(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        live, log = on.app.live, on.app.main.log_pane
        await on.press("p")
        await on.quiet()
        digest, rows = live.session.trace.digest(), len(log.store)
        await on.press("u")
        assert len(log.store) < rows
        await on.press("ctrl+r")
        assert (live.session.trace.digest(), len(log.store)) == (digest, rows)
        await on.press("u")
        await on.line("add-host h9")
        assert "h9" in [row.name for row in live.nodes()]
        await on.press("escape", "u")
        while live.session.has_future:
            await on.press("n")
        assert (live.session.trace.digest(), len(log.store)) == (digest, rows)


async def test_jumps_between_commands_and_drops(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        live = on.app.live
        await on.line("exec nginx-1 ping -c 1 172.17.0.99")
        await on.press("escape")
        await on.quiet()
        end = live.status().step
        assert live.status().dropped
        await on.press("left_square_bracket")
        assert live.status().step < end
        await on.press("full_stop")
        current = on.app.main.log_pane.current
        assert current is not None
        await on.press("comma")
        await on.press("right_square_bracket")
        assert live.status().last_step == end


async def test_the_speed_goes_up_to_as_fast_as_it_can_and_down(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for _ in range(12):
            await on.press("plus")
        assert on.app.live.status().speed == 0
        for _ in range(12):
            await on.press("minus")
        assert on.app.live.status().speed == 0.1


async def test_filter_why_and_detail(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(80, 24)) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        await on.press("slash", *"icmp", "enter")
        assert {main.log_pane.store.row(at).protocol for at in range(len(main.log_pane.store))} == {"ICMP"}
        await on.press("w")
        assert main.why.display
        assert not main.log_pane.display
        assert main.why.why is not None
        assert main.why.why.causes[-1].text.startswith("❯ ping nginx-1")
        await on.press("escape", "escape")
        assert main.log_pane.display
        main.log_pane.focus()
        await on.press("up", "enter")
        assert main.detail.display
        assert main.detail.frame is not None


async def test_what_follows_the_colon_in_one_burst_is_typed(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.pilot.press("colon", *"ping nginx-2 nginx-1", "enter")
        await on.quiet()
        assert [entry.line for entry in on.app.live.session.journal][-1] == "ping nginx-2 nginx-1"


async def test_a_colon_typed_in_the_line_is_no_letter_of_a_command(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("colon", "colon", *"docker ru", "tab")
        assert on.app.main.command.line == ":docker run "
        assert "docker run" in on.app.live.hint(on.app.main.command.line)


async def test_the_habits_of_editors_and_pagers_end_the_app(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for typed in ("quit", ":q", ":q!", ":wq"):
            on.app.live.wants_quit = False
            on.app.live.execute(typed)
            assert on.app.live.wants_quit, typed


async def test_a_shell_in_a_namespace_and_out_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("e")
        assert "nginx-1 #" in screen_text(on.app)  # type: ignore[arg-type]
        await on.line("hostname")
        assert on.app.live.jobs.transcript[-1].text
        await on.line("exit")
        assert on.app.live.prompt() == "host"


async def test_a_scenario_step_by_step(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("docker0-ping", tour=False)) as on:
        live, main = on.app.live, on.app.main
        count = len(live.session.pending)
        assert count
        asked = sum(bool(step.ask) for step in live.session.pending)
        for _ in range(count + asked):
            await on.press("p")
            await on.quiet()
            assert main.say.text
        assert not live.session.pending
        kinds = {said.kind for said in live.jobs.transcript}
        assert "fail" not in kinds
        await on.press("p")
        await on.quiet()
        assert isinstance(on.app.screen, BrowserScreen), "and then to the next lesson"


async def test_a_scenario_that_does_not_load_is_told_and_the_app_opens_empty(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("netsandbox: 1\nsetup:\n  - 7\n")
    async with stage(tmp_path / "state", Options(str(wrong), tour=False)) as on:
        assert "wrong.yaml:3" in screen_text(on.app)  # type: ignore[arg-type]
        await on.line("add-host h1")
        assert [row.name for row in on.app.live.nodes()] == ["h1"]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_shell: object, job: object, _values: object) -> None:
        raise RuntimeError("\x1b[31mdoes [not] work")
    monkeypatch.setattr(lab_verbs, "add_hub", lab_verbs.add_hub._replace(handler=fail))


@pytest.mark.usefixtures("broken")
async def test_an_exception_in_a_command_is_shown_and_logged_and_the_lab_is_intact(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        live = on.app.live
        digest = live.session.trace.digest()
        await on.line("add-hub hub1")
        assert "RuntimeError" in screen_text(on.app)  # type: ignore[arg-type]
        assert "does [not] work" in (tmp_path / "errors.log").read_text()
        assert live.session.trace.digest() == digest
        await on.line("ping nginx-1 nginx-2")
        await on.press("escape")
        await on.quiet()
        assert live.session.journal[-1].line == "ping nginx-1 nginx-2"


async def test_a_session_that_was_not_left_can_be_recovered(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("add-host left-behind")
        on.app.exit(143)
        on.app.autosave.leave()
    path = latest(tmp_path)
    assert path is not None
    assert recover(path).lab.nodes.keys() >= {"left-behind"}
    async with stage(tmp_path, Options(recover=True, tour=False)) as on:
        assert "left-behind" in [row.name for row in on.app.live.nodes()]
        assert on.app.main.status.message == "Recovered: 1 lines", "those that somebody typed, as was told at the start"
        on.app.action_quit_now()
    assert latest(tmp_path) is None


async def test_who_opens_the_app_after_a_session_that_was_not_left_is_told_of_it_in_one_line(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.app.exit(143)
        on.app.autosave.leave()
    async with stage(tmp_path) as on:
        assert not on.app.main.status.message, "nobody had typed anything"
        await on.line("add-host left-behind")
        on.app.exit(143)
        on.app.autosave.leave()
    async with stage(tmp_path) as on:
        assert on.app.main.status.message == (
            "An earlier session was not ended: netsandbox --recover brings its lines back (1)")
        await on.press("escape", "p")
        assert "earlier session" not in on.app.main.status.message


async def test_a_lesson_and_its_branches_are_recovered(tmp_path: Path) -> None:
    """The reader stands at the step that was read, and what was left behind in another branch is there."""
    async with stage(tmp_path, Options("one-cable", tour=False)) as on:
        await on.to_step(3)
        await on.press("u")
        await on.line("add-host other")
        on.app.exit(143)
        on.app.autosave.leave()
    async with stage(tmp_path, Options(recover=True, tour=False)) as on:
        assert "step 2 of 9" in screen_text(on.app)  # type: ignore[arg-type]
        assert [row.name for row in on.app.live.session.branch_rows()] == ["main", "b2"]
        await on.line("branch main")
        assert "other" not in [row.name for row in on.app.live.nodes()]
        on.app.action_quit_now()


async def test_hostile_names_and_output_are_shown_harmlessly(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("add-host [red]x")
        await on.line("echo \x1b]0;title\x07 \u202e [bold]")
        await on.line("add-host \u0627\u0644\u0639")
        await on.line("add-host \u4e3b\u673a")
        on.app.sync()
        await on.pilot.pause()
        text = screen_text(on.app)  # type: ignore[arg-type]
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\u4e3b\u673a" in text


async def test_the_mouse_selects_seeks_and_presses_keys(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        await on.pilot.click("#log", offset=(20, 3))
        assert not main.log_pane.following
        await on.pilot.click("#timeline", offset=(3, 0))
        await on.pilot.pause()
        assert on.app.live.status().step < on.app.live.status().last_step
        await on.pilot.click("#keys", offset=(2, 0))
        await on.pilot.pause()
        assert main.command.input.has_focus


async def test_a_live_resize_and_a_terminal_too_small(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for size in ((80, 24), (200, 50), (20, 5)):
            await on.pilot.resize_terminal(*size)
            await on.pilot.pause()
        assert "60" in screen_text(on.app)  # type: ignore[arg-type]
        await on.pilot.resize_terminal(80, 24)
        await on.line("show nodes")
        await on.press(*"show", "space")
        step = on.app.live.status().step
        await on.pilot.resize_terminal(50, 14)
        await on.press("escape", "b", "p")
        assert on.app.live.status().step == step, "no key acts unseen"
        on.app.main.set_view("output")
        await on.pilot.pause()
        lines = [line.strip() for line in screen_text(on.app).splitlines() if line.strip()]  # type: ignore[arg-type]
        assert lines == ["netsandbox needs 60 columns and 18 rows.", "This terminal has 50 and 14."], "and no pane"
        await on.pilot.resize_terminal(120, 40)
        await on.pilot.pause()
        assert "nginx-1" in screen_text(on.app)  # type: ignore[arg-type]
        await on.press(*"nodes")
        assert on.app.main.command.line == "show nodes", "the line that was being typed goes on"


@pytest.mark.parametrize(("size", "rows"), [((62, 18), 1), ((80, 24), 5), ((120, 40), 5)])
async def test_a_long_text_leaves_room_for_prompt_and_log(tmp_path: Path, size: tuple[int, int], rows: int) -> None:
    """Of the smallest terminal five lines of text took the prompt, the keys and the log."""
    path = tmp_path / "long.yaml"
    path.write_text(f"netsandbox: 2\nsetup: [add-host pc1]\nsteps: [{{say: {'many words ' * 60}}}, {{say: end}}]\n")
    async with stage(tmp_path / "state", Options(str(path), tour=False), size=size) as on:
        await on.press("p", "3")
        assert on.app.main.say.size.height == rows
        assert "host \u276f" in screen_text(on.app)  # type: ignore[arg-type]
        assert "^Q quit" in screen_text(on.app)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_pane_is_maximised_and_put_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path, size=size) as on:
        main = on.app.main
        for number, declared in enumerate(PANES, 1):
            if declared.name == "detail":  # two in one
                continue
            pane = main.panes[declared.name]
            await on.press(str(number), "z")
            assert main.maximized is pane
            assert pane.size.height > size[1] - 9
            assert pane.region.width == size[0], "and no more: nobody would see its end"
            await on.press("z")
            assert main.maximized is None


async def test_after_a_step_back_the_panes_are_about_the_frame_that_the_log_marks(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        for key in ("b", "b", "n", "b"):
            await on.press(key)
            assert main.log_pane.current is not None
            assert main.about == main.log_pane.current.seq
            assert main.detail.frame is not None


async def test_help_and_palette(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("question_mark")
        assert isinstance(on.app.screen, HelpScreen)
        assert "ctrl+r" in on.app.screen.page().plain
        await on.press("escape")
        await on.press("ctrl+p", *"toggle-host")
        await on.pilot.pause(0.3)
        assert "toggle-host-net" in screen_text(on.app)  # type: ignore[arg-type]
        await on.press("enter")
        assert on.app.main.command.line.startswith("toggle-host-net ")


@pytest.mark.parametrize("typed", ["branch", "set-mac"])
async def test_the_palette_shows_a_usage_whole(tmp_path: Path, typed: str) -> None:
    """`[BRANCH]` was taken for markup, and eaten."""
    usage = VERBS[typed].usage
    assert "[" in usage
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("ctrl+p", *typed)
        await on.pilot.pause(0.3)
        shown = " ".join(screen_text(on.app).split())  # type: ignore[arg-type]
        assert usage in shown


@pytest.mark.parametrize("typed", ["sequence", "diagram", "stream"])
async def test_the_palette_finds_the_key_that_draws_a_sequence_diagram(tmp_path: Path, typed: str) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.press("ctrl+p", *typed)
        await on.pilot.pause(0.3)
        assert "a sequence diagram" in screen_text(on.app)  # type: ignore[arg-type]


async def test_the_palette_finds_lessons_by_name_and_title(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("ctrl+p", *"everyone hears")
        async with asyncio.timeout(60):
            while "load hub" not in screen_text(on.app):  # type: ignore[arg-type]
                await on.pilot.pause(0.05)
        await on.press("enter")
        await on.quiet()
        assert on.app.live.title() == "A hub, where everyone hears everything"


async def test_the_tour_is_shown_once_and_the_browser_behind_it(tmp_path: Path) -> None:
    async with stage(tmp_path, Options()) as on:
        assert isinstance(on.app.screen, TourScreen)
        await on.press(*["enter"] * PAGES)
        assert isinstance(on.app.screen, BrowserScreen)
        await on.press("escape")
        assert on.app.screen is on.app.main
    async with stage(tmp_path, Options()) as on:
        assert on.app.screen is on.app.main


async def test_p_on_the_tour_s_last_page_shows_its_ping(tmp_path: Path) -> None:
    """The list of lessons lay over it."""
    async with stage(tmp_path, Options()) as on:
        await on.press(*["enter"] * (PAGES - 1), "p")
        await on.quiet()
        assert on.app.screen is on.app.main
        assert on.app.live.session.journal[-1].line.startswith("ping")
        await on.press("b")
        assert on.app.live.held, "its keys are the panes'"


async def test_the_frames_that_the_tour_speaks_of_are_seen_behind_it_until_it_is_left(tmp_path: Path) -> None:
    """The log went on with the ping, and the ARP frames were gone from its eight rows."""
    async with stage(tmp_path, Options()) as on:
        await on.pass_time(2)
        assert on.app.main.log_pane.following, "nobody has pinged yet"
        await on.press("p")
        await on.quiet()
        assert "Request who-has 172.17.0.3 tell 172.17.0.2" in screen_text(on.app)  # type: ignore[arg-type]
        await on.press("escape")
        assert on.app.main.log_pane.following


async def test_who_leaves_tour_and_browser_is_at_the_command_line(tmp_path: Path) -> None:
    """The letters of a first line did what they do as keys, and e opened a shell."""
    async with stage(tmp_path, Options()) as on:
        await on.press("escape", "escape")
        assert "Type a line: ping nginx-1 nginx-2" in screen_text(on.app)  # type: ignore[arg-type]
        await on.press(*"help", "space", "p")
        assert on.app.main.command.line == "help p"
        assert on.app.live.prompt().startswith("host")
        await on.press("escape", "ctrl+o", "escape", "p")
        assert on.app.live.session.journal[-1].line.startswith("ping"), "later it goes back to where one was"


@pytest.mark.parametrize(("keys", "page"), [((), TourScreen), (("escape",), BrowserScreen)])
async def test_a_line_typed_at_the_tour_in_one_burst_is_taken(
        tmp_path: Path, keys: tuple[str, ...], page: type[Screen[object]]) -> None:
    """At the browser behind it too, where it went into the search."""
    async with stage(tmp_path, Options()) as on:
        await on.press(*keys)
        assert isinstance(on.app.screen, page)
        driver = on.app._driver
        assert driver is not None
        for key in ("colon", *"hostname"):
            driver.send_message(Key(key, ":" if key == "colon" else key))
        await on.press("enter")
        await on.quiet()
        assert on.app.screen is on.app.main
        assert on.app.live.jobs.transcript[-1].text == "host"


async def test_the_browser_s_edge_names_the_colon_only_where_it_is_no_letter(tmp_path: Path) -> None:
    async with stage(tmp_path, Options()) as on:
        await on.press("escape")
        dialog = on.app.screen.query_one(".dialog")
        assert ": command" in str(dialog.border_subtitle)
        await on.press("v", "colon")
        assert on.app.screen.query_one(Input).value == "v:"
        assert str(dialog.border_subtitle) == "enter opens, ctrl+u empties the line, esc closes"
        await on.press("ctrl+u")
        assert ": command" in str(dialog.border_subtitle)


async def test_a_line_with_colons_typed_at_the_browser_in_one_burst_is_whole(tmp_path: Path) -> None:
    """Its first colon came to the list before the letters were in their line, and went to the prompt without them."""
    async with stage(tmp_path, Options()) as on:
        await on.press("escape")
        assert isinstance(on.app.screen, BrowserScreen)
        driver = on.app._driver
        assert driver is not None
        line = "docker run -d --name web -p 127.0.0.1:8080:80 nginx"
        for letter in line:
            driver.send_message(Key(_character_to_key(letter), letter))
        await on.press("enter")
        assert on.app.screen is on.app.main
        assert on.app.main.command.line == line


@pytest.mark.parametrize("line", ["docker run -d --name w2 nginx", "ip addr"])
async def test_a_line_typed_at_the_tour_letter_by_letter_is_a_line(tmp_path: Path, line: str) -> None:
    """Its spaces turned the pages, what was left looked for a lesson, and enter opened it."""
    async with stage(tmp_path, Options()) as on:
        assert isinstance(on.app.screen, TourScreen)
        await on.press(*("space" if one == " " else one for one in line))
        assert on.app.screen is on.app.main
        assert on.app.main.command.line == line


async def test_a_line_typed_at_the_browser_opens_no_lesson(tmp_path: Path) -> None:
    async with stage(tmp_path, Options(tour=False)) as on:
        await on.press("ctrl+o", *"docker", "space", *"run", "space", "minus", "d", "space", *"nginx", "enter")
        assert on.app.screen is on.app.main
        assert on.app.main.command.line == "docker run -d nginx"
        assert not on.app.live.session.scenario or on.app.live.lesson.stand() is None
        await on.press("ctrl+u", "escape", "ctrl+o", *"docker", "space", *"network", "enter")
        await on.quiet()
        assert on.app.live.lesson.stand() is not None, "words to look for, though a command begins with them"


async def test_p_in_the_tour_does_what_it_does_without_it_and_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, Options()) as on:
        assert "nginx-1 pings nginx-2" in screen_text(on.app)  # type: ignore[arg-type]
        await on.press("p")
        assert isinstance(on.app.screen, TourScreen)
        assert "2/4" in screen_text(on.app)  # type: ignore[arg-type]
        await on.quiet()
        assert on.app.live.session.journal[-1].line == "ping nginx-1 nginx-2"
        await on.press("question_mark")
        assert isinstance(on.app.screen, HelpScreen)
        await on.press("escape")
        assert isinstance(on.app.screen, TourScreen)


async def test_the_tour_may_be_left_while_it_opens(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.app._tour()
        assert isinstance(on.app.screen, TourScreen)
        on.app.screen.dismiss(True)
        await on.pilot.pause()
        assert on.app.screen is on.app.main


async def test_no_tour_lies_over_a_lesson(tmp_path: Path) -> None:
    """The lesson's own pane says what p does; the card would hide it."""
    async with stage(tmp_path, Options("one-cable")) as on:
        text = screen_text(on.app)  # type: ignore[arg-type]
        assert on.app.screen is on.app.main
        assert "p goes on" in text
        assert "Press p for the first step" in text, "not a line to type, in the empty picture"
        assert not on.app.files.has("tour-seen")


async def test_history_is_kept_between_runs(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("show nodes")
    async with stage(tmp_path) as on:
        await on.press("colon", "up")
        assert on.app.main.command.line == "show nodes"


@pytest.mark.parametrize("rest", [bytes(range(56, 256)), b"\0" * 200 + b"\n", b"show mac\n\xff\xfe\n"])
async def test_a_damaged_history_is_set_aside_and_later_lines_are_kept(tmp_path: Path, rest: bytes) -> None:
    (tmp_path / "commands").write_bytes(b"show arp\n" + rest)
    async with stage(tmp_path) as on:
        await on.line("show nodes")
    assert (tmp_path / "commands.set-aside").read_bytes() == b"show arp\n" + rest
    kept = (tmp_path / "commands").read_text("utf-8").splitlines()
    assert kept[0] == "show arp"
    assert kept[-1] == "show nodes"


async def test_ctrl_c_ends_a_program(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping 172.17.0.3")
        await on.pass_time(2)
        assert on.app.live.jobs.running is not None
        await on.press("ctrl+c")
        await on.quiet()
        assert on.app.live.jobs.running is None
        assert on.app.live.session.journal[-1].line == "^C"


async def test_files_that_cannot_be_written_cost_nothing_but_a_message(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    async with stage(file / "state") as on:
        await on.line("add-host h1")
        assert "journal" in screen_text(on.app)  # type: ignore[arg-type]
        assert "h1" in [row.name for row in on.app.live.nodes()]


async def test_while_only_time_passes_the_screen_is_brought_up_to_date_once_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        main, looks = on.app.main, []
        sync = main.sync
        monkeypatch.setattr(main, "sync", lambda *some: (looks.append(on.clock.now), sync(*some)))
        before = screen_text(on.app)  # type: ignore[arg-type]
        for _ in range(50):
            on.clock.now += 0.2
            on.app.tick()
        await on.pilot.pause()
        assert 10 <= len(looks) <= 12, "and when a timer fires"
        after = screen_text(on.app)  # type: ignore[arg-type]
        assert "19 s" in before
        assert "9 s" in after
        looks.clear()
        await on.press("p")
        on.clock.now += 0.2
        on.app.tick()
        assert len(looks) == 2, "what happens is shown at once"


async def test_a_device_s_table_keeps_its_columns_when_rows_come_and_go_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for line in ("ip link set docker0 down", "ip link set docker0 up", "ping nginx-1 nginx-2"):
            await on.line(line)
            await on.quiet()
            text = screen_text(on.app)  # type: ignore[arg-type]
            learned = [row for row in on.app.live.fdb("host", "docker0") if not row.permanent]
            for row in learned:
                assert f"{row.mac} {row.port}" in text
        assert len(learned) == 2


async def test_the_bridge_in_use_is_pinned_until_a_person_pins_another_device(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("netsandbox: 1\nsetup: [docker network create -o com.docker.network.bridge.name=br-web web]\n")
    async with stage(tmp_path / "state", Options(str(path), tour=False)) as on:
        main = on.app.main
        assert main.topology.pinned == Place("host", "docker0")
        await on.line("docker run -d --network web --name w1 nginx")
        assert main.topology.pinned == main.pinned.place == Place("host", "br-web")
        await on.line("docker run -d --name n1 nginx")
        assert main.topology.pinned == Place("host", "br-web")
        main.topology.select(Place("w1"))
        await on.press("escape", "i")
        await on.line("docker rm -f w1")
        assert main.topology.pinned != Place("host", "docker0")


async def test_a_drop_that_is_jumped_to_is_explained_though_it_has_no_row(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping -c 1 172.17.0.99")
        await on.press("escape")
        await on.quiet()
        await on.press("comma")
        await on.pilot.pause()
        main = on.app.main
        drop = on.app.live.why_last_drop()[0]
        assert drop is not None
        assert main.about == drop
        await on.press("w")
        assert main.why.why == on.app.live.why(drop)
        main.log_pane.focus()
        await on.press("up", "down")
        assert main.about != drop


async def test_a_theme_that_is_none_names_the_nearest_one(tmp_path: Path) -> None:
    async with stage(tmp_path, Options(tour=False, theme="light")) as on:
        assert on.app.main.status.message == "No theme is called light; did you mean textual-light?"


async def test_the_palette_has_the_panes_keys_and_a_paused_paste_says_how_many_lines_wait(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        names = [entry.name for entry in LabCommands(on.app.main)._entries()]
        assert {"Topology Zoom in (>)", "Frame log Journeys (f)", "Lesson Check (r)"} <= set(names)
        assert sum("(m)" in name for name in names) == 1, "what works everywhere is there once"
        await on.press("space")
        on.app.main.command.open("")
        on.app.main.command.pasted("ping nginx-1 nginx-2\nip netns add a\nip netns add b\n")
        await on.pilot.pause()
        assert "lines waiting: 2" in on.app.main.status.message
