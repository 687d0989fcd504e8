"""Why, the timeline and the status line: few cells, the most telling first."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.status import StatusLine
from netsandbox.tui.panes.timeline import Timeline
from netsandbox.tui.panes.why import WhyPane
from netsandbox.tui.session.source import Cause, Mark, Status, Why
from netsandbox.tui.status_text import clock, speed_text, status_runs
from netsandbox.tui.text import cell_len
from netsandbox.tui.timeline_bar import bar_runs, cell_of, step_at
from netsandbox.tui.why_lines import COMPACT_LINES, why_lines
from tests.tui.fake_source import STATUS, pinged
from tests.tui.harness import Harness, screen_text

WHY = pinged().whys[3]

TEXTS = st.text(max_size=120)
WHYS = st.builds(
    Why,
    TEXTS,
    st.lists(TEXTS, max_size=4).map(tuple),
    TEXTS,
    st.lists(st.builds(Cause, TEXTS, st.one_of(st.none(), st.integers(0, 10**6))), max_size=30).map(tuple),
)

# --- why ---


@given(WHYS, st.integers(12, 120))
def test_an_explanation_is_never_more_than_five_lines_until_asked(why: Why, width: int) -> None:
    lines = why_lines(why, width, False, UNICODE)
    assert 0 < len(lines) <= COMPACT_LINES
    for line in [*lines, *why_lines(why, width, True, UNICODE)]:
        assert sum(cell_len(piece.text) for piece in line) <= width
        assert all(piece.text.isprintable() for piece in line)


@given(WHYS, st.integers(12, 120))
def test_the_long_form_has_every_cause(why: Why, width: int) -> None:
    causes = {piece.cause for line in why_lines(why, width, True, UNICODE) for piece in line}
    assert causes - {None} == set(range(len(why.causes)))


def test_the_chain_keeps_its_ends() -> None:
    causes = [Cause(f"frame {seq}", seq) for seq in range(40, 0, -1)]
    why = WHY._replace(causes=(*causes, Cause("ping a b", None)))
    chain = "".join(piece.text for piece in why_lines(why, 60, False, UNICODE)[-1])
    assert chain.startswith("caused by #40 ← #39")
    assert chain.endswith("← #1 ← ping a b")
    assert "…" in chain


async def test_why_picture(picture: SnapshotAssertion) -> None:
    """The short form, the long form, and with a cause chosen; and with nothing to explain."""
    pane = WhyPane()
    app = Harness(pane)
    texts = []
    async with app.run_test(size=(48, 12)) as pilot:
        texts.append(screen_text(app))
        pane.show(WHY)
        await pilot.pause()
        texts.append(screen_text(app))
        pane.focus()
        await pilot.press("enter")
        texts.append(screen_text(app))
    assert "\n".join(texts) == picture


async def test_causes_are_chosen_by_key_and_by_mouse() -> None:
    pane = WhyPane()
    app = Harness(pane)
    async with app.run_test(size=(60, 12), message_hook=app.heard.append) as pilot:
        pane.show(WHY)
        pane.focus()
        await pilot.press("right", "right", "enter")
        await pilot.pause()
        row = next(y for y, line in enumerate(screen_text(app).splitlines()) if "caused by" in line)
        column = screen_text(app).splitlines()[row].index("ping")
        await pilot.click(WhyPane, offset=(column + 2, row))
        await pilot.press("escape", "enter")
        assert pane.expanded
        chosen = [message for message in app.of(WhyPane.CauseChosen) if isinstance(message, WhyPane.CauseChosen)]
        assert [message.cause for message in chosen] == [WHY.causes[1], WHY.causes[2]]


# --- timeline ---

MARKS = [
    Mark(0, "command", "ping a b"),
    Mark(50, "flood", "3"),
    Mark(51, "drop", "NO_SOCKET"),
    Mark(99, "command", "x"),
]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 300))
def test_every_step_has_its_cell(step: int, last: int, width: int) -> None:
    step = min(step, last)
    cell = cell_of(step, last, width)
    assert 0 <= cell < width
    if last < width:
        assert step_at(cell, last, width) == step or last == 0 or width == 1
    elif width > 1:
        assert cell_of(step_at(cell, last, width), last, width) == cell


@given(st.lists(st.builds(Mark, st.integers(0, 99), st.sampled_from(["command", "drop", "flood", "?"]), TEXTS)),
       st.integers(0, 99), st.integers(0, 200))
def test_a_bar_is_as_wide_as_asked(marks: list[Mark], step: int, width: int) -> None:
    for glyphs in (UNICODE, ASCII):
        assert sum(cell_len(run.text) for run in bar_runs(marks, step, 99, width, glyphs)) == width


def test_a_drop_is_never_hidden_by_another_mark() -> None:
    text = "".join(run.text for run in bar_runs(MARKS, 99, 99, 11, UNICODE))
    assert text == "c━━━━✗━━━━┃"
    assert "".join(run.text for run in bar_runs(MARKS, 20, 99, 100, ASCII)).count("X") == 1


async def test_keys_and_mouse_scrub() -> None:
    bar = Timeline()
    app = Harness(bar)
    async with app.run_test(size=(62, 3), message_hook=app.heard.append) as pilot:
        bar.show(MARKS, 50, 99)
        bar.focus()
        await pilot.press("left", "right", "pageup", "home", "end")
        await pilot.click(Timeline, offset=(1, 0))
        await pilot.mouse_down(Timeline, offset=(10, 0))
        await pilot.hover(Timeline, offset=(30, 0))
        await pilot.mouse_up(Timeline, offset=(30, 0))
        await pilot.hover(Timeline, offset=(50, 0))
        asked = [message.step for message in app.of(Timeline.Seek) if isinstance(message, Timeline.Seek)]
        assert asked[:6] == [49, 51, 41, 0, 99, 0]
        assert len(asked) == 8
        assert 0 < asked[6] < asked[7] < 60


async def test_timeline_picture(picture: SnapshotAssertion) -> None:
    """With a future that can be gone to again; with a legend where there is room; in ASCII; before anything."""
    texts = []
    for width, glyphs in ((80, UNICODE), (120, UNICODE), (80, ASCII)):
        bar = Timeline(glyphs)
        app = Harness(bar)
        async with app.run_test(size=(width, 1)) as pilot:
            texts.append(screen_text(app))
            bar.show(MARKS, 60, 99)
            await pilot.pause()
            texts.append(screen_text(app))
    assert "".join(texts) == picture


# --- status ---


def line(status: Status, width: int, message: str = "", trouble: bool = False) -> str:
    return "".join(run.text for run in status_runs(status, width, UNICODE, message, trouble))


@pytest.mark.parametrize(
    ("at", "text"), [(0, "+0.000 000 s"), (12_000, "+0.000 012 s"), (3_600_123_456_789, "+3600.123 456 s")]
)
def test_clock(at: int, text: str) -> None:
    assert clock(at) == text


def test_speeds() -> None:
    assert [speed_text(speed, UNICODE) for speed in (1.0, 0.5, 100.0, 0.0)] == ["×1", "×0.5", "×100", "×max"]
    assert speed_text(2.0, ASCII) == "x2"


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_status_picture(width: int, language: str, picture: SnapshotAssertion) -> None:
    """Paused; stepped back with drops; playing fast; a message; trouble."""
    set_language(language)
    back = STATUS._replace(step=5, dropped=3)
    fast = STATUS._replace(playing=True, speed=0.0, lagging=True)
    quiet = STATUS._replace(playing=True, quiet=True, next="")
    shown = [
        line(STATUS, width),
        line(back, width),
        line(fast, width),
        line(quiet, width),
        line(STATUS, width, "saved to docker0.yaml"),
        line(STATUS, width, "no node named [nginx-9]: did you mean nginx-1?", trouble=True),
    ]
    assert all(cell_len(text) == width for text in shown)
    assert "\n".join(text.rstrip() for text in shown) + "\n" == picture


@given(
    st.builds(Status, TEXTS, st.integers(0, 10**18), st.integers(0, 10**7), st.integers(0, 10**7), st.booleans(),
              st.booleans(), st.floats(0, 1000), st.booleans(), TEXTS, st.integers(0, 10**6)),
    st.integers(60, 250), TEXTS,
)
def test_the_line_is_never_too_wide_and_always_says_what_matters(status: Status, width: int, message: str) -> None:
    text = line(status, width, message)
    assert text.isprintable()
    assert cell_len(text) == width
    assert str(status.dropped) in text
    is_told = not (status.in_lesson and status.playing) or status.last_step > status.step
    assert (f"step {status.step}" in text) or not is_told


@pytest.mark.parametrize(("change", "told"), [
    ({}, "▶ waiting +0.000 012 s"), ({"waits": False}, "▶ playing +0.000 012 s"), ({"last_step": 14}, "step 12/14"),
    ({"playing": False}, "step 12")])
def test_in_a_lesson_there_is_one_count_of_steps(change: dict[str, bool | int], told: str) -> None:
    """"step 12" stood above "step 3 of 9"; who moves in time needs the other count."""
    lesson = STATUS._replace(playing=True, waits=True, in_lesson=True)
    text = line(lesson._replace(**change), 80)  # type: ignore[arg-type]
    assert told in text
    assert cell_len(text) == 80
    assert ("step 12" in text) == ("step" in told)


async def test_a_message_stays_until_it_is_cleared() -> None:
    status = StatusLine()
    app = Harness(status)
    async with app.run_test(size=(100, 1)) as pilot:
        status.show(STATUS)
        status.say("\x1b[2Jsaved")
        await pilot.pause()
        assert "␛[2Jsaved" in screen_text(app)
        status.show(STATUS._replace(step=13, last_step=13))
        await pilot.pause()
        assert "saved" in screen_text(app)
        status.say("")
        await pilot.pause()
        assert "next: ARP reply" in screen_text(app)


def test_a_long_title_is_whole_where_there_is_room() -> None:
    title = "nginx-1 pings nginx-2 over docker0"
    assert f" {title} " in line(STATUS._replace(title=title), 120)
    assert f" {title[:31]}… " in line(STATUS._replace(title=title, next=""), 80)


def test_what_comes_next_is_told_with_words_or_not_at_all() -> None:
    """Of a reader's own key there is as much as it takes; a colon and an ellipsis alone say nothing."""
    for width in range(60, 120):
        for coming in ("p", "ARP reply"):
            text = line(STATUS._replace(next=coming), width)
            assert "next:" not in text or re.search(r"next: (p|ARP)", text), text
