"""What became of a frame, in a word or two: for a column of the log, and for who types what the column says."""

from __future__ import annotations

from netsandbox.explain.texts import of_explain
from netsandbox.explain.words import said

VERDICTS = of_explain("verdicts")
DROPS = of_explain("drops_in_brief")  # Why it was dropped, by the kernel's name of the reason


def drop_words(name: str, language: str) -> str:
    """Why it was dropped, or that it was overheard, in two words; a reason without them by its name."""
    words = DROPS.get(name) or VERDICTS.get(name)
    return said(words, language) if words else name


_FILTER_WORDS = {
    "或": "or", "或者": "or", "与": "and", "和": "and", "且": "and", "并且": "and", "非": "not", "不": "not",
    "所有人": "broadcast",
}


def filter_of(word: str) -> str:
    """The filter of the log that shows what a column says in Chinese, or its `or`, `and`, `not`; else empty."""
    if word in _FILTER_WORDS:
        return _FILTER_WORDS[word]
    for name, (_english, chinese) in VERDICTS.items():
        if word == chinese:
            return "drop" if name == "dropped" else f'verdict "{name}"' if " " in name else f"verdict {name}"
    reasons = [name for name, (_english, chinese) in DROPS.items() if word == chinese]
    return f"reason {' or '.join(reasons)}" if reasons else ""
