"""A scenario's texts, each by language."""

from __future__ import annotations

from collections.abc import Mapping


def text_in(texts: Mapping[str, str], language: str) -> str:
    """A text in a language, else in English, else in the one that it is written in."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
