"""The words of the user interface, in English and 简体中文.

`tr` looks a key up in the one table of words (`catalogue.py`), in the language
chosen by `set_language`.  Protocol names, kernel terms and addresses stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from netsandbox.explain.words import LANGUAGES, Both
from netsandbox.tui.catalogue import WORDS
from netsandbox.tui.text import cell_len


def add_texts(texts: Mapping[str, Both]) -> None:
    """Take words that a pane brings: key -> (English, 简体中文) (ValueError: a key has other words already)."""
    for key, words in texts.items():
        if WORDS.table.setdefault(key, words) != words:
            raise ValueError(f"the text {key!r} is there already")


TO_PANE = "app.pane."  # A key that goes to a pane is called as the pane's help page is


class _Choice:
    """The language in use, for the whole process: a terminal shows one language at a time."""

    language = LANGUAGES[0]


def set_language(language: str) -> None:
    """Choose the language of all texts made from now on (ValueError: for a language that the words are not in)."""
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}: expected one of {', '.join(LANGUAGES)}")
    _Choice.language = language


def language() -> str:
    """The language in use, `en` or `zh`."""
    return _Choice.language


def described(binding_id: str) -> tuple[str, str]:
    """The description and the tooltip of a key binding in the language in use.

    Bindings are declared in English, once, when their class is made; a footer
    or a help screen shows these texts instead.
    """
    if binding_id.startswith(TO_PANE):
        return tr("topic." + binding_id.removeprefix(TO_PANE)), ""
    tip = "tip." + binding_id
    return tr("key." + binding_id), tr(tip) if tip in WORDS else ""


def widest(key: str) -> int:
    """Cells that the text of `key` takes in the language in which it is longest.

    What is laid out with room for these stands in the same place in every language.
    """
    return max(map(cell_len, WORDS.table[key]))


def tr(key: str, **values: object) -> str:
    """The text of `key` in the language in use, with `{name}` fields filled in (KeyError: for a key that is not in the
    table)."""
    return WORDS.say(key, _Choice.language, **values)
