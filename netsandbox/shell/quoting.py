"""Words and their quotes outside of a script, as `xargs` reads them."""

from __future__ import annotations

import re

PIECE = re.compile(r"""'([^']*)'|"([^"]*)"|\\(.)|([^\s'"\\]+)|(\s+)|(.)""", re.DOTALL)


def words_of(text: str) -> list[str]:
    """The words of a text: blanks separate, quotes and backslashes protect; an open quote is a letter."""
    found, current = list[str](), None
    for match in PIECE.finditer(text):
        if match[5] is None:
            piece = next(group for group in (match[1], match[2], match[3], match[4], match[6]) if group is not None)
            current = (current or "") + piece
        elif current is not None:
            found.append(current)
            current = None
    return [*found, current] if current is not None else found
