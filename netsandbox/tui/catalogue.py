"""All texts of the user interface: language -> key -> text."""

from __future__ import annotations

from netsandbox.tui import texts_app_en, texts_app_zh, texts_en, texts_zh

CATALOGUE: dict[str, dict[str, str]] = {
    "en": texts_en.TEXTS | texts_app_en.TEXTS,
    "zh": texts_zh.TEXTS | texts_app_zh.TEXTS,
}
