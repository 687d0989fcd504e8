"""The columns of the frame log: what they say and how wide each is at a given width of the pane."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.commands.verbs.frame_rows import NOBODY
from netsandbox.explain.frame_words import BRIEF, KIND, NUMBERS, SEGMENT, TIGHT, WHOLE, protocol_of, shortened
from netsandbox.explain.verdicts import VERDICTS, drop_words
from netsandbox.lab.log_flags import BITS, flags_said
from netsandbox.lab.tables import LogRow
from netsandbox.tui.canvas import Run
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.text import cell_len, crop, fit, safe

PROTOCOL_STYLES = {"arp": "arp", "icmp": "icmp", "tcp": "tcp", "udp": "udp", "dns": "udp", "http": "tcp"}


class Columns(NamedTuple):
    """Widths in cells; 0 for a column that has no room."""

    number: int
    time: int
    where: int
    who: int
    protocol: int
    info: int
    verdict: int


class Needs(NamedTuple):
    """The widest texts seen so far, in cells: columns are no wider than what they hold."""

    where: int = 28
    who: int = 30
    verdict: int = 26
    port: int = 26  # Of the place in a narrow pane, a port without its bridge


WIDTHS = (0, TIGHT, BRIEF, KIND, WHOLE, NUMBERS, SEGMENT)  # A width of each form in which a row may be told
_NARROW = 100  # Below it a port is named without its bridge where the two have no room


def columns(
    width: int, last_seq: int = 0, needs: Needs = Needs(), last_at: int | None = None  # noqa: B008 - immutable
) -> Columns:
    """The widths for a pane of `width` cells, of which one goes to the cursor and one between columns.

    Numbers and times are never cut.  The frame's own line gets what the
    others leave, and below some 50 cells all but it and the verdict go.
    """
    number = max(3, len(str(last_seq)))
    rest = width - 2
    if rest < 50:
        return Columns(number, 0, 0, 0, 0, max(rest - number - 10, 0), 8)
    narrow = width < _NARROW
    time, protocol = (10, 4) if narrow else (11, 5)
    if narrow and last_at is not None:
        time = max(len(format_time(last_at)), 8)
    verdict = min(max(needs.verdict, 8), 10 if narrow else 26)
    rest -= number + time + protocol + verdict + 6
    place, share = (needs.port, 35) if narrow else (needs.where, 28)
    where = 0 if rest < 32 else min(place, max(rest * share // 100, 8))
    who = min(needs.who, max(rest * (43 if narrow else 38) // 100, 12))
    return Columns(number, time, where, who, protocol, max(rest - where - who, 0), verdict)


def format_time(at: int) -> str:
    """Nanoseconds as seconds with six places, `12.000345`; from 100,000 s on with fewer."""
    seconds, micros = at // 1_000_000_000, at // 1000 % 1_000_000
    text = f"{seconds}.{micros:06d}"
    return text if len(text) <= 11 else text[:11].rstrip(".")


def where_text(row: LogRow, glyphs: GlyphSet) -> str:
    """Which way and at which interface: `⇐ nginx-1:eth0`, or for a port its bridge `⇐ docker0:veth3a7f9c1`."""
    if row.hops:
        mark = glyphs.folded if row.hops > 0 else glyphs.unfolded
        return f"{mark} {_interface(row)}" + (f" +{row.hops - 1}" if row.hops > 0 else "")
    return f"{glyphs.into if row.direction == 'in' else glyphs.out} {_interface(row)}"


def _narrow_where(row: LogRow, glyphs: GlyphSet, width: int) -> str:
    """Without a blank, and a port with its bridge only where both are seen whole."""
    if row.hops:
        return f"{glyphs.folded if row.hops > 0 else glyphs.unfolded}{_interface(row)}"
    place = _interface(row)
    if row.master and cell_len(place) >= width:
        place = safe(row.interface)
    return f"{glyphs.into if row.direction == 'in' else glyphs.out}{place}"


def _interface(row: LogRow) -> str:
    """A port with its bridge, as a person calls it; and a bridge that has another name for people by that one."""
    if row.master:
        return safe(f"{row.title or row.master}:{row.interface}")
    if row.title:
        return safe(row.title if row.title == row.node else f"{row.node}:{row.title}")
    return safe(f"{row.node}:{row.interface}" if row.interface else row.node)


def who_text(row: LogRow, glyphs: GlyphSet) -> str:
    """From whom to whom, by name."""
    return f"{_called(row.source)} {glyphs.arrow} {_called(row.destination)}"


def _who(row: LogRow, glyphs: GlyphSet) -> str:
    """The same in its column: over lo an address speaks to itself, which is named once."""
    return safe(row.source) if row.source == row.destination else who_text(row, glyphs)


def _called(name: str) -> str:
    """A node's name, or in the language in use who is meant by an address that is nobody's own."""
    return tr("who." + name) if name in NOBODY else safe(name)


def verdict_text(row: LogRow, glyphs: GlyphSet) -> str:
    """One word; of a drop the mark and why in two, as the kernel's name of the reason has no room in any column."""
    return f"{glyphs.dropped} {_verdict(row)}" if _is_loss(row) else _verdict(row)


