"""`nft` for what iptables can say: its commands become iptables' own conditions, and one evaluator does the rest."""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from netsandbox.linux.netfilter import nft_json
from netsandbox.linux.netfilter.iptables import Answer
from netsandbox.linux.netfilter.nft_hook import NO_HOOK, read_hook
from netsandbox.linux.netfilter.nft_print import Style, hook_text, table_text, warning_of
from netsandbox.linux.netfilter.nft_rule import build_rule
from netsandbox.linux.netfilter.nft_statements import judge_rule, read_rule
from netsandbox.linux.netfilter.nft_tokens import FAMILIES, NftError, token
from netsandbox.linux.netfilter.rule import COUNTED
from netsandbox.linux.netfilter.ruleset import Chain, RuleError, Table
from netsandbox.linux.spelling import edit_distance

if TYPE_CHECKING:
    from netsandbox.linux.core.namespace import NetworkNamespace
    from netsandbox.linux.netfilter.nft_line import Line
    from netsandbox.linux.netfilter.nft_reader import Reader

NO_FILE, EXISTS = "No such file or directory", "File exists"
ERRORS = {"EMLINK": "Too many links"}


class Nft:
    """A batch of commands: all of them are done, or none."""

    def __init__(self, namespace: NetworkNamespace, style: Style) -> None:
        self.namespace = namespace
        self.tables = {label: table for label, table in namespace.netfilter.tables.items() if not table.is_legacy}
        self.style = style
        self.warnings = ""
        self._number_tables()

    def run(self, lines: list[Line], only_checks: bool = False) -> Answer:
        """Each command in turn; of rules all that are wrong are told."""
        style = self.style
        changes = any(line.words[0] != "list" for line in lines)
        if changes:
            self.tables = {label: table.copy() for label, table in self.tables.items()}
        out, wrong = "", list[str]()
        for line in lines:
            self.line = line
            try:
                out += self._do() if not style.is_json else self._do_json()
            except NftError as error:
                wrong.append(str(error))
                if "rule" not in line.words[:2] or str(error).startswith("netsandbox"):
                    break
        if wrong:
            return Answer(1, "", "".join(wrong))
        if changes and not only_checks:
            self._commit()
        return Answer(0, out, self.warnings)

    def _commit(self) -> None:
        self._number_tables()
        netfilter = self.namespace.netfilter
        kept = {label: table for label, table in netfilter.tables.items() if table.is_legacy or label in self.tables}
        netfilter.tables = {**kept, **self.tables}
        netfilter.refresh(self.namespace)

    def _do(self) -> str:
        words = self.line.words
        command = words[0]
        if command == "list":
            return self._list()
        if command in ("add", "insert", "delete", "flush", "create", "replace", "destroy", "rename"):
            self._change(command)
            return ""
        if command == "monitor":
            raise NftError("netsandbox: nft monitor of changes is not modelled; `nft monitor trace` is\n")
        if command in ("describe", "export", "import", "reset"):
            raise NftError(f"netsandbox: nft {command} is not modelled\n")
        if command in ("table", "chain", "rule"):
            self.line.insert(0, "add")
            self._change("add")
            return ""
        kind, _width = token(command)
        if kind != "string":
            raise self.line.complaint(f"syntax error, unexpected {kind}", 0)
        for word in ("rule", "add"):  # a rule is what is added unless told otherwise
            self.line.insert(0, word)
        self._change("add")
        return ""

    def _do_json(self) -> str:
        if self.line.words[0] != "list":
            raise NftError("netsandbox: nft -j: commands are given in nft's own words here; -j list is modelled\n")
        self._list()  # what it finds wrong
        self.warnings = ""
        what, *rest = self.line.words[1:]
        if what in ("ruleset", "tables", "chains"):
            return nft_json.document(nft_json.listed(
                what, [table for table in self.tables.values() if rest in ([], [table.family])]))
        if what not in ("table", "chain"):
            raise NftError(f"netsandbox: nft -j list {what} is not modelled\n")
        table = self._table(2)
        return nft_json.document(nft_json.table_objects(table, table.number, *rest[2:]))

    # -- listing

    def _list(self) -> str:
        what = self.line.words[1] if len(self.line.words) > 1 else ""
        if what in ("ruleset", "tables", "chains"):
            family = self.line.words[2:3]
            self._end(2 + (family in ([name] for name in FAMILIES)))
            return self._all(what, [table for table in self.tables.values() if family in ([], [table.family])])
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
        # there are none with a name
        if what in ("sets", "maps", "meters", "flowtables", "quotas", "limits", "counters"):
            self._end(2)
            is_told = what not in ("quotas", "limits", "counters")
            return "".join(f"table {table.family} {table.name} {{\n}}\n" for table in self.tables.values() if is_told)
        if what in ("set", "map"):
            self._names(2, 5)
            self._end(5)
            self._table(2)
            raise self.line.complaint(NO_FILE, 4)
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

    def _all(self, what: str, tables: list[Table]) -> str:
        if what == "tables":
            return "".join(f"table {table.family} {table.name}\n" for table in tables)
        if what == "ruleset":
            return "".join(self._text(table) for table in tables)
        texts = []
        for table in tables:
            chains = "".join(f"\tchain {chain.name} {{{f' # handle {chain.handle}' * self.style.with_handles}\n"
                             + (f"\t\t{hook_text(chain)}\n" if chain.hook is not None else "") + "\t}\n"
                             for chain in table.chains.values())
            texts.append(f"table {table.family} {table.name} {{\n{chains}}}\n")
        return "".join(texts)

    def _text(self, table: Table, only: str = "") -> str:
        self.warnings += warning_of(table, only)
        return table_text(table, self.style, table.number, only)

    def _number_tables(self) -> None:
        netfilter = self.namespace.netfilter
        for table in self.tables.values():
            netfilter.tables_made += not table.number
            table.number = table.number or netfilter.tables_made

    def _word(self, at: int, expecting: str = "string or last") -> str:
        if at >= len(self.line.words):
            raise self.line.complaint(f"syntax error, unexpected newline, expecting {expecting}",
                                      len(self.line.words))
        return self.line.words[at]

    def _family(self, at: int) -> str:
        """The family that a name belongs to: ip where none is told."""
        if self._word(at) not in FAMILIES:
            self.line.insert(at, "ip")
        family = self.line.words[at]
        if family not in ("ip", "inet"):
            raise NftError(f"netsandbox: nft: family {family} is not modelled; ip and inet are\n")
        return family

    def _table(self, at: int) -> Table:
        """The table of a family and a name, or of a name alone, that begin at a word."""
        family = self._family(at)
        name = self._word(at + 1)
        table = self.tables.get(Table(name, family=family).label)
        if table is None:
            other = next((f"; did you mean table '{name}' in family {one.family}?" for one in self.tables.values()
                          if one.name == name), "")
            raise self.line.complaint(NO_FILE + other, at + 1)
        return table

    # -- changing

    def _change(self, command: str) -> None:
        if command == "flush" and len(self.line.words) == 1:
            raise self.line.complaint("syntax error, unexpected newline", 1)
        what = self._word(1)
        if command == "flush" and what == "ruleset":
            family = self.line.words[2:3]
            self._end(2 + (family in ([name] for name in FAMILIES)))
            self.tables = {label: table for label, table in self.tables.items() if family not in ([], [table.family])}
            return
        if what in ("set", "map", "element", "flowtable", "counter", "quota", "limit", "ct", "synproxy", "secmark"):
            raise NftError(f"netsandbox: nft {command} {what} is not modelled; rules and chains are, as iptables has "
                           "them\n")
        if what == "table":
            self._change_table(command)
        elif what == "chain":
            self._change_chain(command)
        else:
            if what != "rule":
                kind, _width = token(what)
                if kind not in ("string", *FAMILIES) or command != "add":
                    only = {"insert": "rule", "replace": "rule", "rename": "chain"}.get(command, "")
                    raise self.line.complaint(f"syntax error, unexpected {kind}{', expecting ' * bool(only)}{only}", 1)
                self.line.insert(1, "rule")
            self._change_rule(command)

    def _change_table(self, command: str) -> None:
        words = self.line.words
        self._names(2, 4, "handle or string or last" if command in ("delete", "destroy") else "string or last")
        self._end(4 + len(words[4:]) * (words[4:5] == ["{"]))
        family = self._family(2)
        fresh = Table(words[3], family=family)
        known = fresh.label in self.tables
        if command in ("add", "create"):
            if command == "create" and known:
                raise self.line.complaint(f"Could not process rule: {EXISTS}", 3)
            self.tables.setdefault(fresh.label, fresh)
        elif not known and command != "destroy":
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 3)
        elif command in ("delete", "destroy"):
            self.tables.pop(fresh.label, None)
        else:
            table = self._table(2)
            for chain in table.chains.values():
                table.flush(chain.name)

    def _change_chain(self, command: str) -> None:
        has_block = "{" in self.line.words and "}" in self.line.words
        try:
            self._names(2, 5 + (command == "rename"),
                        "handle or string or last" if command in ("delete", "destroy") else "string or last")
            spec = has_block and self.line.words[5:6] == ["{"]
            self._end(self.line.words.index("}") + 1 if spec else 5 + (command == "rename"))
        except NftError as error:
            raise NftError(f"{error}{self._misread_block()}" if has_block else str(error)) from None
        hook = read_hook(self.line, 6) if spec else NO_HOOK
        family, name = self._family(2), self._word(4)
        if command in ("delete", "flush") and Table(self.line.words[3], family=family).label not in self.tables:
            raise self._no_table(name)
        table = self._table(2)
        is_there = name in table.chains
        if command == "destroy" and not is_there:
            return
        if command not in ("add", "create") and not is_there:
            raise self._no_chain(name)
        if command == "create" and is_there:
            raise self.line.complaint(f"Could not process rule: {EXISTS}", 4)
        if command in ("add", "create"):
            chain = table.chains.get(name) or table.add(Chain(name, hook.hook, hook.kind, hook.priority))
            chain.drops = chain.drops if hook.drops is None else hook.drops
        elif command == "flush":
            table.flush(name)
        elif command == "rename":
            self._rename(table, name)
        elif table.references(name):
            raise self.line.complaint("Could not process rule: Device or resource busy", 4)
        else:
            table.flush(name)
            del table.chains[name]

    def _misread_block(self) -> str:
        """Behind what it does not understand the grammar goes on at the next semicolon, as if a command began there."""
        words = self.line.words
        starts = [at + 1 for at, word in enumerate(words[:-1]) if word == ";"]
        return "".join(str(self.line.complaint(f"syntax error, unexpected {token(words[at])[0]}", at)) for at in starts)

    def _rename(self, table: Table, name: str) -> None:
        new = self._word(5)
        if new in table.chains:
            raise self.line.complaint(f"Could not process rule: {EXISTS}", 5)
        table.rename_chain(name, new)

    def _change_rule(self, command: str) -> None:
        self._names(2, 5)
        chain = self._word(4)
        family = self._family(2)
        if command in ("delete", "replace", "destroy"):
            self._expect_handle(self.line.words[5:])
        start = 5 + 2 * (self.line.words[5:6] in (["index"], ["position"], ["handle"]))
        if command == "replace" and len(self.line.words) == start:
            raise self.line.complaint("syntax error, unexpected newline", start)
        if command in ("add", "insert", "replace") and len(self.line.words) > start:
            judge_rule(self.line.words[start:], self.line, family == "inet")
        if Table(self.line.words[3], family=family).label not in self.tables:
            raise self._no_table(chain)
        table = self._table(2)
        if chain not in table.chains:
            raise self._no_chain(chain)
        rest = self.line.words[5:]
        if command in ("delete", "replace", "destroy"):
            self._by_handle(table, chain, rest, command)
            return
        at = 0 if command == "insert" else len(table.chains[chain].rules)
        if rest[:1] in (["index"], ["position"], ["handle"]):
            at, rest = self._place(table.chains[chain], command), rest[2:]
        self._put(table, chain, at, rest)

    def _place(self, chain: Chain, command: str) -> int:
        """Where `index N` or `handle N` says that a rule goes: behind that one, or with `insert` before it."""
        kind, number = self.line.words[5], self._word(6, "number or '$'")
        if not number.isdecimal():
            raise self.line.complaint(f"syntax error, unexpected {token(number)[0]}, expecting number or '$'", 6)
        at = next((at for at, rule in enumerate(chain.rules)
                   if (at if kind == "index" else rule.handle) == int(number)), None)
        if at is None and kind == "index":
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 5, until=6)
        if at is None:
            raise self.line.whole(NO_FILE)
        return at + (command != "insert")

    def _put(self, table: Table, chain: str, at: int, rest: list[str]) -> None:
        """A rule into its place, with iptables' conditions and actions, and as nft lists it."""
        read = self._read_rule(table, rest)
        said = " ".join(read.said)
        rule = build_rule(table, read)
        rule.tells_counters, rule.said = COUNTED in said, said
        if table.is_own:
            rule.written = " ".join(said.replace(COUNTED, "").split())
        table.handles += said.count("{ ")  # a set without a name has a number too
        try:
            table.insert(chain, at, rule)
        except RuleError as error:
            raise self.line.whole(ERRORS.get(error.errno, "Operation not supported")) from None

    def _no_table(self, chain: str) -> NftError:
        """Meant may be the table that has a chain, or one that is named almost so."""
        owner = None if self.line.source.name else self._like(chain)[1]
        return self.line.complaint(f"Could not process rule: {NO_FILE}" if owner is None else
                                   f"{NO_FILE}; did you mean table '{owner.name}' in family {owner.family}?", 3)

    def _no_chain(self, name: str) -> NftError:
        meant, owner = self._like(name)
        return self.line.complaint(
            f"{NO_FILE}; did you mean chain '{meant}' in table {owner.family} '{owner.name}'?"
            if owner is not None and meant != name else f"Could not process rule: {NO_FILE}", 4)

    def _like(self, name: str) -> tuple[str, Table | None]:
        """The chain that is named so or most alike, and its table (chain_lookup_fuzzy)."""
        known = [(edit_distance(chain, name), chain, table) for table in self.tables.values() for chain in table.chains]
        far, chain, table = min(known, key=itemgetter(0), default=(len(name), "", None))
        return (chain, table) if far * 4 <= max(len(chain), len(name)) * 3 else ("", None)

    def _read_rule(self, table: Table, rest: list[str]) -> Reader:
        """A rule, whose jumps lead somewhere, in iptables' words and as it is listed."""
        if not rest:
            raise self.line.complaint("syntax error, unexpected newline", len(self.line.words))
        for word, target in pairwise(rest):
            if word not in ("jump", "goto"):
                continue
            at = len(self.line.words) - len(rest) + rest.index(word) + 1
            if target == "{":
                break
            if target not in table.chains:
                raise self.line.complaint(f"Could not process rule: {NO_FILE}", at)
            if table.chains[target].hook is not None:
                raise self.line.complaint("Could not process rule: Operation not supported", at)
        return read_rule(rest, self.line, table.family == "inet")

    def _expect_handle(self, rest: list[str]) -> None:
        """Whether a handle follows is judged before what is there."""
        at = rest[:1] == ["handle"]
        if not at or len(rest) < 2 or not rest[1].isdecimal():
            kind = token(rest[at])[0] if len(rest) > at else "newline"
            raise self.line.complaint(f"syntax error, unexpected {kind}, expecting {'number' if at else 'handle'}",
                                      5 + at)

    def _by_handle(self, table: Table, chain: str, rest: list[str], command: str) -> None:
        if command != "replace":
            self._end(7)
        at = next((at for at, rule in enumerate(table.chains[chain].rules) if rule.handle == int(rest[1])), None)
        if at is None and command == "destroy":
            return
        if at is None:
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 6)
        if command == "replace":
            self._put(table, chain, at + 1, rest[2:])
        table.delete(chain, at)
