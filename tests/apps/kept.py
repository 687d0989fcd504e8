"""What the real tools answered on a real kernel, kept in files: a busy machine answers late, or in another order.

`pytest -m campaign tests/apps` asks them again, where there is root; with KEEP_ANSWERS=1 it writes the files anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parent / "answers"


class Kept:
    """The answers of one file, by the lines that were asked: values as JSON has them."""

    def __init__(self, name: str) -> None:
        self._path = ANSWERS / f"{name}.json"
        kept = self._path.read_text(encoding="utf-8") if self._path.exists() else "{}"
        self._answers: dict[str, Any] = json.loads(kept)

    def __getitem__(self, line: str) -> Any:
        return self._answers[line]

    def confirm(self, line: str, answer: object) -> None:
        """The real one answers as it did; or this is what is kept from now on."""
        if os.environ.get("KEEP_ANSWERS"):
            self._answers[line] = plain(answer)
            rows = ",\n".join(f"{json.dumps(one)}: {json.dumps(self._answers[one])}" for one in sorted(self._answers))
            self._path.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
        assert plain(answer) == self._answers[line]


def plain(answer: object) -> Any:
    """As it is read back: tuples are lists."""
    return json.loads(json.dumps(answer))
