"""JSON as Go's encoding/json reads it, with its words for what is wrong (scanner.go)."""

from __future__ import annotations

from typing import NoReturn

from netsandbox.engine.budget import Use

SPACE = " \t\r\n"
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
LITERALS = {"true": True, "false": False, "null": None}
DEEPEST = 200  # Values within one another; Go takes 10,000, of which no configuration has need

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class GoJsonError(Exception):
    """What Go says of a text that is no JSON."""


def loads(text: str) -> Json:
    """The value that a text stands for; of a name that comes twice the last one counts (GoJsonError: with Go's
    words)."""
    scanner = _Scanner(text)
    value = scanner.value(0)
    scanner.skip()
    if scanner.at < len(text):
        scanner.wrong("after top-level value")
    return value


def kind(value: Json) -> str:
    """What Go calls a value in an error about types."""
    if isinstance(value, bool):
        return "bool"
    return {str: "string", int: "number", float: "number", list: "array", dict: "object"}.get(type(value), "null")


class _Scanner:
    """One text, and how far it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def wrong(self, where: str) -> NoReturn:
        """Raises: GoJsonError."""
        if self.at >= len(self.text):
            raise GoJsonError("unexpected end of JSON input")
        found = self.text[self.at]
        quoted = {"'": "'\\''", '"': "'\"'"}.get(found) or f"'{found if found.isprintable() else repr(found)[1:-1]}'"
        raise GoJsonError(f"invalid character {quoted} {where}")

    def skip(self) -> str:
        """The next character that is no space, which stays; empty at the end."""
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1
        return self.text[self.at:self.at + 1]

    def value(self, depth: int) -> Json:
        if depth > DEEPEST:
            raise GoJsonError("exceeded max depth")
        first = self.skip()
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._array(depth)
        if first == '"':
            return self._string()
        if first == "-" or ("0" <= first <= "9"):
            return self._number()
        for name, value in LITERALS.items():
            if first == name[0]:
                self._literal(name)
                return value
        return self.wrong("looking for beginning of value")

    def _literal(self, name: str) -> None:
        for letter in name:
            if self.text[self.at:self.at + 1] != letter:
                self.wrong(f"in literal {name} (expecting '{letter}')")
            self.at += 1

    def _object(self, depth: int) -> dict[str, Json]:
        found: dict[str, Json] = {}
        self.at += 1
        while (first := self.skip()) != "}" or found:
            if first != '"':
                self.wrong("looking for beginning of object key string")
            key = self._string()
            if self.skip() != ":":
                self.wrong("after object key")
            self.at += 1
            found[key] = self.value(depth + 1)
            if self.skip() == "}":
                break
            if self.skip() != ",":
                self.wrong("after object key:value pair")
            self.at += 1
        self.at += 1
        return found

    def _array(self, depth: int) -> list[Json]:
        found: list[Json] = []
        self.at += 1
        while self.skip() != "]" or found:
            found.append(self.value(depth + 1))
            if self.skip() == "]":
                break
            if self.skip() != ",":
                self.wrong("after array element")
            self.at += 1
        self.at += 1
        return found

    def _string(self) -> str:
        self.at += 1
        parts: list[str] = []
        while (letter := self.text[self.at:self.at + 1]) != '"':
            if not letter or letter < " ":
                self.wrong("in string literal")
            self.at += 1
            parts.append(self._escaped() if letter == "\\" else letter)
        self.at += 1
        return self._paired("".join(parts))

    def _escaped(self) -> str:
        letter = self.text[self.at:self.at + 1]
        if letter in ESCAPES and letter:
            self.at += 1
            return ESCAPES[letter]
        if letter != "u":
            self.wrong("in string escape code")
        self.at += 1
        for _digit in range(4):
            if self.text[self.at:self.at + 1] not in tuple("0123456789abcdefABCDEF"):
                self.wrong("in \\u hexadecimal character escape")
            self.at += 1
        return chr(int(self.text[self.at - 4:self.at], 16))

    def _paired(self, text: str) -> str:
        """Two escapes may be one character; half of one is none."""
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _number(self) -> int | float:
        start = self.at
        self.at += self.text[self.at] == "-"
        self._digits("in numeric literal", may_lead=False)
        is_whole = True
        if self.text[self.at:self.at + 1] == ".":
            self.at += 1
            is_whole = False
            self._digits("after decimal point in numeric literal")
        if self.text[self.at:self.at + 1] in ("e", "E"):
            self.at += 1
            is_whole = False
            self.at += self.text[self.at:self.at + 1] in ("+", "-")
            self._digits("in exponent of numeric literal")
        text = self.text[start:self.at]
        return int(text) if is_whole and len(text) < Use.MEMORY.limit else float(text)

    def _digits(self, where: str, may_lead: bool = True) -> None:
        """One or more; a whole number that begins with 0 has no more."""
        if not "0" <= self.text[self.at:self.at + 1] <= "9":
            self.wrong(where)
        is_zero = self.text[self.at] == "0" and not may_lead
        self.at += 1
        while not is_zero and "0" <= self.text[self.at:self.at + 1] <= "9":
            self.at += 1
