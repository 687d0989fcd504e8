"""What `echo` and `printf` print: backslashes and conversions (POSIX XCU printf)."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.engine import octets
from netsandbox.engine.octets import to_text

LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "e": "\x1b",
           "E": "\x1b"}
CONVERSION = re.compile(r"%([-+ #0]*)(\*|[0-9]+)?(?:\.(\*|-?[0-9]*))?[hlLqjzt]*([diouxXeEfFgGcsbq%])", re.ASCII)
OCTAL, HEX = r"\\[0-7]{1,3}", r"\\x[0-9A-Fa-f]{1,2}"
BYTES = re.compile(f"(?:{OCTAL}|{HEX})+")
LETTER = re.compile(r"\\(?:u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8}))")
WIDEST = 100_000
TOO_WIDE = f"a field of more than {WIDEST:,} characters is not modelled"


def unescaped(text: str, has_zero: bool, has_hex: bool = True) -> tuple[str, bool]:
    """(the text with its backslashes carried out, whether `\\c` ended it).

    Args:
        has_zero: octal numbers begin with \\0, as in `echo` and %b; else with any digit, as in a format.
    """
    octal = r"\\0[0-7]{0,3}" if has_zero else OCTAL
    numbers = re.compile(f"(?:{octal}|{HEX})+" if has_hex else f"(?:{octal})+")
    result, at = "", 0
    while at < len(text):
        char = text[at]
        if char != "\\" or at + 1 == len(text):
            result, at = result + char, at + 1
            continue
        following = text[at + 1]
        found = numbers.match(text, at)
        letter = LETTER.match(text, at) if has_hex else None
        if following == "c":
            return result, True
        if found is not None:
            result, at = result + letters_of(found[0]), found.end()
        elif letter is not None:
            result, at = result + octets.letter(int(letter[1] or letter[2], 16)), letter.end()
        elif following in LETTERS and (has_hex or following not in "eE"):
            result, at = result + LETTERS[following], at + 2
        else:
            result, at = result + "\\" + following, at + 2
    return result, False


def letters_of(numbers: str) -> str:
    """Bytes by their numbers."""
    return to_text(bytes(int(one[1:], 16) if one[0] == "x" else int(one, 8) & 255 for one in numbers.split("\\")[1:]))


def echoed(words: list[str], always_escapes: bool) -> str:
    """What `echo` prints of its arguments (always_escapes: as dash's, which knows -n only)."""
    newline, escapes = True, always_escapes
    while words and re.fullmatch(r"-n" if always_escapes else r"-[neE]+", words[0]):
        newline = newline and "n" not in words[0]
        for letter in words[0][1:]:
            escapes = {"e": True, "E": False}.get(letter, escapes)
        words = words[1:]
        if always_escapes:
            break
    text = " ".join(words)
    if escapes:
        text, ended = unescaped(text, True, not always_escapes)
        newline = newline and not ended
    return text + ("\n" if newline else "")


class Printf:
    """One `printf` (out: what it prints.  errors: what it complains about)."""

    def __init__(self, arguments: list[str], number: Callable[[str], int | None], quoted: Callable[[str], str]) -> None:
        self.out = ""
        self.errors: list[str] = []
        self._rest = list(arguments)
        self._number_of = number
        self._quoted = quoted
        self._ended = False

    def run(self, form: str) -> None:
        """Print by a format, again and again while arguments are left."""
        while True:
            before = len(self._rest)
            self._once(form)
            if self._ended or not self._rest or len(self._rest) == before:
                return
            if len(self.out) > WIDEST * 10:
                self.errors.append(f"more than {WIDEST * 10:,} characters at once are not modelled")
                return

    def _once(self, form: str) -> None:
        at = 0
        while at < len(form) and not self._ended:
            percent = form.find("%", at)
            plain = form[at:] if percent < 0 else form[at:percent]
            text, self._ended = unescaped(plain, False)
            self.out += text
            if percent < 0 or self._ended:
                return
            match = CONVERSION.match(form, percent)
            if match is None:
                wrong = form[percent:percent + 2]
                self.errors.append(f"`{wrong[1:]}': invalid format character" if len(wrong) > 1 else
                                   "`%': missing format character")
                self._ended = True
                return
            self.out += self._converted(match)
            at = match.end()

    def _next(self) -> str:
        return self._rest.pop(0) if self._rest else ""

    def _converted(self, match: re.Match[str]) -> str:
        flags, kind = match[1], match[4]
        if kind == "%":
            return "%"
        width = self._integer(self._next()) if match[2] == "*" else _size(match[2] or "0")
        if width < 0:
            flags, width = flags + "-", -width
        text = match[3]
        precision = None if text is None else self._integer(self._next()) if text == "*" else _size(text or "0")
        if max(width, precision or 0) > WIDEST:
            self.errors.append(TOO_WIDE)
            self._ended = True
            return ""
        argument = self._next()
        if kind in "diouxX":
            return _padded(self._whole(kind, flags, precision, argument), flags, width, precision is None)
        if kind in "eEfFgG":
            return self._fraction(kind, flags, width, precision, argument)
        if kind == "c":
            return _padded(argument[:1], flags, width, False)
        if kind == "b":
            argument, self._ended = unescaped(argument, True)
        elif kind == "q":
            argument = self._quoted(argument)
        return _padded(argument if precision is None or precision < 0 else argument[:precision], flags, width, False)

    def _integer(self, text: str) -> int:
        """A number as C writes it, a letter behind a quote, or 0 and a complaint."""
        if not text.strip():
            return 0
        if text[0] in "'\"":
            return ord(text[1]) if len(text) > 1 else 0
        found = self._number_of(text.strip())
        if found is None:
            self.errors.append(f"{text}: invalid number")
            digits = re.match(r"\s*[-+]?(0[xX][0-9a-fA-F]+|[0-9]+)", text)
            return self._number_of(digits[0].strip()) or 0 if digits else 0
        return found

    def _whole(self, kind: str, flags: str, precision: int | None, argument: str) -> str:
        number = self._integer(argument)
        if kind in "ouxX" and number < 0:
            number += 1 << 64
        digits = format(abs(number), {"o": "o", "x": "x", "X": "X"}.get(kind, "d"))
        digits = digits.rjust(min(precision or 0, WIDEST), "0")
        prefix = {"o": "0", "x": "0x", "X": "0X"}.get(kind, "") if "#" in flags and number else ""
        positive = "+" if "+" in flags else " " if " " in flags else ""
        sign = "-" if number < 0 else positive if kind in "di" else ""
        return sign + prefix + digits

    def _fraction(self, kind: str, flags: str, width: int, precision: int | None, argument: str) -> str:
        try:
            value = float(argument or "0")
        except ValueError:
            self.errors.append(f"{argument}: invalid number")
            value = 0.0
        shown = f"%{flags}{width or ''}.{min(precision if precision is not None else 6, 500)}{kind}"
        return shown % value


def _padded(text: str, flags: str, width: int, may_zero: bool) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and may_zero:
        sign = re.match(r"[-+ ]?(0[xX])?", text)
        lead = sign[0] if sign else ""
        return lead + text[len(lead):].rjust(width - len(lead), "0")
    return text.rjust(width)


def c_number(text: str) -> int | None:
    """A number as C writes it: decimal, 0x… or 0…; None if it is none."""
    match = re.fullmatch(r"([-+]?)(?:0[xX]([0-9A-Fa-f]{1,16})|(0[0-7]{0,22})|([1-9][0-9]{0,18}))", text)
    if match is None:
        return None
    value = int(match[2], 16) if match[2] else int(match[3] or "0", 8) if match[3] else int(match[4])
    return -value if match[1] == "-" else value


def _size(digits: str) -> int:
    """A width or a precision; one of very many digits is just too large."""
    return int(digits) if len(digits) < 10 else WIDEST + 1
