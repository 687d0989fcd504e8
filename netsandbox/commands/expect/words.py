"""What `expect` says of what it expected and found, in each language; conditions themselves are written in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netsandbox.explain.joining import fill
from netsandbox.explain.texts import pairs
from netsandbox.explain.words import LANGUAGES

Say = Callable[..., str]

PHRASES = pairs(Path(__file__).with_name("phrases.txt"))
"""Key -> the phrase in English and in Chinese, with the same fields; `no KEY` is what is expected turned round."""
LONGEST = 1000  # Characters of a name or a text that a message repeats


INNER = str.maketrans("“”", "‘’")  # Quotes within quotes


def _short(text: str) -> str:
    """A field that is not longer than anybody reads."""
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def speaker(language: str) -> Say:
    """What puts a key and its fields into words of a language (ValueError: no such language)."""
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}: expected one of {', '.join(LANGUAGES)}")
    index = LANGUAGES.index(language)

    def say(key: str, /, **fields: str) -> str:
        phrase = PHRASES[key][index]
        return fill(phrase, {name: _short(text).translate(INNER) if f"“{{{name}}}”" in phrase else _short(text)
                             for name, text in fields.items()})
    return say
