"""`nft` for what iptables can say: its commands become iptables' own conditions, and one evaluator does the rest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from netsandbox.linux.core.hooks import Hook
from netsandbox.linux.netfilter.iptables.iptables import Answer
from netsandbox.linux.netfilter.matches.host import ReversePath
from netsandbox.linux.netfilter.nft.batch import EXISTS, NO_FILE
from netsandbox.linux.netfilter.nft.hook import BRACE, NO_HOOK, OF_GRAMMAR, HookRead, read_hook
from netsandbox.linux.netfilter.nft.list import Listing
from netsandbox.linux.netfilter.nft.rule import build_rule
from netsandbox.linux.netfilter.nft.statements import judge_rule, read_rule
from netsandbox.linux.netfilter.nft.tokens import FAMILIES, NftError, token
from netsandbox.linux.netfilter.rule import COUNTED
from netsandbox.linux.netfilter.ruleset import Chain, RuleError, Table

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft.line import Line
    from netsandbox.linux.netfilter.nft.reader import Reader

MORE_HOOKS = {"meta priority set": (None, *Hook), "reject": (Hook.PREROUTING,)}
"""Where nft takes a statement that iptables has at others alone; None is a chain that is in none."""
ERRORS = {"EMLINK": "Too many links"}


def is_late(complaint: str) -> bool:
    """It is the kernel's, which is not asked while nft itself finds something wrong."""
    first = complaint.partition("\n")[0]
    return "Could not process rule: " in first or "; did you mean " in first


