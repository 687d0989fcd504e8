"""`nft` for what iptables can say: its lines become iptables' own words, and one evaluator does the rest."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING

from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.netfilter import iptables
from netsandbox.linux.netfilter.iptables import Answer, FailedError
from netsandbox.linux.netfilter.nft_print import Style, hook_text, table_text, warning_of
from netsandbox.linux.netfilter.nft_tokens import NftError, token
from netsandbox.linux.netfilter.nft_words import rule_words
from netsandbox.linux.netfilter.ruleset import NAMES

if TYPE_CHECKING:
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.netfilter.ruleset import Table

VERSION = "nftables v1.1.3 (Commodore Bullmoose #4)"
MADE_WITH = "  cli:\t\teditline\n  json:\t\tno\n  minigmp:\tno\n  libxtables:\tyes\n"
NO_FILE, EXISTS = "No such file or directory", "File exists"
OTHER_OPTIONS = "hfDiIcotSNupTejd"
"""Letters that the real nft takes as well."""
FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
STYLES = {"-a": set("a"), "--handle": set("a"), "-s": set("s"), "--stateless": set("s"), "-n": set("n"),
          "--numeric": set("n"), "-nn": set("n"), "-y": set("y"), "--numeric-priority": set("y"), "-an": set("an"),
          "-na": set("an"), "-nna": set("an"), "-sa": set("as"), "-as": set("as")}
"""Options of a listing."""


class Line:
    """A command, and where its words begin, so that a complaint can point at one.

    Attributes:
        interfaces: those of the namespace, by name.
    """

    def __init__(self, words: list[str], interfaces: Collection[str] = ()) -> None:
        self.words = words
        self.interfaces = interfaces
        self.text = " ".join(words)
        self._added: set[int] = set()

    def insert(self, at: int, word: str) -> None:
        """Put in a word that was left out; complaints show the line as it was typed."""
        self.words.insert(at, word)
        self._added = {place + (place >= at) for place in self._added} | {at}

    def has_interface(self, name: str) -> bool:
        return name in self.interfaces

    def complaint(self, message: str, at: int, cause: int = -1) -> NftError:
        """`Error: MESSAGE`, the line, and a mark below the word; below its cause another one."""
        start = self._start(at)
        width = (token(self.words[at])[1] if "unexpected" in message else len(self.words[at])) if (
            at < len(self.words)) else 1
        marks = f"{' ' * start}{'^' * width}"
        if cause >= 0:
            marks = f"{' ' * self._start(cause)}{'~' * len(self.words[cause])}".ljust(start) + "^" * width
        return NftError(f"Error: {message}\n{self.text}\n{marks}\n")

    def whole(self, message: str) -> NftError:
        """A complaint about all of the line."""
        return NftError(f"Error: Could not process rule: {message}\n{self.text}\n{'^' * (len(self.text) + 1)}\n")

    def _start(self, at: int) -> int:
        before = [word for place, word in enumerate(self.words[:at]) if place not in self._added]
        return len(" ".join(before)) + bool(before) - (at >= len(self.words))


def _junk(text: str) -> str:
    """The complaint about a quote that nothing closes, or a backslash with nothing behind it."""
    at = max(text.rfind(mark) for mark in "\"'\\")
    return f"Error: syntax error, unexpected junk\n{text}\n{' ' * at}^\n"


def _late_option(words: list[str], option: str) -> Answer:
    """The complaint about an option behind the command, of which nft prints the mark on its output."""
    line = " ".join(["nft", *words, ""])
    at = line.rindex(f" {option} ") + 1
    return Answer(1, f"\n   ^{' ' * (at - 4)}~~\n",
                  f"Error: syntax error, options must be specified before commands\n{line}")


def run(namespace: NetworkNamespace, arguments: list[str]) -> Answer:
    """One command line, or several with `;` between them."""
    words: list[str] = []
    styles: set[str] = set()
    for word in arguments:
        if word in STYLES and not words:
            styles |= STYLES[word]
        elif word in ("-v", "--version", "-V"):
            return Answer(0, f"{VERSION}\n{MADE_WITH * (word == '-V')}", "")
        elif word.startswith("-") and not words:
            known = word.startswith("--") or word[1:2] in OTHER_OPTIONS
            return Answer(1, "", f"netsandbox: nft: option '{word}' is not modelled\n" if known else
                          f"nft: invalid option -- '{word[1:2]}'\n")
        elif re.fullmatch("--?[a-zA-Z0-9].*", word) and "{" not in "".join(words):
            return _late_option(arguments, word)
        else:
            try:
                words += shlex.split(word) if " " in word else [word]
            except ValueError:
                return Answer(1, "", _junk(" ".join([*words, word])))
    if not words:
        return Answer(1, "", "nft: no command specified\n")
    style = Style("a" in styles, "s" in styles, bool(styles & {"n", "y"}))
    nft = Nft(namespace, Line(words, namespace.interfaces), style)
    try:
        out = nft.run()
        return Answer(0, out, nft.warnings)
    except NftError as error:
        return Answer(1, "", str(error))
    except FailedError as error:
        return Answer(1, "", str(nft.refusal(error.message)))


class Nft:
    """One command."""

    def __init__(self, namespace: NetworkNamespace, line: Line, style: Style) -> None:
        self.namespace = namespace
        self.tables = namespace.netfilter.tables_of(False)
        self.line = line
        self.style = style
        self.warnings = ""

    def run(self) -> str:
        words = self.line.words
        command = words[0]
        if command == "list":
            return self._list()
        if command in ("add", "insert", "delete", "flush", "create", "replace", "destroy"):
            return self._change(command)
        if command in ("monitor", "describe", "export", "import", "reset", "rename"):
            raise NftError(f"netsandbox: nft {command} is not modelled\n")
        if command in ("table", "chain", "rule"):
            self.line.insert(0, "add")
            return self._change("add")
        kind, _width = token(command)
        if kind != "string":
            raise self.line.complaint(f"syntax error, unexpected {kind}", 0)
        for word in ("rule", "add"):  # a rule is what is added unless told otherwise
            self.line.insert(0, word)
        return self._change("add")

    def refusal(self, message: str) -> NftError:
        """What iptables said against it, as nft says it."""
        if "Invalid argument" in message:
            return self.line.whole("Operation not supported")
        if "resource busy" in message:
            return self.line.complaint("Could not process rule: Device or resource busy", 4)
        return NftError(f"netsandbox: nft: this is not modelled, as iptables cannot say it\n({message.strip()})\n"
                        if message.startswith("iptables") else message)

    # -- listing

    def _list(self) -> str:
        what = self.line.words[1] if len(self.line.words) > 1 else ""
        if what in ("ruleset", "tables", "chains"):
            family = self.line.words[2:3]
            self._end(2 + (family in ([name] for name in FAMILIES)))
            return self._all(what) if family in ([], ["ip"]) else ""
        if what == "table":
            self._names(2, 4)
            self._end(4)
            return self._text(self._table(2))
        if what == "chain":
            self._names(2, 5)
            self._end(5)
            table, name = self._table(2), self._word(4)
            if name not in table.chains:
                raise self.line.complaint(NO_FILE, 4)
            return self._text(table, name)
        if what in ("sets", "maps", "set", "map", "flowtables", "counters"):
            raise NftError(f"netsandbox: nft list {what} is not modelled: there are no sets and maps\n")
        raise self.line.complaint(f"syntax error, unexpected {token(what)[0] if what else 'newline'}", 1)

    def _end(self, at: int) -> None:
        """Nothing more may follow."""
        if len(self.line.words) > at:
            raise self.line.complaint(f"syntax error, unexpected {token(self.line.words[at])[0]}, expecting end of "
                                      "file or newline or semicolon", at)

    def _names(self, at: int, end: int, expecting: str = "string or last") -> None:
        """A family, which may be left out, and names of a table and what it holds: none of them a word of nft's."""
        if at < len(self.line.words) and self.line.words[at] not in FAMILIES:
            self.line.insert(at, "ip")
        for place in range(at + 1, end):
            word = self._word(place, expecting if place == end - 1 else "string or last")
            if token(word)[0] != "string":
                raise self.line.complaint(f"syntax error, unexpected {token(word)[0]}, expecting string or last", place)

    def _all(self, what: str) -> str:
        if what == "tables":
            return "".join(f"table ip {name}\n" for name in self.tables)
        if what == "ruleset":
            return "".join(self._text(table) for table in self.tables.values())
        texts = []
        for table in self.tables.values():
            chains = "".join(f"\tchain {chain.name} {{\n"
                             + (f"\t\t{hook_text(table, chain)}\n" if chain.hook is not None else "") + "\t}\n"
                             for chain in table.chains.values())
            texts.append(f"table ip {table.name} {{\n{chains}}}\n")
        return "".join(texts)

    def _text(self, table: Table, only: str = "") -> str:
        self.warnings += warning_of(table, only)
        return table_text(table, self.style, self._number(table), only)

    def _number(self, table: Table) -> int:
        return list(self.tables.values()).index(table) + 1

    def _word(self, at: int, expecting: str = "string or last") -> str:
        if at >= len(self.line.words):
            raise self.line.complaint(f"syntax error, unexpected newline, expecting {expecting}",
                                      len(self.line.words))
        return self.line.words[at]

    def _table(self, at: int) -> Table:
        """The table of a family and a name, or of a name alone, that begin at a word."""
        if self._word(at) not in FAMILIES:
            self.line.insert(at, "ip")
        family = self.line.words[at]
        if family != "ip":
            raise NftError(f"netsandbox: nft: family {family} is not modelled; the tables are of family ip\n")
        name = self._word(at + 1)
        table = self.tables.get(name)
        if table is None:
            raise self.line.complaint(NO_FILE, at + 1)
        return table

    # -- changing

    def _change(self, command: str) -> str:
        if command == "flush" and len(self.line.words) == 1:
            raise self.line.complaint("syntax error, unexpected newline", 1)
        what = self._word(1)
        if command == "flush" and what == "ruleset":
            self._end(2)
        if command == "flush" and what == "ruleset":
            for name in self.tables:
                del self.namespace.netfilter.tables[name]
            self.namespace.netfilter.refresh(self.namespace)
            return ""
        if what in ("set", "map", "element", "flowtable", "counter", "quota", "limit", "ct", "synproxy", "secmark"):
            raise NftError(f"netsandbox: nft {command} {what} is not modelled; rules and chains are, as iptables has "
                           "them\n")
        if what == "table":
            return self._change_table(command)
        if what == "chain":
            return self._change_chain(command)
        if what != "rule":
            kind, _width = token(what)
            if kind not in ("string", *FAMILIES) or command != "add":
                raise self.line.complaint(f"syntax error, unexpected {kind}", 1)
            self.line.insert(1, "rule")
        return self._change_rule(command)

    def _change_table(self, command: str) -> str:
        words = self.line.words
        self._names(2, 4, "handle or string or last" if command in ("delete", "destroy") else "string or last")
        self._end(4 + len(words[4:]) * (words[4:5] == ["{"]))
        name = words[3]
        if words[2] != "ip":
            self._table(2)
        if command in ("add", "create"):
            if name not in TABLES:
                raise NftError(f"netsandbox: nft: a table '{name}' of one's own is not modelled; there are "
                               f"{', '.join(TABLES)}\n")
            if command == "create" and name in self.tables:
                raise self.line.complaint(f"Could not process rule: {EXISTS}", 3)
            self.namespace.netfilter.table(name)
            return ""
        if name not in self.tables and command == "destroy":
            return ""
        if name not in self.tables:
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 3)
        table = self._table(2)
        if command in ("delete", "destroy"):
            del self.namespace.netfilter.tables[table.name]
        else:
            for chain in table.chains.values():
                table.flush(chain.name)
        self.namespace.netfilter.refresh(self.namespace)
        return ""

    def _change_chain(self, command: str) -> str:
        self._names(2, 5, "handle or string or last" if command in ("delete", "destroy") else "string or last")
        self._end(5 + len(self.line.words[5:]) * self.line.words[5:6][0].startswith("{")
                  if self.line.words[5:] else 5)
        table, name = self._table(2), self._word(4)
        hook = next((word.lower() for word, before in zip(self.line.words[1:], self.line.words, strict=False)
                     if before == "hook"), "")
        if hook and (name not in NAMES or name.lower() != hook):
            raise NftError(f"netsandbox: nft: a base chain '{name}' at hook {hook} is not modelled; the base chains "
                           f"are iptables' own: {', '.join(base.value for base in TABLES[table.name])}\n")
        if command in ("add", "create") and hook:
            policy = "DROP" if "drop" in " ".join(self.line.words) else "ACCEPT"
            return iptables.execute(self.namespace, ["-t", table.name, "-P", name, policy])
        if command == "destroy" and name not in table.chains:
            return ""
        if command not in ("add", "create") and name not in table.chains:
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 4)
        if command == "create" and name in table.chains:
            raise self.line.complaint(f"Could not process rule: {EXISTS}", 4)
        if command == "add" and name in table.chains:
            return ""
        if command in ("delete", "destroy"):
            table.flush(name)
        letter = {"add": "-N", "create": "-N", "delete": "-X", "destroy": "-X", "flush": "-F"}[command]
        return iptables.execute(self.namespace, ["-t", table.name, letter, name])

    def _change_rule(self, command: str) -> str:
        self._names(2, 5)
        chain = self._word(4)
        if self.line.words[2] == "ip" and self.line.words[3] not in self.tables:
            raise self.line.complaint(NO_FILE + self._meant(chain), 3)
        table = self._table(2)
        if chain not in table.chains:
            meant = get_close_matches(chain, table.chains, 1)
            raise self.line.complaint(f"{NO_FILE}; did you mean chain '{meant[0]}' in table ip '{table.name}'?" if meant
                                      else f"Could not process rule: {NO_FILE}", 4)
        rest = self.line.words[5:]
        if command in ("delete", "replace", "destroy"):
            return self._by_handle(table, chain, rest, command)
        if rest[:1] in (["index"], ["position"], ["handle"]):
            raise NftError(f"netsandbox: nft {command} rule … {rest[0]} is not modelled\n")
        letter = "-I" if command == "insert" else "-A"
        before = len(table.chains[chain].rules)
        words, said = self._rule_words(table, rest)
        made = iptables.execute(self.namespace, ["-t", table.name, letter, chain, *words])
        rules = table.chains[chain].rules
        for rule in rules[:len(rules) - before] if command == "insert" else rules[before:]:
            rule.tells_counters, rule.said = "counter" in rest, said
        return made

    def _meant(self, chain: str) -> str:
        """The table that has a chain, or one that is named almost so."""
        known = {name: table.name for table in self.tables.values() for name in table.chains}
        meant = get_close_matches(chain, known, 1, 0.0)
        return f"; did you mean table '{known[meant[0]]}' in family ip?" if meant else ""

    def _rule_words(self, table: Table, rest: list[str]) -> tuple[list[str], str]:
        """The iptables words of a rule, whose jumps lead somewhere, and how it is listed."""
        if not rest:
            raise self.line.complaint("syntax error, unexpected newline", len(self.line.words))
        for word, target in pairwise(rest):
            if word in ("jump", "goto") and target not in table.chains:
                raise self.line.complaint(f"Could not process rule: {NO_FILE}",
                                          len(self.line.words) - len(rest) + rest.index(word) + 1)
        return rule_words(rest, self.line)

    def _by_handle(self, table: Table, chain: str, rest: list[str], command: str) -> str:
        if rest[:1] != ["handle"] or len(rest) < 2 or not rest[1].isdecimal():
            kind = token(rest[0])[0] if rest else "newline"
            raise self.line.complaint(f"syntax error, unexpected {kind}, expecting handle", 5)
        at = next((at for at, rule in enumerate(table.chains[chain].rules, 1) if rule.handle == int(rest[1])), 0)
        if not at and command == "destroy":
            return ""
        if not at:
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 6)
        if command != "replace":
            return iptables.execute(self.namespace, ["-t", table.name, "-D", chain, str(at)])
        words, said = self._rule_words(table, rest[2:])
        made = iptables.execute(self.namespace, ["-t", table.name, "-R", chain, str(at), *words])
        rule = table.chains[chain].rules[at - 1]
        rule.tells_counters, rule.said = "counter" in rest, said
        return made
