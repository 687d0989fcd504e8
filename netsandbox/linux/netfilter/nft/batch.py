"""What a batch of nft's commands has: the tables as they are so far, and what a command's words name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.nft.misspell import most_alike
from netsandbox.linux.netfilter.nft.tokens import FAMILIES, NftError, token
from netsandbox.linux.netfilter.ruleset import Table

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.nft.line import Line
    from netsandbox.linux.netfilter.nft.print import Style

NO_FILE, EXISTS = "No such file or directory", "File exists"


class Batch:
    """The commands of one call (line: the command that is being done.  warnings: what is told on standard error)."""

    line: Line

    def __init__(self, namespace: NetworkNamespace, style: Style) -> None:
        self.namespace = namespace
        self.tables = {label: table for label, table in namespace.netfilter.tables.items() if not table.is_legacy}
        self.style = style
        self.warnings = ""
        self._number_tables()

    def _number_tables(self) -> None:
        netfilter = self.namespace.netfilter
        for table in self.tables.values():
            netfilter.tables_made += not table.number
            table.number = table.number or netfilter.tables_made

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

    def _word(self, at: int, expecting: str = "string or last") -> str:
        if at >= len(self.line.words):
            raise self.line.complaint(f"syntax error, unexpected newline, expecting {expecting}", len(self.line.words))
        return self.line.words[at]

    def _family(self, at: int) -> str:
        """The family that a name belongs to: ip where none is told."""
        if self._word(at) not in FAMILIES:
            self.line.insert(at, "ip")
        family = self.line.words[at]
        if family not in ("ip", "inet"):
            raise NftError(f"netsandbox: nft: family {family} is not modelled; ip and inet are\n")
        return family

    def _table(self, at: int, is_listed: bool = False) -> Table:
        """The table of a family and a name, or of a name alone, that begin at a word."""
        family = self._family(at)
        name = self._word(at + 1)
        table = self.tables.get(Table(name, family=family).label)
        if table is None:
            raise self.line.complaint(NO_FILE + ("" if is_listed else self._other_table(name)), at + 1)
        return table

    def _other_table(self, name: str) -> str:
        """That which is named so or most alike, of whatever family (table_lookup_fuzzy)."""
        table = most_alike(name, ((table.name, table) for table in self.tables.values()))
        if table is None:
            return ""
        return f"; did you mean table '{table.name}' in family {table.family}?"

    def _like(self, name: str) -> tuple[str, Table | None]:
        """The chain that is named so or most alike, and its table (chain_lookup_fuzzy)."""
        known = ((chain, (chain, table)) for table in self.tables.values() for chain in table.chains)
        return most_alike(name, known) or ("", None)
