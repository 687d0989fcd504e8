"""The docker client's command lines: flags in the manner of Go's pflag, and the words that it refuses them with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.docker.printing.words import quoted
from netsandbox.docker.errors import DockerError
from netsandbox.docker.profiles import Profile
from netsandbox.wire.addresses import AddressError, parse_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.docker.client.client import Client

USAGE = 125  # Exit status for a flag that is not understood
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class Flag(NamedTuple):
    """One flag."""

    name: str
    short: str = ""
    kind: str = "bool"  # bool, string, list, int or ip
    usage: str = ""
    hidden: bool = False  # understood, but not listed
    value: str = ""  # what `--help` shows as its value's type
    check: Callable[[str], str] | None = None  # of a value: why it is refused, or empty
    check_by_release: Callable[[str, Profile], str] | None = None  # the same of a value that not every release knows
    ignored: bool = False  # understood, and without effect in the sandbox: a note says so
    refused: bool = False  # understood, and refused by name: nothing of the command is done
    # since, until: the release that brought it, and the one that has it no more (0 for none)
    since: int = 0
    until: int = 0
    onto: str = ""  # the flag on whose list its values go as well, where it is another name of that one

    def is_of(self, profile: Profile) -> bool:
        return profile.since(self.since) and not (self.until and profile.since(self.until))

    @property
    def shown(self) -> str:
        """As an error names it."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


def refused(*names: str, kind: str = "bool") -> tuple[Flag, ...]:
    """Flags that ask for something that is not modelled."""
    return tuple(Flag(name.partition("/")[0], name.partition("/")[2], kind, refused=True) for name in names)


class Parsed(NamedTuple):
    """A command line that was understood."""

    values: dict[str, Any]  # by flag name: bool, text, list of texts or int; a flag that was not given is missing
    operands: list[str]  # all other words

    def on(self, name: str) -> bool:
        return bool(self.values.get(name, False))

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def all(self, name: str) -> list[str]:
        return list(self.values.get(name, []))

    def number(self, name: str, default: int) -> int:
        return int(self.values.get(name, default))


class Command(NamedTuple):
    """One command of the client."""

    path: str  # `docker network ls`
    operands: str  # how the usage line goes on
    summary: str
    run: Callable[[Client, Parsed], int | None]  # carries it out; returns the exit status, or None when it goes on
    flags: tuple[Flag, ...] = ()
    # least, most: how many operands it takes; most None for any number
    least: int = 0
    most: int | None = None
    mixed: bool = True  # whether flags may follow the first operand
    aliases: str = ""
    more: str = ""  # what its help says behind its summary

    @property
    def usage(self) -> str:
        return f"{self.path} {self.operands}".rstrip()


def parse(command: Command, words: Sequence[str], profile: Profile) -> Parsed | None:
    """Flags and operands of a command line; None when --help is asked for (DockerError: what Docker refuses, with its
    exit status)."""
    try:
        reader = _Reader(command, words, profile)
        reader.read()
    except _FlagError as error:
        if is_plugin(command):
            raise DockerError(str(error)) from None
        raise DockerError(flag_refusal(str(error), command, profile), USAGE) from None
    if reader.values.get("help"):
        return None
    _check_count(command, reader.operands, profile)
    return Parsed(reader.values, reader.operands)


def is_plugin(command: Command) -> bool:
    """Compose is one: it says what is wrong and no more."""
    return command.path.startswith("docker compose ")


def flag_refusal(text: str, command: Command, profile: Profile) -> str:
    """Since 28 the usage line is shown as well."""
    if not profile.since(28):
        return f"{text}\nSee '{command.path} --help'."
    return f"{text}\n\nUsage:  {command.usage}\n\nRun '{command.path} --help' for more information"


class _FlagError(Exception):
    """A flag that is unknown or has a wrong value."""


