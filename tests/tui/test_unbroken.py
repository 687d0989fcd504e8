"""The app outlives every key: the palette entered twice, a handler that fails, a line that would not end."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App
from textual.command import CommandList
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.events import Click, Key
from textual.message import Message

from netsandbox.engine import budget
from netsandbox.engine.budget import Budget, Use
from netsandbox.session.autosave import Autosave, mark, marked, recover
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.at_work import LONG, AtWork
from netsandbox.tui.i18n import set_language
from netsandbox.tui.painting.interruptible import listening
from netsandbox.tui.painting.unbroken import MOST_FAILURES
from netsandbox.tui.panes.prompt_line import PromptLine
from tests.session.lines import built, state
from tests.tui.app_harness import stage as opened
from tests.tui.harness import screen_text


@pytest.mark.parametrize("keys", [("down", "enter", "enter"), ("down", "enter", "enter", "enter"), ("enter", "escape"),
                                  ("down", "enter", "escape", "escape"), ("escape", "escape")])
async def test_the_palette_entered_twice_closes_once(keys: tuple[str, ...], tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+p")
        for key in keys:  # quickly: nothing of it is handled before the last one is there
            stage.app._driver.send_message(Key(key, None))  # type: ignore[union-attr]
        for _ in range(5):
            await stage.pilot.pause()
        assert stage.app.is_running
        await stage.press("escape", "escape")
        assert stage.app.screen is stage.app.main
        await stage.line("add-host alive")
        assert "alive" in stage.app.live.session.lab.nodes


async def test_a_palette_opens_while_another_one_closes(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+p")
        for key in ("escape", "ctrl+p", "escape", "ctrl+p"):
            stage.app._driver.send_message(Key(key, None))  # type: ignore[union-attr]
        stage.app.pop_screen()
        stage.app.action_command_palette()
        await stage.pilot.pause()
        assert stage.app._exception is None
        assert not stage.app.main.status.trouble


@pytest.mark.parametrize("closes", [True, False])
async def test_what_a_key_looks_for_on_a_page_that_closes_is_no_fault(tmp_path: Path, closes: bool,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+p")
        with monkeypatch.context() as patch:
            patch.setattr(type(stage.app.screen), "is_attached", not closes)
            stage.app._handle_exception(NoMatches("CommandList"))
        assert (stage.app._exception is None) == closes
        stage.app._exception = None


@pytest.mark.parametrize("keys", [("ctrl+q", "f1"), ("ctrl+q", "ctrl+o"), ("f1", "ctrl+q")])
async def test_the_app_is_left_while_a_page_opens(tmp_path: Path, keys: tuple[str, str]) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("colon")
        for key in keys:
            stage.app._driver.send_message(Key(key, None))  # type: ignore[union-attr]
        await stage.pilot.pause()
        assert stage.app.return_code == 0
        assert stage.app._exception is None


async def test_an_exception_in_a_handler_is_told_and_logged_and_the_part_goes_on(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as stage:
        with monkeypatch.context() as patch:
            patch.setattr(NetsandboxApp, "action_help", lambda _self: 1 // 0)
            patch.setattr(PromptLine, "open", lambda _self, _text="": 1 // 0)
            for key in ("question_mark", "colon", "slash", "question_mark"):
                await stage.press(key)
        assert stage.app.main.status.trouble
        await stage.line("add-host alive")
        assert "alive" in stage.app.live.session.lab.nodes
        assert (tmp_path / "errors.log").read_text(encoding="utf-8").count("ZeroDivisionError: ") == 4
        assert isinstance(stage.app._exception, ZeroDivisionError)
        stage.app._exception = None  # of which the harness would tell a test


async def test_what_fails_without_end_ends_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Exception] = []
    monkeypatch.setattr(App, "_handle_exception", lambda _self, error: ended.append(error))
    async with opened(tmp_path) as stage:
        for number in range(MOST_FAILURES + 1):
            assert ended == [], number
            stage.app._handle_exception(ZeroDivisionError())
        assert len(ended) == 1
        stage.app._exception = None


@pytest.mark.parametrize(("key", "is_long", "ends"), [
    ("ctrl+c", False, True), ("ctrl+c", True, True), ("escape", True, True), ("escape", False, False)])
def test_a_key_ends_the_line_at_work(key: str, is_long: bool, ends: bool) -> None:
    """An escape behind a line's enter leaves the prompt; only what one waits for is ended by it."""
    class Deaf:
        def process_message(self, message: Message) -> None:
            passed.append(message)
    passed: list[Message] = []
    driver = listening(Deaf, lambda: is_long)()  # type: ignore[arg-type,call-arg]
    assert issubclass(listening(Driver, bool), Driver)
    with budget.on(line := Budget()):
        driver.process_message(Key("x", "x"))
        line.spend(Use.WORK)
        driver.process_message(Key(key, None))
        with pytest.raises(budget.OverBudgetError, match="interrupted") if ends else nullcontext():
            line.spend(Use.WORK)
    assert len(passed) == 2


