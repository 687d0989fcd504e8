"""Hostile text comes out harmless, widths are what a terminal uses, and lines that meet are joined."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len as rich_cell_len
from textual.content import Content

from netsandbox.explain.lines import filled
from netsandbox.tui.canvas import Canvas
from netsandbox.tui.catalogue import WORDS
from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.painting.static_lines import break_as_elsewhere
from netsandbox.tui.text import MAX_MARKS, cell_len, cells, crop, fit, safe, window, wrap

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\n\r\t\x00\x07\x9b\u202e\u2066\u200f\u200d\ufe0f\u0301\u0489\u20e3\ud800[/]🇨🇳👩🏽中\u3000\xad\ufeff"),
    )
)

BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(HOSTILE, st.integers(0, 40), st.integers(1, 20), st.sampled_from("…~"))
def test_a_window_is_no_wider_than_asked_and_has_a_mark_where_it_cuts(
        text: str, left: int, width: int, mark: str) -> None:
    text = safe(text)
    seen = window(text, left, width, mark)
    assert cell_len(seen) <= width
    if 0 < left < cell_len(text):
        assert seen.startswith(mark)
    if cell_len(text) - left > width:
        assert seen.endswith(mark)
    assert window(text, 0, width, mark) == crop(text, width, mark)


@given(HOSTILE)
def test_safe_text_is_harmless(text: str) -> None:
    shown = safe(text)
    assert shown.isprintable()
    assert safe(shown) == shown
    assert cell_len(shown) == rich_cell_len(shown) == len(cells(shown))
    assert "".join(cells(shown)) == shown
    shown.encode()
    assert not {unicodedata.bidirectional(character) for character in shown} & BIDI_CONTROLS


@given(st.text(st.characters(categories=["Mn"]), min_size=5))
def test_marks_do_not_pile_up(marks: str) -> None:
    assert sum(unicodedata.combining(character) > 0 for character in safe("a" + marks)) <= MAX_MARKS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nginx-1", "nginx-1"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("two\nlines\t", "two␊lines␉"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("容器", "容器"),
        ("\u0301", "◌\u0301"),
        ("🇨🇳", "CN"),
        ("1\u20e3", "1\ufffd"),
        ("⚠\ufe0f", "⚠"),
        ("a\u00a0b", "a b"),
    ],
)
def test_what_hostile_text_looks_like(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(HOSTILE, st.integers(0, 30), st.sampled_from(["left", "right", "center"]))
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    assert cell_len(fit(safe(text), width, align)) == width or width == 0


@given(HOSTILE, st.integers(0, 30))
def test_crop_is_no_wider_than_asked(text: str, width: int) -> None:
    shown = safe(text)
    assert cell_len(crop(shown, width)) <= width
    if cell_len(shown) <= width:
        assert crop(shown, width) == shown


@given(HOSTILE, st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    shown = safe(text)
    lines = wrap(shown, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")


def test_wrap_breaks_at_spaces_and_says_when_it_stops() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("one two three four", 8, limit=2) == ["one two", "three…"]
    assert wrap("容器网络原理", 5) == ["容器", "网络", "原理"]
    assert wrap("网桥的MAC地址", 9) == ["网桥的MAC", "地址"]
    assert wrap("的 ARP 通告，没有", 11) == ["的 ARP 通", "告，没有"]
    assert wrap("以太网 听到 172.17.0.3 的 ARP", 20) == ["以太网 听到", "172.17.0.3 的 ARP"], "not a short line"
    assert wrap("甲乙丙丁戊己庚 的 ARP 通", 20) == ["甲乙丙丁戊己庚 的", "ARP 通"], "a line takes what it has room for"
    assert wrap("发出后退出码等于 125", 16) == ["发出后退出码等于", "125"], "no word is torn beside a space"
    assert wrap("叫作“甲”abc", 8) == ["叫作“甲”", "abc"]
    assert wrap("学习地址，转发", 8) == ["学习地", "址，转发"], "no line begins with a comma"
    assert wrap("时刻 +71.168 000 s 之后", 16) == ["时刻", "+71.168 000 s 之", "后"], "a time is not broken"
    assert wrap("at +71.168 000 s", 14) == ["at", "+71.168 000 s"]
    assert wrap("端口（见下）", 6) == ["端口", "（见", "下）"], "or ends with what opens"


HAN = st.builds("{}{}{}".format, st.sampled_from(["", "", "“", "（"]), st.sampled_from("容器网桥端口的等于就"),
                st.sampled_from(["", "", "", "，", "。", "”", "）", "）；"]))
LATIN = st.builds("{0}{1}{2}".format, st.sampled_from(["", "", "“", "`"]),
                  st.sampled_from(["a", "docker", "172.17.0.3", "02:00:00:00:00:01", "--network=host", "125",
                                   "+71.168 000 s"]),
                  st.sampled_from(["", "", "`", ",", "."]))


@given(st.lists(st.tuples(st.booleans(), HAN | LATIN), min_size=1, max_size=40), st.integers(24, 60), st.booleans())
def test_a_line_takes_what_has_room_and_ends_only_where_it_may(
        words: list[tuple[bool, str]], width: int, is_english: bool) -> None:
    """A character of Chinese goes alone, with what closes behind it: one was glued to the Latin word behind its space,
    so that lines ended early and words of two characters were torn."""
    told, lines = "", [""]
    for spaced, word in words:
        if is_english and not word.isascii():
            continue
        both_latin = told[-1:].isascii() and word[0].isascii()
        gap = " " if told and (spaced or both_latin or word[0] == "`" or told[-1] == "`") else ""
        told += gap + word
        if cell_len(lines[-1] + gap + word) > width:
            lines.append(word)
        else:
            lines[-1] += gap + word
    assert wrap(told, width) == lines
    assert filled(told, width, "") == "\n".join(lines)


@pytest.mark.parametrize("width", [24, 31, 47])
def test_what_textual_breaks_is_broken_as_all_else(width: int) -> None:
    """It cut Latin words among Chinese: 最近的设备，en, ter 查看."""
    break_as_elsewhere()
    for key, words in WORDS.table.items():
        for text in words if "\n" not in words[0] else ():
            lines = [line.plain.strip() for line in Content(safe(text)).wrap(width)]
            assert lines == wrap(safe(text), width) or text.isascii(), key


def test_every_pair_of_edges_has_its_joint() -> None:
    """The tables agree with the names that Unicode gives the glyphs."""
    words = {1: "UP", 2: "RIGHT", 4: "DOWN", 8: "LEFT"}
    for edges in range(3, 16):
        if edges in (4, 8):
            continue
        name = unicodedata.name(UNICODE.lines[edges])
        assert name.startswith("BOX DRAWINGS LIGHT")
        if edges not in (5, 10):
            for bit, word in words.items():
                both = {"UP": "VERTICAL", "DOWN": "VERTICAL", "LEFT": "HORIZONTAL", "RIGHT": "HORIZONTAL"}[word]
                assert (word in name or both in name) == bool(edges & bit), name
        double = unicodedata.name(UNICODE.lines[edges << 4])
        assert double.startswith("BOX DRAWINGS DOUBLE")
        assert double.removeprefix("BOX DRAWINGS DOUBLE") == name.removeprefix("BOX DRAWINGS LIGHT")


def draw(canvas: Canvas) -> list[str]:
    return [row.text for row in canvas.rows(UNICODE)]


def test_lines_join_whatever_the_order() -> None:
    one, two = Canvas(5, 3), Canvas(5, 3)
    one.horizontal(0, 4, 1, "bus", double=True)
    one.vertical(2, 0, 1, "link")
    one.box(0, 0, 5, 3, "frame")
    two.box(0, 0, 5, 3, "frame")
    two.vertical(2, 1, 0, "link")
    two.horizontal(4, 0, 1, "bus", double=True)
    assert draw(one) == draw(two) == ["┌─┬─┐", "╞═╧═╡", "└───┘"]


def test_a_line_passes_over_another_without_a_joint() -> None:
    canvas = Canvas(5, 3)
    canvas.vertical(2, 0, 2, "link")
    canvas.horizontal(0, 4, 1, "bus", double=True)
    canvas.over(2, 1, "link")
    assert draw(canvas) == ["  ╷  ", "══│══", "  ╵  "]
    assert [row.text for row in canvas.rows(ASCII)] == ["  |  ", "==|==", "  |  "]


def test_wide_text_takes_two_cells_and_is_never_halved() -> None:
    canvas = Canvas(6, 1)
    canvas.text(0, 0, "容器", "name")
    assert draw(canvas) == ["容器  "]
    canvas.text(1, 0, "x", "name")
    assert draw(canvas) == [" x器  "]
    canvas = Canvas(3, 1)
    canvas.text(2, 0, "容", "name")
    canvas.text(-1, 0, "器", "name")
    assert draw(canvas) == ["   "]


@given(
    st.lists(st.tuples(st.integers(-3, 12), st.integers(-1, 3), st.text("a容\u0301", max_size=5)), max_size=8),
    st.integers(1, 10),
)
def test_rows_are_as_wide_as_the_canvas(writes: list[tuple[int, int, str]], width: int) -> None:
    canvas = Canvas(width, 3)
    for x, y, text in writes:
        canvas.text(x, y, safe(text), "name")
        canvas.horizontal(x, x + 3, y, "bus", double=True)
    for row in canvas.rows(UNICODE):
        assert len(row.glyphs) == width
        assert cell_len(row.text) == width
        assert "".join(run.text for run in row.runs()) == row.text


def test_runs_are_cut_where_the_style_changes() -> None:
    canvas = Canvas(6, 1)
    canvas.horizontal(0, 5, 0, "bus")
    canvas.text(2, 0, "ab", "name")
    assert [tuple(run) for run in canvas.row(0, UNICODE).runs()] == [("╶─", "bus"), ("ab", "name"), ("─╴", "bus")]


def test_ascii_has_only_ascii() -> None:
    for value in (*ASCII.lines, *(field for field in ASCII if isinstance(field, str))):
        assert value.isascii()
    assert all(len(glyph) == 1 for glyph in (*ASCII.lines, *UNICODE.lines))