def _is_loss(row: LogRow) -> bool:
    """It was dropped, and nobody who listened in had it before."""
    return row.dropped and row.verdict != "overheard"


def _verdict(row: LogRow) -> str:
    if _is_loss(row) and row.reason:
        return safe(drop_words(row.reason, language()))
    return tr("verdict." + row.verdict) if row.verdict in VERDICTS else safe(row.verdict)


def header(widths: Columns, glyphs: GlyphSet) -> str:
    """The titles of the columns."""
    dots = glyphs.ellipsis
    titles = [
        (tr("log.number"), widths.number, "right"),
        (tr("log.time"), widths.time, "right"),
        (tr("log.where"), widths.where, "left"),
        (f"{tr('log.from')} {glyphs.arrow} {tr('log.to')}", widths.who, "left"),
        (tr("log.protocol"), widths.protocol, "left"),
        (tr("log.info"), widths.info, "left"),
        (tr("log.verdict"), widths.verdict, "left"),
    ]
    shown = [fit(title, width, align, dots if width > 4 else "") for title, width, align in titles if width]
    return "  " + " ".join(shown)


def needs_of(row: LogRow, glyphs: GlyphSet) -> Needs:
    """The cells that a row's place, parties and verdict take."""
    texts = (where_text(row, glyphs), _who(row, glyphs), verdict_text(row, glyphs), _narrow_where(row, glyphs, 0))
    return Needs(*map(cell_len, texts))


def row_runs(row: LogRow, widths: Columns, glyphs: GlyphSet, needle: str = "") -> list[Run]:
    """A row in runs of one style, the first cell (the cursor's) left out; matches of a search are marked."""
    dots = glyphs.ellipsis
    is_narrow = widths.protocol == 4
    protocol = safe(protocol_of(row.protocol, row.info))
    where = _narrow_where(row, glyphs, widths.where) if is_narrow else where_text(row, glyphs)
    parts = [
        (str(row.seq), widths.number, "number", "right"),
        (format_time(row.at), widths.time, "time", "right"),
        (where, widths.where, "where", "left"),
        (_who(row, glyphs), widths.who, "who", "left"),
        (protocol, widths.protocol, PROTOCOL_STYLES.get(protocol.lower(), "other"), "left"),
        (glyphs.plain(_told(safe(row.info), widths.info)), widths.info, "info", "left"),
        (verdict_text(row, glyphs), widths.verdict, "dropped" if _is_loss(row) else "verdict", "left"),
    ]
    runs: list[Run] = []
    for text, width, style, align in parts:
        if width:
            runs.append(Run(" ", ""))
            if style == "where":
                text = _crop_middle(text, width, dots)
            runs.extend(marked(fit(text, width, align, dots), style, needle))
    return runs


def _told(info: str, width: int) -> str:
    """In the column's form, or where that is cut, in the first shorter one that is not."""
    said = language()
    told = shortened(info, width, said)
    if cell_len(told) <= width:
        return told
    fewer = (shortened(info, least - 1, said) for least in reversed(WIDTHS) if 0 < least <= width)
    return next((text for text in fewer if cell_len(text) <= width), told)


def _crop_middle(text: str, width: int, dots: str) -> str:
    """Cut the node of `⇐ node:interface` before the interface: the end tells more than the beginning."""
    if cell_len(text) <= width:
        return text
    head, _, interface = text.rpartition(":")
    room = width - cell_len(interface) - 1
    return f"{crop(head, room, dots)}:{interface}" if head and room >= 4 else crop(text, width, dots)


def marked(text: str, style: str, needle: str) -> list[Run]:
    """The text in one run, or in several when it contains what is searched for."""
    at = text.lower().find(needle.lower()) if needle else -1
    if at < 0 or len(text.lower()) != len(text):
        return [Run(text, style)]
    end = at + len(needle)
    pieces = [Run(text[:at], style), Run(text[at:end], "match"), *marked(text[end:], style, needle)]
    return [piece for piece in pieces if piece.text]


def plain(row: LogRow, glyphs: GlyphSet) -> str:
    """A row as one line of text, for the clipboard: all columns, none cut."""
    return "\t".join(
        (str(row.seq), format_time(row.at), where_text(row, glyphs), who_text(row, glyphs), safe(row.protocol),
         safe(row.info), verdict_text(row, glyphs))
    )


def contains(needle: str, glyphs: GlyphSet = UNICODE) -> Callable[[LogRow], bool]:
    """A test for rows that say `needle` in any column, in whatever case, or that have it as their number or time."""
    needle = needle.lower()
    flag = BITS.get(needle, 0)

    def test(row: LogRow) -> bool:
        if flag & (flags_said(row.info) or 0):
            return True
        texts = (row.info, row.source, row.destination, row.node, row.interface, row.protocol, row.verdict, row.reason,
                 where_text(row, glyphs), who_text(row, glyphs), verdict_text(row, glyphs))
        return (any(needle in text.lower() for text in texts) or needle in (str(row.seq), format_time(row.at))
                or any(needle in shortened(row.info, width, language()).lower() for width in WIDTHS))

    return test
