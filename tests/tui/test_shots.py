"""The pictures: each text as wide as its cells, which Rich's own are not."""

from __future__ import annotations

import html
import re

import pytest

from netsandbox.tui.shots import Shot, shoot
from netsandbox.tui.text import cell_len

TEXT = re.compile(r'<text [^>]*textLength="([0-9.]+)"[^>]*>([^<]*)</text>')


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_texts_are_as_wide_as_their_cells(language: str) -> None:
    svg = await shoot(Shot("any", (80, 24), ("p",), language=language))
    texts = [(float(length), html.unescape(text)) for length, text in TEXT.findall(svg)]
    cells = {round(length / cell_len(text), 2) for length, text in texts if text}
    assert len(texts) > 100
    assert len(cells) == 1
    assert any("拓扑" in text for _length, text in texts) == (language == "zh")
    assert "Fira Code" not in svg
