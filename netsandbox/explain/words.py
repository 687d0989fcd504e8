"""Words in both languages: a pair beside the thing that it is about, or a table of such pairs.

Everything that netsandbox itself says to a person is written so: verbs and
their manual pages, panes, `expect`'s verdicts, reports.  What a kernel's or
Docker's own tool prints stays as that tool has it.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh")
"""English and 简体中文, in the order of the words of a pair."""

Both = tuple[str, str]
"""The words in English and in 简体中文, with the same fields."""

NOTHING: Both = ("", "")


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
        """The words of a key in a language, with `{name}` fields filled in.

        Raises:
            KeyError: there is no such key, or no such field.
        """
        text = said(self.table[key], language)
        return text.format(**fields) if fields else text
