"""Keys typed in one burst: escape is escape, and each key finds the focus where those before it have put it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste

from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.kept.state_files import StateFiles
from netsandbox.tui.keys.line_keys import AFTER_KEY
from netsandbox.tui.options import Options
from netsandbox.tui.painting.typed_ahead import apart
from tests.tui.app_harness import Clock, Stage, stage


def typed(*reads: str | None) -> list[str]:
    """The keys that some reads of the terminal give, once no more come; None where nothing comes for long."""
    parser, found = XTermParser(), []
    for data in (*reads, None):
        if data is None and parser._timeout_time is not None:
            parser._timeout_time = 0.0
        for message in parser.tick() if data is None else parser.feed(data):
            if isinstance(message, Paste):
                found.append(f"paste {message.text}")
            else:
                found += [one.key for one in apart(message) if isinstance(one, Key)]
    return found


@pytest.mark.parametrize(("reads", "keys"), [
    (["\x1bn:x\x1b"], ["escape", "n", "colon", "x", "escape"]),
    (["\x1b", "n"], ["escape", "n"]),
    (["\x1b", ":"], ["escape", "colon"]),
    (["\x1b", None, "n"], ["escape", "n"]),
    (["\x1bn\x1b[A"], ["escape", "n", "up"]),
    (["\x1b\x1bn"], ["escape", "escape", "n"]),
    (["\x1b[A\x1bw"], ["up", "escape", "w"]),
    (["\x1b", "[A"], ["up"]),
    (["\x1bOP"], ["f1"]),
    (["\x1bb"], ["ctrl+left"]),
    (["\x1b[200~ls\x1b[201~n"], ["paste ls", "n"]),
    (["\x1b[200~l", "\x1bns", "\x1b[201~"], ["paste lns"]),
    (["\x1b[20", "0~l\x1bns\x1b[201~"], ["paste lns"]),
    (["a\rb\n"], ["a", "enter", "b", "enter"]),
    (["a\u3000b\u00a0"], ["a", "space", "b", "space"]),
])
def test_what_a_terminal_sends(reads: list[str | None], keys: list[str]) -> None:
    assert typed(*reads) == keys


@given(st.lists(st.sampled_from(["\x1b", "n", ":", "w", "x", "\x1b[A", "\x1b[5~"]), max_size=8))
def test_a_burst_is_what_its_keys_are_one_by_one(parts: list[str]) -> None:
    assert typed("".join(parts)) == [key for part in parts for key in typed(part)]


@pytest.mark.parametrize(("words", "line"), [
    ("ping nginx-1 nginx-2", "ping nginx-1 nginx-2"), ("docker ps", "docker ps"),
    ("nb nb", ""), ("zzzz a", ""), ("w", ""),
])
async def test_a_command_in_one_burst_is_typed_and_not_done(tmp_path: Path, words: str, line: str) -> None:
    async with stage(tmp_path) as on:
        driver = on.app._driver
        assert driver is not None
        for message in XTermParser().feed(words):
            driver.send_message(message)
        for _ in range(4):
            await on.pilot.pause()
        assert on.app.main.command.line == line


async def test_a_line_typed_ahead_of_a_load_keeps_the_prompt(tmp_path: Path) -> None:
    """Its letters were keys of the panes: `docke` of `docker run` opened a shell in a container."""
    async with stage(tmp_path, size=(120, 40)) as on:
        driver = on.app._driver
        assert driver is not None
        await on.press("colon")
        on.app.main.command.input.value = "load hub"
        for part in ("\r:show", " nodes"):
            for message in XTermParser().feed(part):
                driver.send_message(message)
            for _ in range(4):
                await on.pilot.pause()
        assert on.app.main.command.input.has_focus
        assert on.app.main.command.line == ":show nodes"
        await on.press("enter")
        assert on.app.live.jobs.since(0)[-1].text.startswith("pc4")


async def test_a_key_typed_ahead_of_a_load_is_a_key(tmp_path: Path) -> None:
    """It stood in the prompt, before the next line that somebody typed, while the lesson said to press p."""
    async with stage(tmp_path, size=(120, 40)) as on:
        driver = on.app._driver
        assert driver is not None
        await on.press("colon")
        on.app.main.command.input.value = "load hub"
        for message in XTermParser().feed("\rp"):
            driver.send_message(message)
        await on.quiet()
        assert on.app.main.command.line == ""
        stand = on.app.live.lesson.stand()
        assert stand is not None
        assert stand.number == 1


async def test_a_paste_onto_a_pane_is_for_the_command_line(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        driver = on.app._driver
        assert driver is not None
        driver.send_message(Paste("add-host a\nadd-host b\nshow"))
        await on.pilot.pause()
        await on.quiet()
        assert {"a", "b"} <= set(on.app.live.session.lab.nodes)
        assert on.app.main.command.line == "show"
        driver.send_message(Paste(" nodes"))
        await on.pilot.pause()
        assert on.app.main.command.line == "show nodes"


async def burst(on: Stage, *keys: str) -> None:
    driver = on.app._driver
    assert driver is not None
    for key in keys:
        driver.send_message(Key(key, {"colon": ":", "slash": "/"}.get(key, key if len(key) == 1 else None)))
    for _ in range(4):
        await on.pilot.pause()


async def test_no_key_goes_where_the_focus_was_before(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("one-cable", tour=False)) as on:
        await burst(on, "colon", *"ls", "escape", "p", "slash", *"arp", "enter", "p")
        assert on.app.main.command.line == "ls", "p is no letter of it"
        assert on.app.main.log_pane.filter_text == "arp"
        await on.quiet()
        stand = on.app.live.lesson.stand()
        assert stand is not None
        assert stand.number >= 1


async def test_a_key_behind_one_that_shows_a_pane_is_for_the_pane(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for name in ("nginx-1", "nginx-2"):
            await on.line(f"exec {name} ping 172.17.0.1")
        await on.press("escape")
        await burst(on, "8", "down", "k")
        assert [one.job.label for one in on.app.live.jobs.alive] == [1], "k ends what the cursor is on"


@pytest.mark.parametrize(("key", "line", "before"), [
    ("ctrl+f", "search", ""), ("x", "export", "frames.pcapng"), ("S", "picture", "netsandbox.svg"),
    ("e", "command", "")])
async def test_letters_behind_a_key_that_opens_a_line_are_in_it(tmp_path: Path, key: str, line: str,
                                                                before: str) -> None:
    async with stage(tmp_path) as on:
        await burst(on, key, *"who")
        assert getattr(on.app.main, line).line == f"{before}who"
        assert on.app.live.player.speed == 1


@pytest.mark.parametrize("page", [["ctrl+o", "escape", "escape"], ["ctrl+o", *"hub", "enter"], ["ctrl+p", "escape"]])
async def test_what_follows_a_page_in_one_burst_is_not_for_the_page(tmp_path: Path, page: list[str]) -> None:
    async with stage(tmp_path) as on:
        await burst(on, *page, "colon", *"abc")
        assert on.app.main.command.line == "abc"


async def test_a_key_pressed_while_the_lab_is_opened_is_for_that_lab(tmp_path: Path) -> None:
    app = NetsandboxApp(Options("one-cable", tour=False), StateFiles(tmp_path), Clock())
    begin = app.begin

    def begin_and_type() -> None:
        begin()
        for key in (Key("p", "p"), Key("colon", ":"), *(Key(one, one) for one in "show"), Key("space", " ")):
            app.post_message(key)

    app.begin = begin_and_type  # type: ignore[method-assign]
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(4):
            await pilot.pause()
        assert app.main.command.line == "show "
        await pilot.pause(2 * AFTER_KEY)
        assert not app.main.status.trouble, "show is no word of keys that were taken for themselves"
        stand = app.live.lesson.stand()
        assert stand is not None
        assert stand.number == 1
