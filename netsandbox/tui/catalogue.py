"""All texts of the user interface: language -> key -> text."""

from __future__ import annotations

from netsandbox.tui import texts_en, texts_zh

CATALOGUE: dict[str, dict[str, str]] = {"en": texts_en.TEXTS, "zh": texts_zh.TEXTS}
