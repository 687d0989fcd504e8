"""All words of the user interface, in one table; a pane adds those that it brings (`i18n.add_texts`)."""

from __future__ import annotations

from netsandbox.explain.words import Words
from netsandbox.tui import words_of_app, words_of_keys, words_of_panes

WORDS = Words({**words_of_keys.TABLE, **words_of_panes.TABLE, **words_of_app.TABLE})
