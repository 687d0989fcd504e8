"""`nft list`: which tables and chains, and in what form."""

from __future__ import annotations

from netsandbox.linux.netfilter.nft import json as nft_json
from netsandbox.linux.netfilter.nft.batch import NO_FILE, Batch
from netsandbox.linux.netfilter.nft.print import hook_text, table_text, warning_of
from netsandbox.linux.netfilter.nft.tokens import FAMILIES, NftError, token
from netsandbox.linux.netfilter.ruleset import Table

NAMED = ("sets", "maps", "meters", "flowtables")
STATEFUL = ("quotas", "limits", "counters", "secmarks", "synproxys")
"""What has a name; of these tables that have none are not listed."""


class Listing(Batch):
    """What only looks."""

    def _list(self) -> str:
        what = self.line.words[1] if len(self.line.words) > 1 else ""
        if what in ("ruleset", "tables", "chains", *NAMED, *STATEFUL):
            family = self.line.words[2:3]
            self._end(2 + (family in ([name] for name in FAMILIES)))
            return self._all(what, [table for table in self.tables.values() if family in ([], [table.family])])
        if what == "table":
            self._names(2, 4)
            self._end(4)
            return self._text(self._table(2, is_listed=True))
        if what == "chain":
            self._names(2, 5)
            self._end(5)
            table, name = self._table(2, is_listed=True), self._word(4)
            if name not in table.chains:
                raise self.line.complaint(NO_FILE, 4)
            return self._text(table, name)
        return self._of_named(what)

    def _of_named(self, what: str) -> str:
        """There are no sets, maps, quotas and the like with a name."""
        if what in ("hooks", "ct"):
            raise NftError(f"netsandbox: nft list {what} is not modelled\n")
        if f"{what}s" in (*NAMED, *STATEFUL):
            self._names(2, 5)
            self._end(5)
            self._table(2, is_listed=True)
            raise self.line.complaint(NO_FILE, 4)
        raise self.line.complaint(f"syntax error, unexpected {token(what)[0] if what else 'newline'}", 1)

    def _all(self, what: str, tables: list[Table]) -> str:
        if what == "tables":
            return "".join(f"table {table.family} {table.name}\n" for table in tables)
        if what == "ruleset":
            return "".join(self._text(table) for table in tables)
        if what != "chains":
            return "".join(f"table {table.family} {table.name} {{\n}}\n" for table in tables if what in NAMED)
        texts = []
        for table in tables:
            chains = ""
            for chain in table.chains.values():
                hook = f"\t\t{hook_text(chain, self.style.is_numeric)}\n" if chain.hook is not None else ""
                handle = f" # handle {chain.handle}" * self.style.with_handles
                chains += f"\tchain {chain.name} {{{handle}\n{hook}\t}}\n"
            texts.append(f"table {table.family} {table.name} {{\n{chains}}}\n")
        return "".join(texts)

    def _text(self, table: Table, only: str = "") -> str:
        self.warnings += warning_of(table, only)
        return table_text(table, self.style, table.number, only)

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
        table = self._table(2, is_listed=True)
        return nft_json.document(nft_json.table_objects(table, table.number, *rest[2:]))
