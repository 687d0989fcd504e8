"""mtr 0.95, as a report: each hop is asked so many times, by traceroute's probes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netsandbox.apps.calendar import moment
from netsandbox.apps.events import NOT_KNOWN, OTHER_FAMILY, TRY_AGAIN
from netsandbox.apps.hosts import text_of
from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError
from netsandbox.shell.around import Around

HOP = re.compile(r"\s*(\d+)\s+(?:\*|(\S+)(?: \((\S+)\))?)(.*)")
TIME = re.compile(r"([0-9.]+) ms")
MOST_CYCLES = 10
WIDTHS = 6, 6, 7, 6, 6, 6, 6
"""Columns of loss, sent, last, average, best, worst and deviation."""
TITLES = "Loss%", "Snt", "Last", "Avg", "Best", "Wrst", "StDev"
NARROW, LEAST_WIDE = 33, 8
"""Columns before the numbers, and of a name in a wide report."""
OPTIONS = OptionTable(
    "mtr", 1, "", acts="w|report-wide n|no-dns b|show-ips u|udp c|report-cycles= f|first-ttl= m|max-ttl= s|psize= "
                  "v|version",
    usual="4 r|report t|curses", idle="i|interval= Z|timeout= G|gracetime=",
    refused="6 F|filename= x|xml g|gtk l|raw C|csv j|json p|split B|bitpattern= a|address= I|interface= U|max-unknown= "
            "E|max-display-path= T|tcp S|sctp P|port= L|localport= Q|tos= e|mpls o|order= y|ipinfo= z|aslookup "
            "M|mark= displaymode= h|help")


class Mtr(Around):
    """One run of it."""

    def start(self) -> None:
        try:
            self._read = OPTIONS.read(self.call.argv[1:])
            self._count = self._cycles(self._read)
            words = self._traceroute(self._read)
        except UsageError as error:
            if error.out:
                self.print(error.out)
            if str(error):
                self.complain(str(error))
            self.exit(error.code)
            return
        for note in OPTIONS.notes(self._read.given):
            self.complain(note)
        self._found: list[tuple[str, str]] = []
        self._began = self.machine.scheduler.clock
        self.run(words, output=self._found)

    @staticmethod
    def _cycles(read: Read) -> int:
        text = read.values.get("report-cycles", str(MOST_CYCLES))
        if not re.fullmatch("[0-9]+", text):
            raise UsageError(f"mtr: invalid argument: '{text}'", 1)
        if not 0 < int(text) <= MOST_CYCLES:
            raise UsageError(f"netsandbox: mtr asks each hop 1 to {MOST_CYCLES} times here", 1)
        return int(text)

    def _traceroute(self, read: Read) -> list[str]:
        """The probes that it makes."""
        if "version" in read:
            raise UsageError("", 0, "mtr 0.95")
        if len(read.operands) > 1:
            raise UsageError("netsandbox: mtr takes one target here", 1)
        values = [word for name, letter in (("first-ttl", "-f"), ("max-ttl", "-m")) if name in read
                  for word in (letter, read.values[name])]
        return ["traceroute", *["-n"] * ("no-dns" in read), *["-I"] * ("udp" not in read), *values, "-q",
                str(self._count), *(read.operands or ["localhost"]), read.values.get("psize", "64")]

    def ended(self, code: int) -> None:
        text = "".join(text for _stream, text in self._found)
        rows = [match for line in text.splitlines() if (match := HOP.fullmatch(line)) is not None]
        if not rows:
            self._refuse(code)
            return
        while len(rows) > 1 and not rows[-1][2] and not rows[-2][2]:
            rows.pop()
        names = [self._name(row) for row in rows]
        is_wide = "report-wide" in self._read
        width = max(LEAST_WIDE, *map(len, names)) if is_wide else NARROW - LEAST_WIDE
        began = moment(self._began)
        self.print(f"Start: {began.year}-{began.month:02d}-{began.day:02d}T{began.clock}+0000")
        host = "HOST: " + text_of(self.machine.context_of(self.call).files, "/etc/hostname").strip()
        self.print(host.ljust(width + 6 if is_wide else NARROW) + _cells(TITLES))
        for row, name in zip(rows, names, strict=True):
            self.print(f"{row[1]:>3}.|-- {name[:width]:<{width}}{self._numbers(row)}")
        self.exit(0)

    def _refuse(self, code: int) -> None:
        """What traceroute could not do, in mtr's words where there are any."""
        text = "".join(text for _stream, text in self._found)
        unknown = re.search(rf"(\S+): ({NOT_KNOWN}|{TRY_AGAIN}|{OTHER_FAMILY})", text)
        if unknown:
            self.complain(f"mtr: Failed to resolve host: {unknown[1]}: {unknown[2]}")
            self.exit(1)
            return
        self.output += self._found
        self.exit(code or 1)

    def _name(self, row: re.Match[str]) -> str:
        if not row[2]:
            return "???"
        return f"{row[2]} ({row[3]})" if "show-ips" in self._read and row[2] != row[3] and row[3] else row[2]

    def _numbers(self, row: re.Match[str]) -> str:
        times = [float(time) for time in TIME.findall(row[4])]
        mean = sum(times) / len(times) if times else 0.0
        spread = (sum((time - mean) ** 2 for time in times) / len(times)) ** 0.5 if times else 0.0
        last, best, worst = (times[-1], min(times), max(times)) if times else (0.0, 0.0, 0.0)
        lost = 100 * (self._count - len(times)) / self._count
        shown = [f"{time:.1f}" for time in (last, mean, best, worst, spread)]
        return _cells([f"{lost:.1f}%", str(self._count), *shown])


def _cells(texts: Sequence[str]) -> str:
    """Right in their columns; what is too long is cut."""
    return "".join(text[:5].rjust(width) for text, width in zip(texts, WIDTHS, strict=True))
