"""How mtr tells its result: report, JSON, XML and CSV (ui/report.c)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from netsandbox.apps.mtr.hops import Hop

NARROW = 33  # Columns before the numbers of a report that is not wide


class Field(NamedTuple):
    """One column, by its letter of -o: its title, format and width, and what it is, floats in thousandths."""

    title: str
    format: str
    width: int
    read: Callable[[Hop], int]

    def value(self, hop: Hop) -> float:
        """In the unit that is shown."""
        number = self.read(hop)
        return number / 1000 if "f" in self.format else number


FIELDS = {
    " ": Field(" ", " ", 1, lambda hop: hop.dropped), "L": Field("Loss%", " {:4.1f}%", 6, lambda hop: hop.loss),
    "D": Field("Drop", " {:4d}", 5, lambda hop: hop.dropped), "R": Field("Rcv", " {:5d}", 6, lambda hop: hop.returned),
    "S": Field("Snt", " {:5d}", 6, lambda hop: hop.sent), "N": Field("Last", " {:5.1f}", 6, lambda hop: hop.last),
    "B": Field("Best", " {:5.1f}", 6, lambda hop: hop.best), "A": Field("Avg", " {:5.1f}", 6, lambda hop: hop.average),
    "W": Field("Wrst", " {:5.1f}", 6, lambda hop: hop.worst),
    "V": Field("StDev", " {:5.1f}", 6, lambda hop: hop.deviation),
    "G": Field("Gmean", " {:5.1f}", 6, lambda hop: hop.geometric),
    "J": Field("Jttr", " {:4.1f}", 5, lambda hop: hop.jitter),
    "M": Field("Javg", " {:4.1f}", 5, lambda hop: hop.jitter_average),
    "X": Field("Jmax", " {:4.1f}", 5, lambda hop: hop.jitter_worst),
    "I": Field("Jint", " {:4.1f}", 5, lambda hop: hop.interarrival)}


class Row(NamedTuple):
    """One hop as it is shown: its number, its name, and names of others that answered there."""

    number: int
    name: str
    others: tuple[str, ...]
    hop: Hop


class Report(NamedTuple):
    """All of a run (host: this host's name.  target: as it was typed.  letters: the columns)."""

    host: str
    target: str
    letters: str
    rows: Sequence[Row]
    is_wide: bool = False
    tos: int = 0
    size: int = 64
    pattern: int = 0
    cycles: int = 10

    @property
    def fields(self) -> list[Field]:
        return [FIELDS[letter] for letter in self.letters if letter in FIELDS]

    @property
    def pattern_text(self) -> str:
        return "rand(0x00-FF)" if self.pattern < 0 else f"0x{self.pattern:02X}"

    def shown(self, how: str, now: int) -> str:
        """As one of the formats; nothing more of a raw one.  Args: now: seconds since 1970."""
        if how == "csv":
            return self.csv(now)
        if how == "raw":
            return ""
        return self.json() if how == "json" else self.xml() if how == "xml" else self.text()

    def text(self) -> str:
        """The table of -r and -w, without its first line."""
        width = max(len(name) for name in (self.host, *(row.name for row in self.rows))) if self.is_wide else NARROW
        lines = [self._line(f"HOST: {self.host:<{width}}", [(f.title.rjust(f.width), f.width) for f in self.fields])]
        for row in self.rows:
            cells = [(f.format.format(f.value(row.hop)), f.width) for f in self.fields]
            lines.append(self._line(f" {row.number:2}.|-- {row.name:<{width}}", cells))
            lines += [f"        {name:<{width}}" for name in row.others]
        return "\n".join(lines)

    def _line(self, text: str, cells: Sequence[tuple[str, int]]) -> str:
        """Each cell begins in its column, over what stood there."""
        column = len(text) if self.is_wide else NARROW
        for cell, width in cells:
            text = text[:column].ljust(column) + cell
            column += width
        return text

    def json(self) -> str:
        hubs = [{"count": row.number, "host": row.name,
                 **{f.title: _five_digits(f.value(row.hop)) if "f" in f.format else f.read(row.hop)
                    for f in self.fields if f.title != " "}}
                for row in self.rows]
        about = {"src": self.host, "dst": self.target, "tos": self.tos, "tests": self.cycles, "psize": str(self.size),
                 "bitpattern": self.pattern_text}
        return json.dumps({"report": {"mtr": about, "hubs": hubs}}, indent=4, ensure_ascii=False)

    def xml(self) -> str:
        return "\n".join(self._xml())

    def _xml(self) -> Iterator[str]:
        yield '<?xml version="1.0"?>'
        yield (f'<MTR SRC="{self.host}" DST="{self.target}" TOS="0x{self.tos:X}" PSIZE="{self.size}" '
               f'BITPATTERN="{self.pattern_text}" TESTS="{self.cycles}">')
        for row in self.rows:
            yield f'    <HUB COUNT="{row.number}" HOST="{row.name}">'
            for field in self.fields:
                if field.title != " ":
                    name = field.title.removesuffix("%")
                    yield f"        <{name}>{field.format.format(field.value(row.hop))}</{name}>"
            yield "    </HUB>"
        yield "</MTR>"

    def csv(self, now: int) -> str:
        """Args: now: seconds since 1970."""
        lines = []
        for row in self.rows:
            values = "".join(f",{f.value(row.hop):.2f}" if "f" in f.format else f",{f.read(row.hop)}"
                             for f in self.fields)
            lines += [f"MTR.0.95,{now},OK,{self.target},{row.number},{name}{values}"
                      for name in (row.name, *row.others)]
        titles = "Mtr_Version,Start_Time,Status,Host,Hop,Ip," + "".join(f"{f.title}," for f in self.fields)
        return "\n".join([titles, *lines] if lines else [])


def _five_digits(value: float) -> float:
    """As jansson prints them (JSON_REAL_PRECISION)."""
    return float(f"{value:.5g}")
