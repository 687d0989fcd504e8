"""How far a person came in each lesson, kept between runs."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from netsandbox.session.files import FileError, write_atomically
from netsandbox.tui.kept.state_files import set_aside

FORMAT = 1


class ProgressFile:
    """A file of JSON; one that is of another version or damaged is set aside, not lost."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lessons: dict[str, tuple[int, int]] = {}
        self._read()

    def _read(self) -> None:
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            if told["format"] != FORMAT:
                raise ValueError("another version")
            self.lessons = {str(name): (int(done), int(of)) for name, (done, of) in told["lessons"].items()}
        except OSError:
            return
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            set_aside(self.path)

    def note(self, name: str, done: int, of: int) -> None:
        """Note steps that were done; who begins a lesson anew does not lose what was reached before."""
        before = self.lessons.get(name, (-1, of))
        if done <= before[0] and of == before[1]:
            return
        self.lessons[name] = (done, of)
        with suppress(OSError, FileError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, json.dumps({"format": FORMAT, "lessons": self.lessons}, ensure_ascii=False))
