"""How far GNU Wget's download has come: rows of dots, rates and sums (progress.c, retr.c)."""

from __future__ import annotations

from netsandbox.engine.units import SECOND

DOT, DOTS, SPACING = 1024, 50, 10
ROW = DOT * DOTS
RESOLUTION = 1  # Nanoseconds of the clock: what took no time took half of it
UNITS = ("B", "KB", "MB", "GB", "TB")
UNIT = 1024


class Progress:
    """What has come of one body."""

    def __init__(self, now: int, whole: int | None) -> None:
        self.began = now
        self.whole = whole  # its size, None where the server does not say
        self.arrivals: list[tuple[int, int]] = []  # how much had come at which moment

    def add(self, size: int, now: int) -> None:
        self.arrivals.append((self.size + size, now))

    @property
    def size(self) -> int:
        return self.arrivals[-1][0] if self.arrivals else 0

    @property
    def took(self) -> int:
        """Nanoseconds."""
        return self.arrivals[-1][1] - self.began if self.arrivals else 0

    def rows(self) -> str:
        """The dots."""
        text, before = "", self.began
        for row in range(self.size // ROW):
            done = (row + 1) * ROW
            at = next(when for size, when in self.arrivals if size >= done)
            left = ((self.whole or done) - done) * (at - self.began) / (done * SECOND)
            eta = "" if self.whole is None else f" {int(left + 0.5)}s"
            text += f"{_dots(row, DOTS)}{self._share(done)}{_short_rate(ROW, at - before)}{eta}\n"
            before = at
        last = self.size % ROW
        time = _short_rate(last, self.began + self.took - before)
        return f"{text}{_dots(self.size // ROW, last // DOT)}{self._share(self.size)}{time}={decimal(self.took)}s\n\n"

    def _share(self, size: int) -> str:
        return "" if self.whole is None else f"{100 * size // self.whole if self.whole else 100:3d}%"


def _dots(row: int, count: int) -> str:
    return f"{row * ROW // DOT:6d}K" + "".join(
        (" " if dot % SPACING == 0 else "") + ("." if dot < count else " ") for dot in range(DOTS))


def _rate(size: int, took: int) -> tuple[str, int]:
    """Bytes a second, and the place of their unit."""
    value, unit = size * SECOND / (took or RESOLUTION / 2), 0
    while value >= UNIT and unit < len(UNITS) - 1:
        value, unit = value / UNIT, unit + 1
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2}f}", unit


def _short_rate(size: int, took: int) -> str:
    value, unit = _rate(size, took)
    return f" {value:>4}{' KMGT'[unit]}"


def rate(size: int, took: int) -> str:
    """As in `1.36 MB/s`."""
    value, unit = _rate(size, took)
    return f"{value} {UNITS[unit]}/s"


def decimal(took: int) -> str:
    """Seconds of nanoseconds (print_decimal)."""
    value = took / SECOND
    if value >= 9.95:
        return f"{value:.0f}"
    if value >= 0.95:
        return f"{value:.1f}"
    return f"{value:.1g}" if value >= 0.001 else "0.001" if value >= 0.0005 else "0"


def human(size: int) -> str:
    """As in `195K` (human_readable)."""
    if size < UNIT:
        return str(size)
    value, unit = size / UNIT, 1
    while value >= UNIT and unit < len(UNITS) - 1:
        value, unit = value / UNIT, unit + 1
    return f"{value:.{1 if value < 10 else 0}f}{UNITS[unit][0]}"
