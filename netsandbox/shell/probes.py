"""which, fping and mtr: what they say is found with the programs that are there."""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from netsandbox.apps.idle import judge
from netsandbox.apps.options import getopt
from netsandbox.apps.program import UsageError
from netsandbox.shell.around import Around

MOST_TARGETS = 1024
HOP = re.compile(r"\s*(\d+)\s+(\S+)(.*)")
TIME = re.compile(r"([0-9.]+) ms")
SENT_LENGTH = 10


class Which(Around):
    """which: where a program is."""

    def start(self) -> None:
        names = [word for word in self.call.argv[1:] if not word.startswith("-")]
        found = [name for name in names if self.machine.has(name)]
        for name in found:
            self.print(f"/usr/bin/{name}")
        self.exit(0 if found and len(found) == len(names) else 1)


class Fping(Around):
    """fping: who of many answers; one echo request each, and three more to those that do not."""

    _dead = 0

    def start(self) -> None:
        try:
            options, targets = getopt("fping", self.call.argv[1:], "aunqAg", "crti")
            judge("fping", options, 3)
            self._options = options
            self._targets = self._range(targets) if "g" in options else targets
        except (UsageError, ValueError) as error:
            self.complain(f"fping: {error}" if isinstance(error, ValueError) else str(error))
            self.exit(3)
            return
        self._next()

    def _range(self, targets: list[str]) -> list[str]:
        network = IPv4Network(targets[0] if targets else "", strict=False)
        hosts = [str(host) for host in network.hosts()]
        if len(hosts) > MOST_TARGETS:
            raise ValueError(f"more than {MOST_TARGETS} addresses")
        return hosts

    def _next(self) -> None:
        if not self._targets:
            self.exit(int(self._dead > 0))
            return
        self.inner = None
        self.run(["ping", "-n", "-c", "4", "-i", "0.5", "-W", "0.5", "-w", "2", self._targets[0]], output=[])

    def ended(self, code: int) -> None:
        target = self._targets.pop(0)
        self._dead += code != 0
        is_short, is_quiet = bool(self._options.keys() & {"a", "u"}), "q" in self._options
        if "u" in self._options if code == 0 else "a" in self._options:
            pass
        elif is_short or not is_quiet:
            self.print(target if is_short else f"{target} is {'unreachable' if code else 'alive'}")
        self._next()


class Mtr(Around):
    """mtr: as a report; each hop is asked so many times."""

    def start(self) -> None:
        words = [word for word in self.call.argv[1:] if word not in ("--report", "--report-wide", "--no-dns")]
        words = [re.sub(r"^--report-cycles=?", "-c", word) for word in words]
        try:
            options, targets = getopt("mtr", words, "rwnuTbz", "cim")
            notes = judge("mtr", options)
        except UsageError as error:
            self.complain(str(error))
            self.exit(1)
            return
        count = options.get("c", "10")
        if len(targets) != 1 or not count.isdecimal() or not 0 < int(count) <= SENT_LENGTH:
            self.complain(f"netsandbox: mtr takes one target here, and -c 1 to {SENT_LENGTH}")
            self.exit(1)
            return
        for note in notes:
            self.complain(note)
        self._count = int(count)
        self._found: list[tuple[str, str]] = []
        kind = [] if "u" in options else ["-I"]
        most = ["-m", options["m"]] if "m" in options else []
        self.run(["traceroute", "-n", *kind, *most, "-q", count, targets[0]], output=self._found)

    def ended(self, code: int) -> None:
        text = "".join(text for _stream, text in self._found)
        rows = [match for line in text.splitlines() if (match := HOP.fullmatch(line)) is not None]
        if not rows:
            self.output += self._found
            self.exit(code or 1)
            return
        self.print(f"{'HOST':<30} Loss%   Snt   Last   Avg  Best  Wrst StDev")
        for row in rows:
            self.print(self._row(row))
        self.exit(code)

    def _row(self, row: re.Match[str]) -> str:
        times = [float(time) for time in TIME.findall(row[3])]
        name = "???" if row[2] == "*" else row[2]
        lost = 100 * (self._count - len(times)) / self._count
        mean = sum(times) / len(times) if times else 0.0
        spread = (sum((time - mean) ** 2 for time in times) / len(times)) ** 0.5 if times else 0.0
        last, best, worst = (times[-1], min(times), max(times)) if times else (0.0, 0.0, 0.0)
        return (f"{row[1]:>3}.|-- {name:<22} {lost:5.1f}% {self._count:>5} {last:>6.1f} {mean:>5.1f} {best:>5.1f} "
                f"{worst:>5.1f} {spread:>5.1f}")
