"""All that a program of the real ones can be told, as a table, and what each option means here.

An option is written `o|output=`: its letter, its long name, `=` behind what takes a value, `?` behind what may take
one; either name may be missing, and a letter may stand again with another name. A test holds the tables against the
real programs' own lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsandbox.apps.program import UsageError

NO_IPV6 = "the sandbox has no IPv6"  # Why what asks for it is refused, in every program
VALUES = {"": "", "=": " <value>", "?": " [value]"}


def of_ipv6(spelled: str) -> str:
    """Behind the refusal of an option: why, if it asks for IPv6."""
    return f": {NO_IPV6}" if spelled in ("-6", "--ipv6", "--inet6", "--inet6-only") else ""


class Option(NamedTuple):
    """One option."""

    name: str  # what the program's code calls it: its long name, or its letter if that is all (or its table says so)
    value: str  # `=` where it takes one, `?` where it may, else empty
    role: str  # `acts`, `usual` (it asks for what is done anyway), `idle` (it leaves no trace here) or `refused`


class Given(NamedTuple):
    """An option as it stands on a line."""

    option: Option
    value: str
    spelled: str


class Read:
    """A command line that was read."""

    def __init__(self, given: list[Given], operands: list[str]) -> None:
        self.values = {one.option.name: one.value for one in given}  # the last value of each option, empty for a flag
        self.given = given  # every option in its order
        self.operands = operands  # what is no option

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def every(self, name: str) -> list[str]:
        """All values of an option that may be given again."""
        return [one.value for one in self.given if one.option.name == name]


class OptionTable:
    """The options of one program."""

    def __init__(self, program: str, code: int, hint: str, why: dict[str, str] | None = None,
                 by_letter: bool = False, **words: str) -> None:
        self.program = program
        self.code = code  # its exit status for a wrong command line
        self.hint = hint  # what it says below a complaint
        self.why = why or {}  # why some are not modelled, by name
        self.by_letter = by_letter  # the program's code calls options by their letters, where they have one
        self.letters: dict[str, Option] = {}
        self.names: dict[str, Option] = {}
        for role, text in words.items():
            for word in text.split():
                value = word[-1] if word[-1] in "=?" and word != "?" else ""
                self._add(word.removesuffix(value), value, role)
        self.reads_names = False  # `--` begins a long name, and no cluster of letters, though none is known

    def _add(self, spelled: str, value: str, role: str) -> None:
        letter, bar, name = spelled.partition("|")
        if not bar and len(spelled) > 1:
            letter, name = "", spelled
        called = letter or name if self.by_letter else name or letter
        option = self.letters.get(letter) or Option(called, value, role)
        if letter:
            self.letters[letter] = option
        if name:
            self.names[name] = option

    def read(self, arguments: list[str], in_order: bool = False) -> Read:
        """As getopt_long(3) reads.

        Args:
            in_order: the first operand ends the options.

        Raises:
            UsageError: an option that there is not, one without its value, or one that is not modelled.
        """
        operands: list[str] = []
        given = list(self.each(arguments, operands, in_order))
        self.refuse(given)
        return Read(given, operands)

    def each(self, arguments: list[str], operands: list[str], in_order: bool = False) -> Iterator[Given]:
        """The options one after another, for programs that judge each where it stands; `operands` gets the others."""
        rest = list(arguments)
        while rest:
            word = rest.pop(0)
            if word == "--" or (in_order and (word[:1] != "-" or word == "-")):
                operands += rest if word == "--" else [word, *rest]
                break
            if word.startswith("--") and (self.names or self.reads_names):
                yield self._long(word, rest)
            elif word.startswith("-") and word != "-":
                yield from self._short(word[1:], rest)
            else:
                operands.append(word)

    def refuse(self, given: list[Given]) -> None:
        """Raises UsageError of the first that is not modelled."""
        for one in given:
            if one.option.role == "refused":
                why = f": {self.why[one.option.name]}" if one.option.name in self.why else of_ipv6(one.spelled)
                raise UsageError(f"{self.program}: {one.spelled} is not modelled{why}", self.code)

    def notes(self, given: list[Given]) -> list[str]:
        """What is said about options that leave no trace here, one line each."""
        return list(dict.fromkeys(f"note: {self.program} {one.spelled} changes nothing in the sandbox"
                                  for one in given if one.option.role == "idle"))

    def usage(self) -> str:
        """What is modelled, an option a line."""
        letters = {option: letter for letter, option in self.letters.items()}
        return "\n".join(f" {f'-{letters[option]},' if option in letters else '   '} --{name}{VALUES[option.value]}"
                         for name, option in sorted(self.names.items()) if option.role == "acts")

    def wrong(self, text: str) -> UsageError:
        """A complaint with the program's name before and its hint below it."""
        return UsageError(f"{self.program}: {text}\n{self.hint}".rstrip("\n"), self.code)

    def _long(self, word: str, rest: list[str]) -> Given:
        name, equals, value = word[2:].partition("=")
        found = [known for known in self.names if known.startswith(name)]
        if name not in self.names and len({self.names[known] for known in found}) > 1:
            raise self.wrong(f"option '{word}' is ambiguous; possibilities: "
                             + " ".join(f"'--{known}'" for known in found))
        if not found:
            raise self.wrong(f"unrecognized option '{word}'")
        full = name if name in self.names else found[0]
        option = self.names[full]
        if equals and not option.value:
            raise self.wrong(f"option '--{full}' doesn't allow an argument")
        if option.value == "=" and not equals:
            if not rest:
                raise self.wrong(f"option '--{full}' requires an argument")
            value = rest.pop(0)
        return Given(option, value, f"--{full}")

    def _short(self, letters: str, rest: list[str]) -> Iterator[Given]:
        while letters:
            letter, letters = letters[0], letters[1:]
            option = self.letters.get(letter)
            if option is None:
                raise self.wrong(f"invalid option -- '{letter}'")
            value = ""
            if option.value:
                value, letters = letters, ""
                if option.value == "=" and not value:
                    if not rest:
                        raise self.wrong(f"option requires an argument -- '{letter}'")
                    value = rest.pop(0)
            yield Given(option, value, f"-{letter}")
