"""The command line, the filter and the search: completion, history, errors, checks while typing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input, OptionList

from netsandbox.lab.log_match import names_of
from netsandbox.tui.glyphs import ASCII
from netsandbox.tui.kept.history import History
from netsandbox.tui.panes.command_line import CommandLine
from netsandbox.tui.panes.filter_line import FilterLine, SearchLine
from netsandbox.tui.panes.frame_log import FrameLog
from netsandbox.tui.panes.prompt_line import PromptLine
from netsandbox.tui.session.source import Completion, Outcome
from tests.tui.fake_source import FakeSource, pinged
from tests.tui.harness import Harness, screen_text
from tests.tui.rows import PING


def executed(app: Harness) -> list[tuple[str, Outcome]]:
    return [
        (message.line, message.outcome)
        for message in app.of(CommandLine.Executed)
        if isinstance(message, CommandLine.Executed)
    ]


async def test_a_line_is_run_and_its_output_shown() -> None:
    source = FakeSource()
    line = CommandLine(source)
    app = Harness(line)
    async with app.run_test(size=(80, 10), message_hook=app.heard.append) as pilot:
        line.open()
        await pilot.press(*"wait 3s", "enter")
        assert source.executed == ["wait 3s"]
        assert executed(app) == [("wait 3s", Outcome(("done: wait 3s",), ""))]
        assert line.line == ""
        assert "done: wait 3s" in screen_text(app)
        await pilot.press("w")
        assert "done" not in screen_text(app)


async def test_an_error_stays_until_the_next_line_is_typed_and_up_brings_the_failed_one_back() -> None:
    source = FakeSource()
    line = CommandLine(source)
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press(*"fail", "enter")
        await pilot.pause()
        assert line.line == "", "the next line must not be appended to it"
        assert "✗ no node named 'fail'" in screen_text(app)
        await pilot.press("left", "right")
        assert "✗" in screen_text(app)
        await pilot.press("w")
        await pilot.pause()
        assert "✗" not in screen_text(app)
        await pilot.press("backspace", "up")
        assert line.line == "fail", "to be mended"
        await pilot.press(*"wait 1s", "enter")
        assert source.executed == ["fail", "failwait 1s"]


async def test_an_empty_line_is_not_run() -> None:
    source = FakeSource()
    line = CommandLine(source)
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press("space", "enter", "tab", "up", "down")
        assert source.executed == []


async def test_tab_completes_as_far_as_it_is_clear_and_then_one_by_one() -> None:
    line = CommandLine(FakeSource())
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press("p", "tab")
        assert line.line == "ping "
        await pilot.press("tab")
        assert line.line == "ping ", "nothing in common: only listed"
        await pilot.press("tab")
        assert line.line == "ping host"
        await pilot.press("tab")
        assert line.line == "ping nginx-1"
        await pilot.press("down")
        assert line.line == "ping nginx-2"
        await pilot.press("up")
        assert line.line == "ping nginx-1"
        await pilot.press("shift+tab", "shift+tab")
        assert line.line == "ping nginx-3"
        await pilot.press("space", "n", "tab")
        assert line.line == "ping nginx-3 nginx-"
        await pilot.press("2", "tab")
        assert line.line == "ping nginx-3 nginx-2 "


async def test_down_chooses_from_the_list_once_tab_has_said_that_there_are_several() -> None:
    line = CommandLine(FakeSource(), history=History(["ping a b"]))
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press(*"ping ", "tab", "down")
        assert line.line == "ping host"
        await pilot.press("space", "up")
        assert line.line == "ping host ", "typing on ends the choice, and up walks older lines again"


async def test_completion_in_the_middle_keeps_the_rest() -> None:
    line = CommandLine(FakeSource())
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open("pi nginx-2")
        line.input.cursor_position = 2
        await pilot.press("tab")
        assert line.line == "ping nginx-2"
        assert line.input.cursor_position == 5


async def test_right_accepts_what_is_shown_behind_the_cursor() -> None:
    line = CommandLine(FakeSource())
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press("p")
        await pilot.pause()
        assert "ping" in screen_text(app).splitlines()[-1] or "ping" in screen_text(app)
        await pilot.press("right")
        assert line.line == "ping"


async def test_up_and_down_walk_lines_that_begin_alike() -> None:
    line = CommandLine(FakeSource(), history=History(["ping a b", "show arp", "ping c d"]))
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press("up")
        assert line.line == "ping c d"
        await pilot.press("up")
        assert line.line == "show arp"
        await pilot.press("down", "down")
        assert line.line == ""
        await pilot.press("p", "up", "up", "up")
        assert line.line == "ping a b"
        await pilot.press("down", "down")
        assert line.line == "p"


async def test_escape_leaves_and_the_line_is_there_again() -> None:
    line = CommandLine(FakeSource())
    log = FrameLog(FakeSource(), self_timed=False)
    app = Harness(log, line)
    async with app.run_test(size=(80, 16), message_hook=app.heard.append) as pilot:
        line.open()
        await pilot.press("p", "escape")
        assert len(app.of(PromptLine.Left)) == 1
        assert not line.has_class("-listing")
        log.focus()
        line.open()
        assert line.line == "p"


async def test_the_prompt_names_the_shell() -> None:
    line = CommandLine(FakeSource())
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        assert "host ❯" in screen_text(app)
        line.open()
        await pilot.press(*"enter nginx-1", "enter")
        await pilot.pause()
        assert "nginx-1 # " in screen_text(app)
        assert "# ❯" not in screen_text(app), "one mark is enough"


async def test_picture(picture: SnapshotAssertion) -> None:
    """The list above the line, an error, and the same in ASCII."""
    texts = []
    for options in ({}, {"glyphs": ASCII}):
        line = CommandLine(FakeSource(), **options)
        log = FrameLog(FakeSource(), self_timed=False)
        app = Harness(log, line)
        async with app.run_test(size=(70, 14)) as pilot:
            line.open()
            await pilot.press("a", "d", "d")
            await pilot.pause()
            texts.append(screen_text(app))
            await pilot.press("tab", "tab", "tab")
            await pilot.pause()
            texts.append(screen_text(app))
            line.open("fail")
            await pilot.press("enter")
            await pilot.pause()
            texts.append(screen_text(app))
    assert "\n".join(texts) == picture


async def test_many_completions_say_how_many_more() -> None:
    source = FakeSource()
    source.complete = lambda line, cursor: [Completion(f"word{n}", 0, "") for n in range(40)]  # type: ignore[method-assign]
    line = CommandLine(source)
    app = Harness(line)
    async with app.run_test(size=(80, 12)) as pilot:
        line.open()
        await pilot.press("w")
        await pilot.pause()
        assert "+34" in screen_text(app)
        assert line.query_one(OptionList).option_count == 6


async def test_a_click_on_a_completion_takes_it() -> None:
    line = CommandLine(FakeSource())
    app = Harness(line)
    async with app.run_test(size=(80, 12)) as pilot:
        line.open()
        await pilot.press("a")
        await pilot.pause()
        await pilot.click(OptionList, offset=(4, 1))
        assert line.line == "add-container "
        assert line.input.has_focus


async def test_a_filter_is_checked_and_applied_while_it_is_typed() -> None:
    source = pinged()
    log = FrameLog(FakeSource(), self_timed=False)
    line = FilterLine(lambda: names_of(source.interfaces()))

    class App(Harness):
        def on_filter_line_changed(self, event: FilterLine.Changed) -> None:
            log.set_filter(event.line, event.test, event.doubt)

    app = App(log, line)
    async with app.run_test(size=(80, 16), message_hook=app.heard.append) as pilot:
        log.extend(row.seq for row in PING)
        log.flush()
        line.open()
        await pilot.press(*"arp")
        assert line.has_class("-valid")
        assert len(log.store) == 4
        await pilot.press(*" or")
        assert line.has_class("-invalid")
        assert "expected a test" in screen_text(app)
        assert len(log.store) == 4, "the last valid filter stays"
        await pilot.press("enter")
        assert not app.of(PromptLine.Left)
        await pilot.press(*" drop", "enter")
        assert len(log.store) == 5
        assert app.of(PromptLine.Left)
        line.open("")
        await pilot.pause()
        assert len(log.store) == 6
        assert not line.has_class("-valid")


async def test_a_filter_says_where_it_is_wrong_and_completes_names() -> None:
    source = pinged()
    line = FilterLine(lambda: names_of(source.interfaces()))
    app = Harness(line)
    async with app.run_test(size=(80, 16)) as pilot:
        line.open("arp and hots nginx-1")
        await pilot.pause()
        assert "did you mean `host`?  (column 9)" in screen_text(app)
        line.open("host ngi")
        await pilot.press("tab", "1", "space", "o", "tab")
        assert line.line == "host nginx-1 or "


async def test_a_search_is_submitted_once() -> None:
    line = SearchLine()
    app = Harness(line)
    async with app.run_test(size=(80, 10), message_hook=app.heard.append) as pilot:
        line.open()
        await pilot.press(*"who-has", "enter")
        sent = [message.line for message in app.of(SearchLine.Submitted) if isinstance(message, PromptLine.Submitted)]
        assert sent == ["who-has"]


async def test_hostile_words_do_no_harm() -> None:
    source = FakeSource(shell="[red]\x1b[2J")
    source.complete = lambda line, cursor: [Completion("\x1b[31m[b]", 0, "\n")]  # type: ignore[method-assign]
    source.execute = lambda line: Outcome((), "\x1b[2J[bold]")  # type: ignore[method-assign]
    line = CommandLine(source)
    app = Harness(line)
    async with app.run_test(size=(80, 10)) as pilot:
        line.open()
        await pilot.press("x")
        await pilot.pause()
        assert "␛[31m[b]" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        text = screen_text(app)
        assert "␛[2J[bold]" in text
        assert "[red]␛[2J" in text
        assert "\x1b" not in text


@given(st.lists(st.text("ab", max_size=3), max_size=20), st.text("ab", max_size=2))
def test_history_walks_there_and_back(lines: list[str], typed: str) -> None:
    history = History(lines)
    wanted = [line for line in history.lines if line.startswith(typed)]
    seen = [history.older(typed) for _ in wanted]
    assert seen == wanted[::-1]
    if wanted:
        assert history.older(typed) == wanted[0]
    back = [history.newer() for _ in wanted]
    assert back == [*wanted[1:], typed][: len(back)]
    assert history.newer() is None


def test_history_keeps_each_line_once_and_has_an_end() -> None:
    history = History(["a", "b", "a", "  "], limit=3)
    assert history.lines == ["b", "a"]
    history.add("c")
    history.add("d")
    assert history.lines == ["a", "c", "d"]


async def test_the_input_does_not_blink() -> None:
    """A blinking cursor would be a wall clock on the screen."""
    app = Harness(CommandLine(FakeSource()))
    async with app.run_test(size=(80, 10)):
        assert not app.query_one(Input).cursor_blink


async def test_of_a_line_longer_than_the_screen_the_end_is_seen() -> None:
    """The input was as wide as the screen, and stood behind its label: the cursor went out of sight."""
    app = Harness(CommandLine(FakeSource()))
    async with app.run_test(size=(80, 10)) as pilot:
        app.query_one(Input).focus()
        await pilot.press(*("x" * 80 + "theend"))
        await pilot.pause()
        assert "theend" in screen_text(app)
