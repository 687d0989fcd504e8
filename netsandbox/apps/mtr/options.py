"""What mtr 0.95 can be told (ui/mtr.c parse_arg): each option is judged where it stands on the line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from netsandbox.apps.option_table import Given, OptionTable
from netsandbox.apps.program import Context, UsageError

USAGE = Path(__file__).with_name("usage.txt").read_text(encoding="utf-8")
TABLE = OptionTable(
    "mtr", 1, USAGE, acts="h|help v|version u|udp T|tcp I|interface= a|address= f|first-ttl= m|max-ttl= "
                          "U|max-unknown= P|port= L|localport= s|psize= B|bitpattern= i|interval= G|gracetime= Q|tos= "
                          "Z|timeout= M|mark= r|report w|report-wide c|report-cycles= j|json x|xml C|csv l|raw "
                          "n|no-dns b|show-ips o|order=",
    usual="4|inet", idle="e|mpls displaymode= t|curses",
    refused="6|inet6 F|filename= S|sctp g|gtk p|split y|ipinfo= z|aslookup")
REPORTS = {"report": "report", "report-wide": "report", "json": "json", "xml": "xml", "csv": "csv", "raw": "raw"}
FIELDS = " LDRSNBAWVGJMXI_"  # Letters of -o; `_` shows nothing
MOST_FIELDS, MOST_HOPS, MOST_INT, MOST_MARK = 20, 255, (1 << 31) - 1, (1 << 32) - 1
FIRST_PORT, LAST_PORT = 1024, 65535
HTTP = 80


@dataclass
class MtrOptions:
    """A command line that was read."""

    targets: list[str] = field(default_factory=list)
    method: str = "icmp"  # `icmp`, `udp` or `tcp`
    shows: str = ""  # how the result is told; empty where none was asked for
    is_wide: bool = False
    shows_names: bool = True
    shows_numbers: bool = False
    cycles: int = 10
    # interval, grace, timeout: seconds: of a round, after the last one, and of a probe
    interval: float = 1.0
    grace: float = 5.0
    timeout: int = 10
    # first, last, unknown: the least and the greatest TTL, and after how many silent hops a round ends
    first: int = 1
    last: int = 30
    unknown: int = 12
    port: int = 0
    local_port: int = 0
    size: int = 64
    pattern: int = 0  # each byte of a probe, -1 for chance
    tos: int = 0
    mark: int = 0
    interface: str = ""
    source: str = ""
    fields: str = "LS NABWV"  # what a report shows of each hop, by the letters of -o
    notes: list[str] = field(default_factory=list)

    def take(self, given: Given) -> None:
        """One option in its turn (UsageError: in mtr's words, or what -h and -v print)."""
        name, value = given.option.name, given.value
        if name in NUMBERS:
            attribute, least, most = NUMBERS[name]
            setattr(self, attribute, min(max(_number(value), least), most))
        elif name in REPORTS:
            self.shows = REPORTS[name]
            self.is_wide = self.is_wide or name == "report-wide"
        elif name in SECONDS:
            setattr(self, SECONDS[name], _seconds(value))
        elif name in ("udp", "tcp"):
            self._probe_by(name)
        elif name in ("port", "localport"):
            self._take_port(name, value)
        elif name in ("help", "version"):
            raise UsageError("", 0, USAGE.removesuffix("\n") if name == "help" else "mtr 0.95")
        else:
            self._take_rest(name, value)
        self.first = min(self.first, self.last)

    def _take_rest(self, name: str, value: str) -> None:
        if name == "no-dns":
            self.shows_names = False
        elif name == "show-ips":
            self.shows_numbers = True
        elif name == "tos":
            number = _number(value)
            self.tos = number if number <= 0xFF else 0
        elif name == "bitpattern":
            number = _number(value)
            self.pattern = number if number <= 0xFF else -1
        elif name == "mark":
            self.mark = _number(value, MOST_MARK)
        elif name == "interface":
            self.interface = value
        elif name == "address":
            self.source = value
        elif name == "order":
            self.fields = _fields(value)

    def _probe_by(self, method: str) -> None:
        if self.method != "icmp":
            raise UsageError("mtr: -u , -T and -S are mutually exclusive", 1)
        self.method = method
        if method == "tcp":
            self.port = self.port or HTTP

    def _take_port(self, name: str, value: str) -> None:
        number = _number(value)
        if not (1 if name == "port" else FIRST_PORT) <= number <= LAST_PORT:
            raise UsageError(f"mtr: Illegal port number: {number}", 1)
        if name == "port":
            self.port = number
        else:
            self.local_port = number


NUMBERS = {"report-cycles": ("cycles", 0, MOST_INT), "psize": ("size", 0, MOST_INT),
           "first-ttl": ("first", 1, MOST_HOPS), "max-ttl": ("last", 1, MOST_HOPS),
           "max-unknown": ("unknown", 1, MOST_INT), "timeout": ("timeout", 0, MOST_INT)}
"""Options that are numbers and brought within bounds: attribute, least and most."""
SECONDS = {"interval": "interval", "gracetime": "grace"}


def parse(context: Context) -> MtrOptions:
    """The command line (UsageError: it is refused, or -h or -v end the run)."""
    options = MtrOptions()
    given = []
    for one in TABLE.each(context.arguments, options.targets):
        TABLE.refuse([one])
        options.take(one)
        given.append(one)
    options.notes = TABLE.notes(given)
    options.targets = options.targets or ["localhost"]
    return options


def _number(text: str, most: int = MOST_INT) -> int:
    """strtonum_or_err: below `most`."""
    if re.fullmatch(r"\s*\+?[0-9]+", text) and int(text) < most:
        return int(text)
    raise _invalid(text, too_great=bool(re.fullmatch(r"\s*[-+]?[0-9]+", text)) and abs(int(text)) >= 1 << 64)


def _seconds(text: str) -> float:
    """strtofloat_or_err, and more than nothing."""
    try:
        number = float(text if text.isascii() else "") if "_" not in text else -1.0
    except ValueError:
        raise _invalid(text) from None
    if not number < float("inf"):
        raise _invalid(text)
    if number <= 0:
        raise UsageError("mtr: wait time must be positive", 1)
    return number


def _invalid(text: str, too_great: bool = False) -> UsageError:
    return UsageError(f"mtr: invalid argument: '{text}'" + ": Numerical result out of range" * too_great, 1)


def _fields(text: str) -> str:
    if len(text) > MOST_FIELDS:
        raise UsageError(f"mtr: Too many fields: {text}", 1)
    for letter in text:
        if letter not in FIELDS:
            raise UsageError(f"mtr: Unknown field identifier: {letter}", 1)
    return text