class Nft(Listing):
    """A batch of commands: all of them are done, or none."""

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
                line.check_letters()
                out += self._do() if not style.is_json else self._do_json()
            except NftError as error:
                wrong.append(str(error))
                if "rule" not in line.words[:2] or str(error).startswith("netsandbox"):
                    break
        if wrong:
            return Answer(1, "", "".join([text for text in wrong if not is_late(text)] or wrong))
        if changes and not only_checks:
            self._commit()
        return Answer(0, out, self.warnings)

    def _commit(self) -> None:
        self._number_tables()
        netfilter = self.namespace.netfilter
        lost = [table for label, table in netfilter.tables.items() if not table.is_legacy and label not in self.tables]
        for table in lost:
            table.gone, table.chains = list(table.rules()), {}
        kept = {label: table for label, table in netfilter.tables.items() if table not in lost}
        netfilter.tables = {**kept, **self.tables}
        netfilter.refresh(self.namespace, lost)

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
        if command in ("describe", "export", "get", "import", "reset"):
            raise NftError(f"netsandbox: nft {command} is not modelled\n")
        if command in ("table", "chain", "rule"):
            self.line.insert(0, "add")
            self._change("add")
            return ""
        kind, _width = token(command)
        if kind not in ("string", *FAMILIES):
            raise self.line.complaint(f"syntax error, unexpected {kind}", 0)
        for word in ("rule", "add"):  # a rule is what is added unless told otherwise
            self.line.insert(0, word)
        self._change("add")
        return ""

    # -- changing

    def _change(self, command: str) -> None:
        only = {"insert": "rule", "replace": "rule", "rename": "chain"}.get(command, "")
        if len(self.line.words) == 1 and command != "add":
            raise self.line.complaint(f"syntax error, unexpected newline{', expecting ' * bool(only)}{only}", 1)
        what = self._word(1)
        if command == "create" and what == "rule":
            raise self.line.complaint("syntax error, unexpected rule", 1)
        if command == "flush" and what == "ruleset":
            self._flush()
            return
        if what in ("set", "map", "element", "flowtable", "counter", "quota", "limit", "ct", "synproxy", "secmark"):
            raise NftError(f"netsandbox: nft {command} {what} is not modelled; rules and chains are, as iptables has "
                           "them\n")
        if what in ("table", "chain") and only not in ("", what):
            raise self.line.complaint(f"syntax error, unexpected {what}, expecting {only}", 1)
        if what == "table":
            self._change_table(command)
        elif what == "chain":
            self._change_chain(command)
        else:
            kind, _width = token(what)
            if what != "rule" and (kind not in ("string", *FAMILIES) or command != "add"):
                raise self.line.complaint(f"syntax error, unexpected {kind}{', expecting ' * bool(only)}{only}", 1)
            if what != "rule":
                self.line.insert(1, "rule")
            self._change_rule(command)

    def _flush(self) -> None:
        """All tables, or those of a family."""
        family = self.line.words[2:3]
        self._end(2 + (family in ([name] for name in FAMILIES)))
        self.tables = {label: table for label, table in self.tables.items() if family not in ([], [table.family])}

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
            meant = self._other_table(words[3]) if command == "delete" else ""
            raise self.line.complaint(f"{'' if meant else 'Could not process rule: '}{NO_FILE}{meant}", 3)
        elif command in ("delete", "destroy"):
            self.tables.pop(fresh.label, None)
        else:
            table = self._table(2)
            for chain in table.chains.values():
                table.flush(chain.name)

    def _change_chain(self, command: str) -> None:
        spec = self._has_declaration(command)
        family, name = self._family(2), self._word(4)
        hook = self._read_hook() if spec else NO_HOOK
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
            self._check_declaration(table, hook)
            chain = table.chains.get(name) or table.add(Chain(name, hook.hook, hook.kind, hook.priority))
            chain.drops = chain.drops if hook.drops is None else hook.drops
        else:
            self._change_known(table, name, command)

    def _has_declaration(self, command: str) -> bool:
        """Whether braces say what hook the chain is for; so many words a command about a chain has, and no more."""
        has_block = "{" in self.line.words and "}" in self.line.words
        try:
            self._names(2, 5 + (command == "rename"),
                        "handle or string or last" if command in ("delete", "destroy") else "string or last")
            spec = has_block and self.line.words[5:6] == ["{"]
            self._end(self.line.words.index("}") + 1 if spec else 5 + (command == "rename"))
        except NftError as error:
            raise NftError(f"{error}{self._misread_block()}" if has_block else str(error)) from None
        return spec

    def _change_known(self, table: Table, name: str, command: str) -> None:
        """A chain that is there."""
        if command == "flush":
            table.flush(name)
        elif command == "rename":
            self._rename(table, name)
        elif table.references(name):
            raise self.line.complaint("Could not process rule: Device or resource busy", 4)
        else:
            table.flush(name)
            del table.chains[name]

    def _read_hook(self) -> HookRead:
        """What the braces say; of what makes no sense in them the table is found missing first, but for the grammar."""
        try:
            return read_hook(self.line, 6)
        except NftError as error:
            said = str(error)
            if said.startswith(OF_GRAMMAR) and not said.startswith(("netsandbox", BRACE)):
                try:
                    self._table(2)
                except NftError as missing:
                    raise NftError(said + str(missing)) from None
            elif not said.startswith(OF_GRAMMAR):
                self._table(2)
            raise

    def _check_declaration(self, table: Table, hook: HookRead) -> None:
        """A chain is hooked in once and for all, and one that is not has no policy."""
        words = self.line.words
        chain = table.chains.get(words[4])
        if hook.hook is not None and chain is not None and chain.hook is None:
            raise self.line.complaint(f"Could not process rule: {EXISTS}", 4)
        if hook.hook is not None and chain is not None and (chain.hook, chain.kind, chain.priority) != hook[:3]:
            at = words.index("type", 6)
            raise self.line.complaint(f"Chain \"{chain.name}\" already exists in table {table.family} '{table.name}' "
                                      "with different declaration", at, until=words.index(";", at) - 1)
        if hook.hook is None and hook.drops is not None and (chain is None or chain.hook is None):
            at = words.index("policy", 6)
            raise self.line.complaint("Could not process rule: Operation not supported", at, until=at + 1)

    def _misread_block(self) -> str:
        """Behind what it does not understand the grammar goes on at the next semicolon, as if a command began there."""
        words = self.line.words
        starts = [at + 1 for at, word in enumerate(words[:-1]) if word == ";"]
        return "".join(str(self.line.complaint(f"syntax error, unexpected {token(words[at])[0]}", at)) for at in starts)

    def _rename(self, table: Table, name: str) -> None:
        new = self._word(5)
        if new in table.chains:
            raise self.line.whole(EXISTS)
        table.rename_chain(name, new)

    def _change_rule(self, command: str) -> None:
        self._names(2, 5)
        chain = self._word(4)
        family = self._family(2)
        if command in ("delete", "replace", "destroy"):
            self._expect_handle(self.line.words[5:])
        if command in ("delete", "destroy"):
            self._end(7)
        start = 5 + 2 * (self.line.words[5:6] in (["index"], ["position"], ["handle"]))
        if start > 5 and len(self.line.words) == start and command in ("add", "insert", "replace"):
            raise self.line.complaint("syntax error, unexpected newline", start)
        if command in ("add", "insert", "replace") and len(self.line.words) > start:
            judge_rule(self.line.words[start:], self.line, family == "inet")
        table, rest = self._table_of_rule(family, chain, start), self.line.words[5:]
        if command in ("delete", "replace", "destroy"):
            self._by_handle(table, chain, rest, command)
            return
        at = 0 if command == "insert" else len(table.chains[chain].rules)
        if rest[:1] in (["index"], ["position"], ["handle"]):
            at, rest = self._place(table.chains[chain], command), rest[2:]
        self._put(table, chain, at, rest)

    def _table_of_rule(self, family: str, chain: str, start: int) -> Table:
        """Raises NftError: there is none, or no such chain in it."""
        if Table(self.line.words[3], family=family).label not in self.tables:
            without = self.line.complaint(f"Could not process rule: {NO_FILE}", 3)  # of each set, and of what is in it
            raise NftError(str(without) * 2 * self.line.words[start:].count("{") + str(self._no_table(chain)))
        table = self._table(2)
        if chain not in table.chains:
            raise self._no_chain(chain)
        return table

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
        if table.chains[chain].hook in (Hook.OUTPUT, Hook.POSTROUTING) and any(
                isinstance(match, ReversePath) for match in rule.matches):  # nft_fib_validate
            raise self.line.whole("Operation not supported")
        try:
            table.insert(chain, at, rule)
        except RuleError as error:
            more = next((name for name in MORE_HOOKS if name in said), "")
            if more and table.chains[chain].hook in MORE_HOOKS[more]:
                raise self._not_here(table.chains[chain], more) from None
            raise self.line.whole(ERRORS.get(error.errno, "Operation not supported")) from None

    @staticmethod
    def _not_here(chain: Chain, statement: str) -> NftError:
        """What nft may say of more chains than iptables."""
        where = f"hook {chain.hook.label.lower()}: " if chain.hook is not None else ""
        return NftError(f"netsandbox: nft: '{where}{statement}' is not modelled\n")

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
        at = next((at for at, rule in enumerate(table.chains[chain].rules) if rule.handle == int(rest[1])), None)
        if at is None and command == "destroy":
            return
        if at is None:
            raise self.line.complaint(f"Could not process rule: {NO_FILE}", 6)
        if command == "replace":
            self._put(table, chain, at + 1, rest[2:])
        table.delete(chain, at)
