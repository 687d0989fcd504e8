"""A sequence diagram as SVG: a picture of its own, in light and dark, with its words as text."""

from __future__ import annotations

from html import escape

from netsandbox.commands.verbs.sequence_text import span
from netsandbox.commands.verbs.show import columns_of
from netsandbox.engine.units import SECOND
from netsandbox.lab.sequence import Arrow, Sequence

CHARACTER = 7.3  # Pixels that a character takes, at 12 px
LEFT, TOP, ROW, RIGHT = 110, 48, 30, 190
LEAST = 160  # Pixels between two parties
STYLE = """
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #24292f; }
.time, .mark { fill: #6e7781; }
.name { font-weight: bold; }
.life { stroke: #d0d7de; }
.sent { stroke: #0969da; stroke-width: 1.5; }
.head { fill: #0969da; }
.dropped { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 3; }
.reason { fill: #cf222e; }
.page { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .page { fill: #0d1117; } .life { stroke: #30363d; } .time, .mark { fill: #8b949e; }
  .sent { stroke: #58a6ff; } .head { fill: #58a6ff; } .dropped { stroke: #ff7b72; } .reason { fill: #ff7b72; }
}"""


def svg(sequence: Sequence, title: str) -> str:
    """The picture; time is at the left, numbers of the log's records at the right."""
    places = _places(sequence)
    width = round(max(places.values(), default=LEFT) + RIGHT)
    height = TOP + ROW * (len(sequence.arrows) + 1)
    first = sequence.arrows[0].at if sequence.arrows else 0
    body = [f'<text class="name" x="{x:.0f}" y="{TOP - 18}" text-anchor="middle">{_safe(name)}</text>'
            f'<line class="life" x1="{x:.0f}" y1="{TOP - 8}" x2="{x:.0f}" y2="{height - 8}"/>'
            for name, x in places.items()]
    body += [_arrow(arrow, places, TOP + ROW * number + 20, first) for number, arrow in enumerate(sequence.arrows)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">\n<title>{_safe(title)}</title>\n<style>{STYLE}</style>\n'
            f'<rect class="page" width="{width}" height="{height}"/>\n' + "\n".join(body) + "\n</svg>\n")


def _places(sequence: Sequence) -> dict[str, float]:
    """Where each party's line stands, in pixels."""
    parties, gaps = sequence.parties, [float(LEAST)] * max(len(sequence.parties) - 1, 0)
    for arrow in sequence.arrows:
        low, high = span(arrow, parties)
        for number in range(low, high):
            gaps[number] = max(gaps[number], (columns_of(arrow.label) + 4) * CHARACTER / (high - low))
    places, x = {}, float(LEFT)
    for name, gap in zip(parties, [*gaps, 0.0], strict=False):
        places[name] = x
        x += gap
    return places


def _arrow(arrow: Arrow, places: dict[str, float], y: int, first: int) -> str:
    here = places[arrow.source]
    ends = [places[name] for name in arrow.targets]
    low, high = (list(places.values())[number] for number in span(arrow, tuple(places)))
    parts = [f'<text class="time" x="8" y="{y + 4}">+{(arrow.at - first) / SECOND:.6f}</text>']
    parts += [_line(here, end, y, arrow.dropped) for end in ends]
    middle, anchor = ((low + high) / 2, "middle") if high > low else (here + 8, "start")
    parts.append(f'<text x="{middle:.0f}" y="{y - 5}" text-anchor="{anchor}">{_safe(arrow.label)}</text>')
    marks = f' <tspan class="reason">{_safe(arrow.marks)}</tspan>' if arrow.marks else ""
    parts.append(f'<text class="mark" x="{max(places.values()) + 12:.0f}" y="{y + 4}">#{arrow.seq}{marks}</text>')
    return "".join(parts)


def _line(here: float, end: float, y: int, dropped: bool) -> str:
    if here == end:
        return f'<circle class="head" cx="{here:.0f}" cy="{y}" r="3"/>'
    back = -1 if end > here else 1
    line = f'<line class="{"dropped" if dropped else "sent"}" x1="{here:.0f}" y1="{y}" x2="{end:.0f}" y2="{y}"/>'
    if dropped:
        x = end + 8 * back
        return line + (f'<path class="sent dropped" d="M{x - 4:.0f} {y - 4} l8 8 m0 -8 l-8 8"/>')
    return line + f'<path class="head" d="M{end:.0f} {y} l{8 * back} -4 v8 z"/>'


def _safe(text: str) -> str:
    """What XML can hold."""
    return escape("".join(char if char.isprintable() else "·" for char in text), quote=False)