class _Reader:
    """Reads one command line from left to right."""

    def __init__(self, command: Command, words: Sequence[str], profile: Profile) -> None:
        self.profile = profile
        self.long = {flag.name: flag for flag in command.flags if flag.is_of(profile)}
        self.short = {flag.short: flag for flag in self.long.values() if flag.short}
        self.long.setdefault("help", Flag("help"))
        self.short.setdefault("h", self.long["help"])
        self.mixed = command.mixed
        self.rest = list(words)
        self.values: dict[str, Any] = {}
        self.operands: list[str] = []

    def read(self) -> None:
        while self.rest:
            word = self.rest.pop(0)
            if word == "--":
                self.operands += self.rest
                return
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and word != "-":
                self._cluster(word)
            else:
                self.operands.append(word)
                if not self.mixed:
                    self.operands += self.rest
                    return

    def _long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise _FlagError(f"bad flag syntax: {word}")
        flag = self.long.get(name)
        if flag is None:
            raise _FlagError(f"unknown flag: --{name}")
        if equals:
            self._set(flag, value)
        elif flag.kind == "bool":
            self._set(flag, "true")
        elif not self.rest:
            raise _FlagError(f"flag needs an argument: --{name}")
        else:
            self._set(flag, self.rest.pop(0))

    def _cluster(self, word: str) -> None:
        letters = word[1:]
        while letters:
            letter, letters, whole = letters[0], letters[1:], letters
            flag = self.short.get(letter)
            if flag is None:
                raise _FlagError(f"unknown shorthand flag: '{letter}' in -{whole}")
            if letters.startswith("="):
                self._set(flag, letters[1:])
                return
            if flag.kind == "bool":
                self._set(flag, "true")
                continue
            if not letters and not self.rest:
                raise _FlagError(f"flag needs an argument: '{letter}' in -{whole}")
            self._set(flag, letters or self.rest.pop(0))
            return

    def _set(self, flag: Flag, text: str) -> None:
        value = _value(flag, text, self.profile)
        if flag.kind == "list":
            self.values.setdefault(flag.onto or flag.name, []).append(value)
        else:
            self.values[flag.name] = value


def bad_integer(text: str) -> str:
    """What strconv.ParseInt finds wrong with a number of 64 bits; empty for a good one."""
    is_number = text.isascii() and text[text[:1] in ("+", "-"):].isdecimal()
    if is_number and -1 << 63 <= int(text) < 1 << 63:
        return ""
    return f'strconv.ParseInt: parsing "{text}": {"value out of range" if is_number else "invalid syntax"}'


def _value(flag: Flag, text: str, profile: Profile) -> Any:
    def wrong(why: str) -> _FlagError:
        return _FlagError(f'invalid argument {quoted(text)} for "{flag.shown}" flag: {why}')

    if flag.kind == "bool":
        if text not in TRUE | FALSE:
            raise wrong(f'strconv.ParseBool: parsing "{text}": invalid syntax')
        return text in TRUE
    if flag.kind == "int":
        if why := bad_integer(text):
            raise wrong(why)
        return int(text)
    if flag.kind == "ip":
        try:
            return parse_ipv4(text.strip())
        except AddressError:
            raise wrong(f'failed to parse IP: "{text.strip()}"') from None
    why = flag.check(text) if flag.check is not None else ""
    if flag.check_by_release is not None:
        why = flag.check_by_release(text, profile)
    if why:
        raise wrong(why)
    return text


COUNTED_BY_COBRA = frozenset(f"docker compose {name}" for name in ("exec", "export", "port", "run", "scale"))
"""Commands of which cobra counts the operands, and not Docker."""


def _check_count(command: Command, operands: list[str], profile: Profile) -> None:
    least, most, count = command.least, command.most, len(operands)
    if count >= least and (most is None or count <= most):
        return
    if command.path in COUNTED_BY_COBRA and count < least:
        raise DockerError(f"requires at least {least} arg(s), only received {count}")
    if is_plugin(command) and most == 0:
        raise DockerError(f'unknown command "{operands[0]}" for "{command.path}"')
    hint = "Run"
    if most == 0:
        wanted = "accepts no arguments"
    elif least == 0 and most is not None:
        wanted, hint = f"requires at most {_arguments(most)}", "SRun"  # as Docker has it
    elif most is None:
        wanted, hint = f"requires at least {_arguments(least)}", "See"
    elif least == most:
        wanted = f"requires {_arguments(least)}"
    else:
        wanted = f"requires at least {least} and at most {_arguments(most)}"
    if not profile.since(28):
        raise DockerError(_old_count(command, wanted))
    raise DockerError(f"docker: '{command.path}' {wanted}\n\nUsage:  {command.usage}\n\n"
                      f"{hint} '{command.path} --help' for more information")


def _old_count(command: Command, wanted: str) -> str:
    """As releases before 28 put it."""
    if command.least == command.most and command.most:
        wanted = wanted.replace("requires", "requires exactly")
    return (f'"{command.path}" {wanted}.\nSee \'{command.path} --help\'.\n\nUsage:  {command.usage}\n\n'
            f"{command.summary}")


def _arguments(count: int) -> str:
    return f"{count} argument{'' if count == 1 else 's'}"


def understood(client: Client, command: Command, words: list[str]) -> Parsed:
    """Words as one of the client's commands reads them (DockerError: it refuses them)."""
    parsed = parse(command, words, client.engine.profile)
    assert parsed is not None, "nobody asked for help"
    return parsed
