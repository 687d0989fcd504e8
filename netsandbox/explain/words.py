"""Words in both languages: a pair beside the thing that it is about, or a table of such pairs.

Everything that netsandbox itself says to a person is written so: verbs and their manual pages, panes, `expect`'s
verdicts, reports.  What a kernel's or Docker's own tool prints stays as that tool has it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from netsandbox.explain.joining import fill

LANGUAGES = ("en", "zh")  # English and 简体中文, in the order of the words of a pair

Both = tuple[str, str]  # The words in English and in 简体中文, with the same fields

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # As the C library looks for the language of messages

NOTHING: Both = ("", "")


def language_of_locale(locale: str) -> str:
    """The language for a locale such as `zh_CN.UTF-8`; the fallback for one that is not known."""
    prefix = locale.replace("-", "_").split("_")[0].split(".")[0].lower()
    return prefix if prefix in LANGUAGES else LANGUAGES[0]


def locale_language() -> str:
    """The language that the environment asks for."""
    return language_of_locale(next((os.environ[name] for name in LOCALE_VARIABLES if os.environ.get(name)), ""))


def said(words: Both, language: str) -> str:
    """The words in a language; in English where it is not known."""
    return words[LANGUAGES.index(language) if language in LANGUAGES else 0]


class Words:
    """A table of words: key -> English and 简体中文."""

    def __init__(self, table: Mapping[str, Both]) -> None:
        self.table = dict(table)

    def __contains__(self, key: str) -> bool:
        return key in self.table

    def say(self, key: str, language: str, **fields: object) -> str:
        """The words of a key in a language, with `{name}` fields filled in (KeyError: there is no such key, or no such
        field)."""
        text = said(self.table[key], language)
        if language == LANGUAGES[0] or all(isinstance(one, int) or str(one).isascii() for one in fields.values()):
            return text.format(**fields) if fields else text
        return fill(text, fields)
