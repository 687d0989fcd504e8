"""iptables' command line: its words into a Request, with its own complaints (iptables/xshared.c, xtables.c)."""

from __future__ import annotations

import re

from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.devices.interface import MAX_NAME
from netsandbox.linux.netfilter.chain_names import check_chain_name
from netsandbox.linux.netfilter.extension import BadValueError, Extension, Given, Option, UsageError
from netsandbox.linux.netfilter.head import Word, word_of
from netsandbox.linux.netfilter.iptables.request import Said
from netsandbox.linux.netfilter.iptables.words import (
    AT_ONCE,
    COMMANDS,
    LONG_COMMANDS,
    LONG_OPTIONS,
    ONE_RULE,
    OPTIONAL_CHAIN,
    OPTIONS,
    WITH_ARGUMENT,
    BadArgumentError,
    NotModelledError,
    OfOtherFamilyError,
    Request,
)
from netsandbox.linux.netfilter.protocols import PROTOCOLS
from netsandbox.linux.netfilter.registry import MATCHES, OF_PROTOCOLS, OTHER_MATCHES, OTHER_TARGETS, TARGETS
from netsandbox.linux.netfilter.ruleset import Table


class Parser(Said):
    """Reads one command line.

    Args:
        find_table: the table of a name, to know its chains by.
        warnings: gets what is said of a line that is taken all the same.
    """

    def __init__(self, words: list[str], find_table: dict[str, Table], warnings: list[str] | None = None,
                 restores: bool = False) -> None:
        super().__init__(find_table)
        self.restores = restores
        self.words = list(words)
        self.warnings = [] if warnings is None else warnings

    # -- the loop over the words

    def parse(self) -> Request:
        """The whole line (UsageError, NotModelledError)."""
        while self.words:
            word = self.words.pop(0)
            if word == "!":
                if self.negated:
                    raise UsageError("multiple consecutive ! not allowed")
                self.negated = True
                continue
            if word == "--":
                if self.words:
                    raise UsageError("unknown arguments found on commandline")
                break
            if not word.startswith("-") or word == "-":
                raise BadArgumentError(f"Bad argument `{word}'")
            self._long(word) if word.startswith("--") else self._short(word)
        if self.seen & {"V", "h"}:
            return self.request((), "")
        return self.finish()

    def _short(self, word: str) -> None:
        """Letters may stand together; the rest of the word is the argument of the first that takes one."""
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in COMMANDS:
                self._begin(letter, f"-{letter}", letters)
                return
            if letter not in OPTIONS or letter == "0":
                raise UsageError(f'unknown option "-{letter}"')
            if letter in WITH_ARGUMENT:
                self._option(letter, letters or self._argument(f"-{letter}"))
                return
            self._option(letter, "")

    def _long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        extension = self._extension_option(name)
        if extension is not None:
            self._give(*extension, word.partition("=")[0], value if equals else None)
            return
        letter = self._abbreviated(name)
        if self.target in OTHER_TARGETS and letter not in OPTIONS:
            raise NotModelledError(f"target '{self.target}'")
        if letter in COMMANDS:
            self._begin(letter, word, value)
        elif letter in OPTIONS:
            self._option(letter, (value or self._argument(f"--{name}")) if letter in WITH_ARGUMENT else "")
        elif self._loads_protocol(name):
            self._long(word)
        else:
            raise UsageError(f'unknown option "{word}"')

    def _abbreviated(self, name: str) -> str:
        """The letter of a long option or command, or of its only possible beginning."""
        known = {**LONG_OPTIONS, **LONG_COMMANDS}
        if name in known:
            return known[name]
        found = {known[other] for other in known if other.startswith(name)}
        return found.pop() if len(found) == 1 and name else ""

    def _argument(self, option: str) -> str:
        if not self.words:
            raise UsageError(f'option "{option}" requires an argument')
        return self.words.pop(0)

    def _next_is_value(self) -> bool:
        return bool(self.words) and not self.words[0].startswith("-") and self.words[0] != "!"

    # -- commands

    def _begin(self, letter: str, word: str, attached: str) -> None:
        if self.command and letter not in OPTIONAL_CHAIN and not attached:
            self._argument(word)
        is_both = {self.command, letter} in AT_ONCE and "Z" not in self.seen
        if self.command and not is_both:
            raise UsageError(f"Cannot use -{letter} with -{letter if 'Z' in self.seen else self.command}")
        if self.negated:
            raise UsageError(f"unexpected ! flag before --{COMMANDS[letter]}")
        self.command = self.command if is_both and letter == "Z" else letter
        if is_both:
            self.seen |= {"Z"}
        optional = letter in OPTIONAL_CHAIN
        if attached:
            self.chain = attached
        elif not optional:
            self.chain = self._argument(word)
        elif self._next_is_value():
            self.chain = self.words.pop(0)
        self._name_or_number(letter)

    def _name_or_number(self, letter: str) -> None:
        """What follows a command's chain: a policy or a new name, or which rule."""
        if letter in "PE":
            if not self._next_is_value():
                what = "a chain and a policy" if letter == "P" else "old-chain-name and new-chain-name"
                raise UsageError(f"-{letter} requires {what}")
            self.name = self.words.pop(0)
            if letter == "E":
                check_chain_name(self.name)
        elif letter == "N":
            check_chain_name(self.chain)
        elif letter in "DILSZR" and self.chain and self._next_is_value():
            self.number = _rule_number(self.words.pop(0))
            if letter == "Z":
                self.seen.add(ONE_RULE)
        elif letter == "R":
            raise UsageError("-R requires a rule number")

    # -- options of iptables itself

    def _option(self, letter: str, value: str) -> None:
        self._check_negated(letter)
        negated, self.negated = self.negated, False
        if letter in "hV":  # it prints, and ends at once
            self.seen, self.words = {letter}, []
            return
        if letter == "v" and "v" in self.seen:
            raise NotModelledError("what -v shows the second time, the kernel's own code,")
        if (letter in self.seen and letter not in "mtwW46") or (letter == "g" and "j" in self.seen):
            raise UsageError(f"multiple --{OPTIONS[letter]} options not allowed")
        self.seen.add(letter)
        if letter in "sd":
            if self._next_is_value():
                raise BadArgumentError(f"Bad argument `{self.words[0]}'")
            self.addresses.append((letter, negated, value))
        elif letter in "io":
            self._interface(letter, word_of(negated, value))
        elif letter == "p":
            self._protocol(value.lower(), negated)
        elif letter == "f":
            self.head = self.head._replace(fragment=Word(negated, ""))
        else:
            self._other_option(letter, value)

    def _check_negated(self, letter: str) -> None:
        if self.negated and letter in "mt":
            raise UsageError(f"unexpected ! flag before --{OPTIONS[letter]}")
        if self.negated and letter not in "sdiopf":
            raise UsageError(f"cannot have ! before --{OPTIONS['j' if letter == 'g' else letter]}")

    def _other_option(self, letter: str, value: str) -> None:
        if letter in "jg":
            if not value:
                raise UsageError("Invalid target name (too short)")
            if any(character.isspace() for character in value):
                raise UsageError(f"Invalid target name `{value}'")
            self.target, self.is_goto = value, letter == "g"
            if letter == "j" and value in TARGETS:
                self.action = TARGETS[value], {}
        elif letter == "m":
            self._load(value)
        elif letter == "t":
            self.table = value
        elif letter == "c":
            self._read_counters(value)
        elif letter in "wW" and self.restores:
            raise UsageError(f"You cannot use `-{letter}' from iptables-restore")
        elif letter in "wW":
            if self._next_is_value() and not to_bytes(self.words.pop(0)).isdigit():
                raise UsageError("wait seconds not numeric")
            if letter == "W":
                self.warnings.append("Ignoring deprecated --wait-interval option.\n")
        elif letter == "6":
            raise OfOtherFamilyError("")

    def _interface(self, letter: str, given: Word) -> None:
        if not given.value:
            raise UsageError("Empty interface is likely to be undesired")
        if len(given.value) > MAX_NAME:
            raise UsageError(f"interface name `{given.value}' must be shorter than {MAX_NAME + 1} characters")
        if "/" in given.value or " " in given.value:
            self.warnings.append(f"Warning: weird character in interface `{given.value}' "
                                 "('/' and ' ' are not allowed by the kernel).\n")
        word = None if given == (False, "+") else given
        self.head = self.head._replace(entered=word) if letter == "i" else self.head._replace(leaves=word)

    def _protocol(self, value: str, negated: bool) -> None:
        number = int(value) if value.isdecimal() and len(value) < 4 else PROTOCOLS.get(value, 256)
        if number > 255:
            raise UsageError(f'unknown protocol "{value}" specified')
        if number == 0 and negated:
            raise UsageError("rule would never match protocol")
        self.head = self.head._replace(protocol=word_of(negated, str(number)) if number else None)

    def _read_counters(self, value: str) -> None:
        packets, comma, size = value.partition(",")
        if not comma:
            if not self._next_is_value():
                raise UsageError("--set-counters requires packet and byte counter")
            size = self.words.pop(0)
        self.counters = _count(packets, "packet"), _count(size, "byte")

    # -- extensions

    def _load(self, name: str) -> None:
        if name in OTHER_MATCHES:
            raise NotModelledError(f"match '{name}'")
        if name not in MATCHES:
            raise UsageError(f"Couldn't load match `{name}':No such file or directory\n")
        self.matches.append((MATCHES[name], {}))

    def _loads_protocol(self, name: str) -> bool:
        """An option that nobody knows, behind -p: the protocol's own match is loaded (once)."""
        protocol = self.head.protocol
        own = OF_PROTOCOLS.get(protocol.value, "") if protocol is not None else ""
        if own in OTHER_MATCHES:
            raise NotModelledError(f"match '{own}'")
        match = MATCHES.get(own)
        if match is None or any(loaded is match for loaded, _given in self.matches):
            return False
        self.matches.append((match, {}))
        if self._extension_option(name) is None:
            self.matches.pop()
            return False
        return True

    def _extension_option(self, name: str) -> tuple[type[Extension], dict[str, Given], Option] | None:
        """The loaded extension that an option belongs to; the last one loaded goes first."""
        loaded: list[tuple[type[Extension], dict[str, Given]]] = [*self.matches[::-1]]
        loaded += [self.action] if self.action is not None else []
        wanted = f"--{name}"
        for extension, given in loaded:
            for option in _options(extension):
                if wanted == option.flag or wanted in option.aliases:
                    return extension, given, option
        if self._abbreviated(name) or len(name) < 2:
            return None
        found = [(extension, given, option) for extension, given in loaded for option in _options(extension)
                 if any(flag.startswith(wanted) for flag in (option.flag, *option.aliases))]
        return found[0] if len(found) == 1 else None

    def _give(self, extension: type[Extension], given: dict[str, Given], option: Option, typed: str,
              attached: str | None) -> None:
        negated, self.negated = self.negated, False
        if negated and not option.can_negate:
            raise UsageError(f'{extension.name}: option "{option.flag}" cannot be inverted.\n')
        if option.read is not None and option.words and attached is None and not self.words:
            self._argument(typed)
        if option.flag in given:
            raise UsageError(f"Only one `{option.aliases[0] if option.aliases else option.flag}' allowed"
                             if extension.name in ("tcp", "udp") else
                             f'{extension.name}: option "{option.flag}" can only be used once.\n')
        if option.read is None or not option.words:
            given[option.flag] = Given(negated, option.read("") if option.read is not None else None)
            return
        text = attached if attached is not None else self._argument(typed)
        for _more in range(option.words - 1):
            text = f"{text} {self.words.pop(0)}" if self.words else text
        extension.admit(option.flag, text, self.head)
        try:
            given[option.flag] = Given(negated, option.read(text))
        except BadValueError as error:
            raise UsageError(f"{extension.name}: {error}".replace("OPTION", f'"{option.flag}"')) from None
        warning = extension.warning(given[option.flag], text)
        if warning:
            self.warnings.append(warning)


def _count(text: str, what: str) -> int:
    match = re.match("[0-9]{1,19}", text)
    if match is None:
        raise UsageError(f"--set-counters {what} counter not numeric")
    return int(match[0])


def _rule_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:10]) < 1 << 31:
        raise UsageError(f"Invalid rule number `{text}'")
    return int(text)


def _options(extension: type[Extension]) -> tuple[Option, ...]:
    return extension.options
