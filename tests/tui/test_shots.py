"""The pictures: each text as wide as its cells, which Rich's own are not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from netsandbox.tui import cast, shots
from netsandbox.tui.screenshot import NoBitmapError, bitmap, with_sans
from netsandbox.tui.shots import Shot, shoot
from netsandbox.tui.text import cell_len

TEXT = re.compile(r'<text [^>]*textLength="([0-9.]+)"[^>]*>([^<]*)</text>')


@pytest.mark.parametrize("main", [shots.main, cast.main])
@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("-h", 0), ("--nonsense", 2)])
def test_an_option_is_no_place_to_write_to(main: Callable[[list[str]], None], word: str, status: int, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([word])
    assert ended.value.code == status
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_texts_are_as_wide_as_their_cells(language: str) -> None:
    svg = await shoot(Shot("any", (80, 24), ("p",), language=language))
    texts = [(float(length), html.unescape(text)) for length, text in TEXT.findall(svg)]
    cells = {round(length / cell_len(text), 2) for length, text in texts if text}
    assert len(texts) > 100
    assert len(cells) == 1
    assert any("拓扑" in text for _length, text in texts) == (language == "zh")
    assert "Fira Code" not in svg


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_bitmap_has_words_and_title(language: str) -> None:
    """Each text that is taken away changes it: nothing is left out for want of a font."""
    pytest.importorskip("resvg_py", reason="resvg-py is not installed")
    svg = await shoot(Shot("any", (80, 24), ("p",), language=language))
    try:
        whole = bitmap(svg)
    except NoBitmapError as error:
        pytest.skip(str(error))
    assert whole.startswith(b"\x89PNG")
    for word in ("netsandbox", "nginx-1", "Topology" if language == "en" else "拓扑"):
        assert bitmap(svg.replace(f">{word}<", "><")) != whole, word


async def test_boxes_meet() -> None:
    """Box drawing is strokes from edge to edge of its cell, in no font at all."""
    svg = await shoot(Shot("any", (120, 40), ("p",)))
    texts = [html.unescape(text) for _length, text in TEXT.findall(svg)]
    assert not any(set(text) & set("│─┌┐└┘╭╮╰╯═┃━") for text in texts)
    rects = re.findall(r'<rect class="[^"]*" x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)"/>', svg)
    strokes = [tuple(map(float, found)) for found in rects]
    uprights = sorted((round(x), y, y + height) for x, y, width, height in strokes if height > 20 > width)
    joined = sum(abs(end - begin) < 0.1 for (x, _y, end), (other, begin, _end) in pairwise(uprights) if x == other)
    assert joined > 20


def test_chinese_in_a_bitmap_asks_for_a_font_without_serifs() -> None:
    """What draws it took the first font that had the letters: on many machines Noto Serif."""
    told = with_sans('<text x="1" class="a">pc1 有</text><text x="2">pc1</text>')
    assert told.startswith('<text style="font-family: Noto Sans Mono CJK SC, Noto Sans CJK SC, ')
    assert '<text x="2">pc1</text>' in told, "Latin stays as it is"
    assert 'x="1" class="a">pc1 有</text>' in told
