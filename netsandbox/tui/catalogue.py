"""All words of the user interface, in one table; a pane adds those that it brings (`i18n.add_texts`)."""

from __future__ import annotations

from pathlib import Path

from netsandbox.commands.verbs.frame_rows import NOBODY
from netsandbox.explain.texts import pairs
from netsandbox.explain.verdicts import VERDICTS
from netsandbox.explain.words import NOTHING, Words

WORDS = Words({
    **pairs(*(Path(__file__).with_name("texts") / f"{name}.txt" for name in ("keys", "panes", "app"))),
    **{f"verdict.{name}": words for name, words in VERDICTS.items()},
    **{f"who.{name}": words for name, words in NOBODY.items()}, "filter.keyword": NOTHING})