async def test_a_line_that_was_stopped_leaves_the_lab_as_it_was(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as stage:
        session = stage.app.live.session
        before, journal = state(session), list(session.journal)
        monkeypatch.setattr(Use.COMMANDS, "limit", 20)
        await stage.line("for i in {1..30}; do sysctl -w net.ipv4.ip_forward=0; done")
        await stage.quiet()
        assert (state(session), session.journal) == (before, journal)
        said = "\n".join(one.text for one in stage.app.live.jobs.transcript)
        assert "stopped: more than 20 commands in one line" in said
        await stage.line("for i in {1..30}; do ping -c 1 172.17.0.2 > /dev/null; done")
        await stage.quiet()
        assert (state(session)[1:], session.journal) == (before[1:], journal)
        await stage.line("add-host alive")
        assert session.journal[-1].line == "add-host alive"


def test_a_line_of_a_replay_is_not_stopped_on_its_way() -> None:
    """The replay is, between two lines (tests/session/test_stopped_moves.py)."""
    session = built("add-host a", "for i in 1 2; do ip link add d$i type dummy; done")
    before = state(session)
    session.undo()
    execute = session.shell.execute

    def stopped(line: str) -> object:
        assert budget.interrupt()
        return execute(line)
    session.shell.execute = stopped  # type: ignore[assignment,method-assign]
    session.redo()
    assert state(session) == before


def test_what_is_at_work_for_long_is_marked_once_and_unmarked_when_it_ends() -> None:
    said: list[str] = []
    clock = AtWork(lambda: said.append("mark"), lambda: said.append("unmark"))
    clock.look(float("inf"))
    with clock.busy(), clock.busy():
        since = clock._since or 0
        clock.look(since + LONG - 0.1)
        assert said == []
        clock.look(since + LONG + 0.1)
        clock.look(since + LONG + 0.2)
        assert said == ["mark"]
        assert clock.is_long
    assert not clock.is_long
    assert said == ["mark", "unmark"]
    with clock.busy():
        pass
    assert said == ["mark", "unmark"]


def test_recovery_stops_before_the_line_that_did_not_end(tmp_path: Path) -> None:
    session = KeptSession()
    autosave = Autosave(session, tmp_path)
    for line in ("add-host a", "add-host b", "add-host c"):
        session.run(line)
    autosave.mark()
    assert marked(autosave.path) == "add-host c"
    assert recover(autosave.path).lab.nodes.keys() == built("add-host a", "add-host b").lab.nodes.keys()
    autosave.unmark()
    assert marked(autosave.path) == ""
    assert state(recover(autosave.path)) == state(session)
    mark(autosave.path, 2)
    assert [entry.line for entry in recover(autosave.path).journal] == ["add-host a"]
    for nonsense in (0, 99):
        mark(autosave.path, nonsense)
    autosave.forget()


async def test_a_recovery_that_hangs_is_marked_where_it_hangs(tmp_path: Path) -> None:
    session = KeptSession()
    autosave = Autosave(session, tmp_path)
    for line in ("add-host a", "add-host b"):
        session.run(line)
    told: list[int] = []
    recover(autosave.path, told.append)
    assert told == [1, 2]
    autosave.leave()


async def test_a_window_of_another_size_and_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        for size in ((800, 500), (1, 1), (120, 40)):
            async with asyncio.timeout(60):
                await stage.pilot.resize_terminal(*size)
                await stage.pilot.pause()
        await stage.line("add-host alive")
        assert "alive" in stage.app.live.session.lab.nodes


async def test_a_page_key_for_a_palette_that_is_not_painted_yet_and_pages_closed_once_too_often(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+p")
        commands = stage.app.screen.query_one(CommandList)
        assert commands.option_count
        commands.styles.height = 0
        await stage.press("pagedown", "pageup", "end", "home")
        last = stage.app.screen_stack[0]
        for _ in range(len(stage.app.screen_stack) + 1):
            await stage.app.pop_screen()
        assert (stage.app.screen_stack, stage.app._exception) == ([last], None)


async def test_a_click_on_a_line_that_is_gone_from_its_list_chooses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+p")
        commands = stage.app.screen.query_one(CommandList)
        gone = Click(commands, 1, 1, 0, 0, 1, False, False, False, style=Style(meta={"option": commands.option_count}))
        commands.post_message(gone)
        await stage.pilot.pause()
        assert stage.app._exception is None
        assert stage.app.screen is not stage.app.main, "the palette waits for another choice"
        assert not stage.app.main.status.trouble


@pytest.mark.parametrize(("chosen", "words"), [("en", "Nothing matches"), ("zh", "没有相符的命令")])
async def test_the_palette_says_that_nothing_matches(chosen: str, words: str, tmp_path: Path) -> None:
    set_language(chosen)
    async with opened(tmp_path) as stage:
        await stage.press("ctrl+p", *"zzzz")
        commands = stage.app.screen.query_one(CommandList)
        async with asyncio.timeout(60):
            while not commands.option_count or words not in str(commands.get_option_at_index(0).prompt):
                await stage.pilot.pause(0.05)


async def test_what_works_for_a_page_that_was_left_fails_without_a_word(tmp_path: Path) -> None:
    async with opened(tmp_path) as stage:
        stage.app.run_worker(_looks_in_vain(), exit_on_error=True)
        await stage.pilot.pause()
        assert not stage.app.main.status.trouble
        assert stage.app._exception is None


async def _looks_in_vain() -> None:
    raise NoMatches


async def test_an_app_that_is_taken_down_looks_at_its_panes_no_more(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that came while they went found a table gone, and ended a good session with a traceback."""
    async with opened(tmp_path) as on:
        looks: list[int] = []
        monkeypatch.setattr(on.app, "tick", partial(looks.append, 1))
        on.app._on_timer()
        assert looks
    looks.clear()
    on.app._on_timer()
    assert not looks


@pytest.mark.parametrize(("language", "told"), [("en", "Not saved: branch main"), ("zh", "分支 main 还没有保存")])
async def test_ctrl_q_asks_about_a_branch_that_the_saved_file_does_not_have(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    """A file holds one branch: the other was gone, and nobody had asked."""
    monkeypatch.chdir(tmp_path)
    set_language(language)
    async with opened(tmp_path / "state") as on:
        left: list[int] = []
        monkeypatch.setattr(on.app, "exit", left.append)
        for line in ("add-container c3", "undo", "add-container c4", "save one.yaml"):
            await on.line(line)
            await on.quiet()
        await on.press("ctrl+q")
        assert left == []
        assert told in on.app.main.status.message
        await on.press("escape")
        for line in ("branch main", "save two.yaml"):
            await on.line(line)
            await on.quiet()
        await on.press("ctrl+q")
        assert left == [0], "each has its file"


@pytest.mark.parametrize(("language", "told"), [("en", "enter again leaves this lab"), ("zh", "再按 enter 就丢下")])
async def test_a_line_that_quits_is_entered_twice_where_lines_were_typed_that_no_file_has(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    """ctrl+q asked, and :quit ended the app at once."""
    set_language(language)
    async with opened(tmp_path) as on:
        left: list[int] = []
        monkeypatch.setattr(on.app, "exit", left.append)
        await on.line("add-container c3")
        await on.quiet()
        for line in ("quit", ":q"):
            await on.line(line)
            assert left == []
            assert told in screen_text(on.app)
            await on.press("escape")
        await on.line("quit")
        await on.press("enter")
        assert left == [0]
        await on.line("q!")
        assert left == [0, 0], "in force, as in vi"


@pytest.mark.parametrize(("language", "told"), [("en", "ctrl+q again quits"), ("zh", "再按 ctrl+q 退出")])
async def test_ctrl_q_asks_once_where_lines_were_typed_that_no_file_has(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    monkeypatch.chdir(tmp_path)
    set_language(language)
    async with opened(tmp_path / "state") as on:
        left: list[int] = []
        monkeypatch.setattr(on.app, "exit", left.append)
        for line in ("show nodes", "why", "nonsense-that-nothing-is", "undo"):
            await on.line(line)
        await on.press("escape", "p")
        await on.quiet()
        await on.press("ctrl+q")
        assert left == [0], "to look, and what a key does, is nothing to keep"
        await on.line("add-container c3")
        for key in ("ctrl+q", "escape", "ctrl+q"):
            await on.press(key)
            assert left == [0]
            if key == "ctrl+q":
                assert told in on.app.main.status.message
        await on.press("ctrl+q")
        assert left == [0, 0]
        await on.line("save mine.yaml")
        assert (tmp_path / "mine.yaml").exists()
        await on.press("ctrl+q")
        assert left == [0, 0, 0]
        await on.line("add-container c4")
        await on.line("load hub")
        await on.press("enter")  # it was asked about
        await on.press("ctrl+q")
        assert left == [0, 0, 0, 0]
        await on.line("add-container c5; false")
        await on.press("ctrl+q")
        assert left == [0, 0, 0, 0], "what failed was not all of it"
