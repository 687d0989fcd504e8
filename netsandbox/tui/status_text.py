"""The status line as text: where the lab is in time, fitted to a width.  No Textual."""

from __future__ import annotations

from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.session.source import Status
from netsandbox.tui.text import cell_len, crop, fit, safe

_LEAST_NEXT = 10  # Cells of what comes next below which it is not worth showing, unless it is that short

_LEAST_TITLE = 24  # Cells to which a title may be cut; with less room it is left out, and what comes next has it

_TITLE = 32  # Cells that a title may always take; where there is room, more


def clock(at: int) -> str:
    """Virtual time with its microseconds in groups, as a person reads them: `+12.000 345 s`."""
    seconds, micros = at // 1_000_000_000, at // 1000 % 1_000_000
    return f"+{seconds}.{micros // 1000:03d} {micros % 1000:03d} s"


def speed_text(speed: float, glyphs: GlyphSet) -> str:
    """`×1`, `×0.5`, or in a word when it is as fast as it can."""
    return glyphs.times + (f"{speed:g}" if speed else tr("status.fastest"))


class Room:
    """Cells that are left of a line."""

    def __init__(self, left: int) -> None:
        self.left = left

    def afford(self, text: str, wanted: bool = True) -> str:
        """A text that is wanted, where it fits, which takes its cells; else nothing."""
        if not wanted or cell_len(text) > self.left:
            return ""
        self.left -= cell_len(text)
        return text


def status_runs(status: Status, width: int, glyphs: GlyphSet, message: str = "", trouble: bool = False) -> list[Run]:
    """The line, exactly `width` cells: title, state, step, time, speed, what comes next or a message, and drops.

    The state's glyph and the drops are always there, and so is the step, but for one in a lesson, which counts its own;
    the others, a message first and the title last, as far as there is room.
    """
    moves = "waits" if status.waits else "quiet" if status.quiet else "playing"
    state, step = moves if status.playing else "paused", _step(status)
    drops = f" {tr('status.dropped', count=status.dropped)} "
    if status.dropped:
        drops = f" {glyphs.dropped}{drops}"
    wanted = cell_len(message) + 3 if message else 0  # as much as it takes, and time and title where there is more room
    left = width - cell_len(f" {glyphs.play} {step}") - cell_len(drops)
    kept = min(wanted, max(left, 0))
    room = Room(left - kept)
    afford = room.afford
    dot = f" {glyphs.separator} "
    time = afford((dot if step else "") + clock(status.at))
    word = afford(f" {tr('status.' + state)}")
    speed = afford(dot + speed_text(status.speed, glyphs), status.speed != 1.0 or width >= 100)
    lagging = afford(dot + tr("status.lagging"), status.lagging)
    jobs = afford(dot + tr("status.jobs", count=status.jobs), status.jobs > 0)
    title = afford(f" {crop(safe(status.title), _widest(room.left), glyphs.ellipsis)} ", bool(status.title))
    left = room.left + kept
    line = [Run(title, "title"), Run(f" {glyphs.play if status.playing else glyphs.pause}{word} ", "state"),
            Run(step + time + speed + lagging + jobs, "time"), *_next(status, left, glyphs, message, trouble),
            Run(drops, "dropped" if status.dropped else "time")]
    return line if left >= 0 else [Run(fit("".join(run.text for run in line), width, ellipsis=glyphs.ellipsis), "time")]


def _widest(room: int) -> int:
    """What a title may take: no more while nothing comes next, as it would come and go."""
    most = max(_TITLE, room * 3 // 5)
    return min(most, room - 2) if room - 2 >= _LEAST_TITLE else most


def _step(status: Status) -> str:
    stepped_back = status.last_step > status.step
    if status.in_lesson and status.playing and not stepped_back:
        return ""
    return tr("status.step_of" if stepped_back else "status.step", step=status.step, last=status.last_step)


def _next(status: Status, room: int, glyphs: GlyphSet, message: str, trouble: bool) -> list[Run]:
    """What fills the room: a message, else what comes next, else nothing."""
    coming = tr("status.next", what=safe(status.next)) if status.next else ""
    text = glyphs.plain(safe(message) or coming)
    style = "time" if not message else "trouble" if trouble else "message"
    lead = f" {glyphs.dropped} " if trouble and message else f" {glyphs.separator} "
    least = cell_len(lead) + (0 if message else cell_len(tr("status.next", what=""))) + _LEAST_NEXT
    if not text or room < min(least, cell_len(lead + text)):
        return [Run(" " * room, "time")]
    return [Run(fit(lead + text, room, ellipsis=glyphs.ellipsis), style)]
