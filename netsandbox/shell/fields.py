"""Where expanded text is gathered: as fields that are split at IFS, or as one text."""

from __future__ import annotations

from netsandbox.shell.patterns import escaped

Segment = tuple[str, bool]  # A text, and whether it is quoted


class Fields:
    """Fields in the making (POSIX XCU 2.6.5) (separators: IFS)."""

    splits = True

    def __init__(self, separators: str) -> None:
        self.done: list[list[Segment]] = []
        self._current: list[Segment] | None = None
        self._blank = "".join(char for char in separators if char in " \t\n")
        self._marks = "".join(char for char in separators if char not in " \t\n")
        self._after_blank = False

    def add(self, text: str, quoted: bool) -> None:
        """Text that is not split."""
        if text or quoted:
            self._current = self._current or []
            self._current.append((text, quoted))
            self._after_blank = False

    def split(self, text: str) -> None:
        """Text that came out of an expansion."""
        start = 0
        for at, char in enumerate(text):
            if char not in self._blank and char not in self._marks:
                continue
            self.add(text[start:at], False)
            start = at + 1
            if char in self._blank:
                if self._current is not None:
                    self.end()
                    self._after_blank = True
            elif self._current is not None:
                self.end()
            elif self._after_blank:
                self._after_blank = False
            else:
                self.done.append([])
        self.add(text[start:], False)

    def end(self) -> None:
        """The next text begins a field of its own."""
        if self._current is not None:
            self.done.append(self._current)
            self._current = None
        self._after_blank = False


class Joined:
    """One text, in which nothing is split."""

    splits = False

    def __init__(self) -> None:
        self.segments: list[Segment] = []

    def add(self, text: str, quoted: bool) -> None:
        self.segments.append((text, quoted))

    def split(self, text: str) -> None:
        self.segments.append((text, False))

    def end(self) -> None:
        """Values of `$@` stand one behind the other."""
        self.segments.append((" ", True))

    @property
    def text(self) -> str:
        return "".join(text for text, _quoted in self.segments)

    @property
    def pattern(self) -> str:
        return pattern_of(self.segments)


def pattern_of(segments: list[Segment]) -> str:
    """As a pattern, in which what is quoted stands for itself."""
    return "".join(escaped(text) if quoted else text for text, quoted in segments)
