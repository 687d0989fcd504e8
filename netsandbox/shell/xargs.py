"""xargs of findutils: a command with words of the input behind it, one after the other."""

from __future__ import annotations

import re
import shlex

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.program import UsageError
from netsandbox.linux.core.files.inode import FileError
from netsandbox.shell.around import Around

PIECE = re.compile(r"""'([^']*)'|"([^"]*)"|\\(.)|([^\s'"\\]+)|(\s+)|(.)""", re.DOTALL)


def words_of(text: str) -> list[str]:
    """The words of a text: blanks separate, quotes and backslashes protect; an open quote is a letter."""
    found, current = list[str](), None
    for match in PIECE.finditer(text):
        if match[5] is None:
            piece = next(group for group in (match[1], match[2], match[3], match[4], match[6]) if group is not None)
            current = (current or "") + piece
        elif current is not None:
            found.append(current)
            current = None
    return [*found, current] if current is not None else found


FAILED, ABORTED, SOME_FAILED = 1, 124, 123
HINT = "Try 'xargs --help' for more information."
HELP = """\
Usage: xargs [OPTION]... COMMAND [INITIAL-ARGS]...
Run COMMAND with arguments INITIAL-ARGS and more arguments read from input."""
OPTIONS = OptionTable(
    "xargs", FAILED, HINT, acts="0|null a|arg-file= d|delimiter= E= e|eof? I= i|replace? L= l|max-lines? n|max-args= "
    "process-slot-var= r|no-run-if-empty t|verbose help version",
    usual="x|exit", idle="P|max-procs= s|max-chars= o|open-tty", refused="p|interactive show-limits")
LEAST = {"-n": 1, "--max-args": 1, "-L": 1, "-l": 1, "--max-lines": 1, "-s": 1, "--max-chars": 1, "-P": 0,
         "--max-procs": 0}
ESCAPES = {"\\n": "\n", "\\t": "\t", "\\0": "\0", "\\r": "\r", "\\\\": "\\"}


class Xargs(Around):
    """One run of xargs; processes of -P run one after the other, too."""

    _code = 0

    def start(self) -> None:
        read = self.read_options(OPTIONS, "xargs (GNU findutils) 4.10.0", HELP, _check)
        if read is None:
            return
        self._read, self._command = read, read.operands or ["echo"]
        if "arg-file" in read or self.call.stdin.is_closed:
            self._begin()
        else:
            self.call.stdin.on_change = self._read_on

    def _begin(self) -> None:
        """All of the input is there."""
        try:
            self._groups = self._grouped(self._text())
        except UsageError as error:
            self.complain(str(error))
            self.exit(FAILED)
            return
        self._next()

    def _read_on(self) -> None:
        if self.is_running and self.call.stdin.is_closed:
            self.call.stdin.on_change = None
            self._begin()

    def _text(self) -> str:
        if "arg-file" not in self._read:
            return self.call.stdin.read()
        name = self._read.values["arg-file"]
        try:
            return self.call.files.read(name)
        except FileError as error:
            raise UsageError(f"xargs: Cannot open input file ‘{name}’: {error}", FAILED) from None

    def _grouped(self, text: str) -> list[list[str]]:
        """The words of each command."""
        values = self._read.values
        place = values.get("I", values.get("replace", "") or "{}" if "replace" in values else "")
        lines = values.get("L", values.get("max-lines", "") or "1" if "max-lines" in values else "")
        words = self._words(text, bool(place or lines))
        if place:
            return [[part.replace(place, word) for part in self._command] for word in words]
        if not words:
            return [] if "no-run-if-empty" in values else [self._command]
        size = int(values.get("max-args", lines) or 0) or len(words)
        groups = [words[at:at + size] for at in range(0, len(words), size)]
        if lines:
            groups = [[word for line in group for word in line.split()] for group in groups]
        return [[*self._command, *group] for group in groups]

    def _words(self, text: str, by_line: bool) -> list[str]:
        values = self._read.values
        if "null" in values or "delimiter" in values:
            mark = "\0" if "null" in values else _delimiter(values["delimiter"])
            parts = text.split(mark)
            return parts if parts[-1] else parts[:-1]
        words = [line.strip() for line in text.splitlines() if line.strip()] if by_line else _unquoted(text)
        end = values.get("E", values.get("eof", ""))
        return words[:words.index(end)] if end and end in words else words

    def _next(self) -> None:
        while self._groups and self.is_running:
            self.inner = None
            self._is_starting = True
            words = self._groups.pop(0)
            if "verbose" in self._read:
                self.complain(" ".join(shlex.quote(word) for word in words))
            variable = self._read.values.get("process-slot-var")
            self.run(words, environment={variable: "0"} if variable else None)
            self._is_starting = False
            if self.is_waiting:
                return
        if self.is_running:
            self.exit(SOME_FAILED if self._code else 0)

    def ended(self, code: int) -> None:
        self._code = self._code or code
        if code == 255:
            self.complain(f"xargs: {self._command[0]}: exited with status 255; aborting")
            self.exit(ABORTED)
        elif not self._is_starting:
            self._next()

    def not_found(self, name: str) -> None:
        self.complain(f"xargs: {name}: No such file or directory")


def _check(read: Read) -> None:
    """Numbers, and what excludes what: the later one counts (UsageError: as xargs words it)."""
    for one in read.given:
        least, text = LEAST.get(one.spelled), one.value
        if least is None or (one.option.value == "?" and not text):
            continue
        shown = one.spelled[-1] if len(one.spelled) == 2 else one.spelled[2:]
        dashes = "-" if len(one.spelled) == 2 else "--"
        if not re.fullmatch(r"\s*[+-]?\d{1,18}", text, re.ASCII):
            raise UsageError(f'xargs: invalid number "{text}" for {dashes}{shown} option\n{HINT}', FAILED)
        if int(text) < least:
            raise UsageError(f"xargs: value {text} for {dashes}{shown} option should be >= {least}\n{HINT}", FAILED)


def _delimiter(text: str) -> str:
    if text in ESCAPES or len(text) == 1:
        return ESCAPES.get(text, text)
    raise UsageError(f"xargs: Invalid input delimiter specification {text}: the delimiter must be either a single "
                     "character or an escape sequence starting with \\.", FAILED)


def _unquoted(text: str) -> list[str]:
    for kind, mark, other in (("single", "'", '"'), ("double", '"', "'")):
        bare = re.sub(rf"\\.|{other}[^{other}\n]*{other}", "", text, flags=re.DOTALL)
        if bare.count(mark) % 2:
            raise UsageError(f"xargs: unmatched {kind} quote; by default quotes are special to xargs unless you use "
                             "the -0 option", FAILED)
    return words_of(text)
