"""nft's rule files and command lines: blocks, variables and `;`, as the commands that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from netsandbox.linux.netfilter.nft.line import CRLF, Line, Source, Token
from netsandbox.linux.netfilter.nft.tokens import FAMILIES, NftError, token

VARIABLE = re.compile(r"\$(\w+)")
ENDS = ("\n", ";")


def commands(source: Source, interfaces: Mapping[str, int]) -> list[Line]:
    """The commands of a source (NftError: the grammar does not know it)."""
    return list(_Script(source, interfaces).commands())


class _Script:
    def __init__(self, source: Source, interfaces: Mapping[str, int]) -> None:
        self.source = source
        self.interfaces = interfaces
        self.tokens = source.tokens()
        self.variables: dict[str, list[str]] = {}

    def commands(self) -> Iterator[Line]:
        while self._skips_ends():
            words, ends = self._statement(), "end of file or newline or semicolon"
            if self._is("{"):
                yield from self._table(words)
            elif not words:
                raise self._unexpected()
            elif self._is_variable(words):
                ends = "newline or semicolon"
            else:
                yield self._line(words)
            if self.tokens and not self._is(*ENDS):
                raise self._unexpected(f", expecting {ends}" if words else "")

    def _line(self, words: list[Token], in_block: bool = False) -> Line:
        return Line(words, self.source, self.interfaces, in_block)

    # -- words

    def _is(self, *texts: str) -> bool:
        return bool(self.tokens) and self.tokens[0].text in texts

    def _skips_ends(self) -> bool:
        """Go on to the next statement; whether there is one."""
        while self._is(*ENDS):
            self.tokens.pop(0)
        return bool(self.tokens)

    def _unexpected(self, expecting: str = "") -> NftError:
        if not self.tokens or (self.source.name and len(self.tokens) == 1 and self._is("\n")):
            return self.source.complaint(f"syntax error, unexpected end of file{expecting}", len(self.source.rows), 0,
                                         "^")
        found = self.tokens[0]
        kind = "'}'" if found.text == "}" else "newline" if found.text == "\n" else token(found.text)[0]
        return self._line([found]).complaint(f"syntax error, unexpected {kind}{expecting}", found.text == "\n")

    def _take(self) -> list[Token]:
        """The next word; what a variable stands for in its stead."""
        if self._is(CRLF):
            raise self._unexpected(", expecting comma or '}'")
        found = self.tokens.pop(0)
        for name in VARIABLE.findall(found.text) if not found.text.startswith('"') else ():
            if name not in self.variables:
                place = Token(name, found.row, found.column + found.text.index(f"${name}") + 1)
                raise self._line([place]).complaint(f"unknown identifier '{name}'", 0)
            if found.text == f"${name}":
                return [found._replace(text=text) for text in self.variables[name]]
            found = found._replace(text=found.text.replace(f"${name}", "".join(self.variables[name])))
        return [found]

    def _statement(self, in_table: bool = False) -> list[Token]:
        """The words up to the end of a statement, or to the brace that opens a block."""
        words: list[Token] = []
        while self.tokens and not self._is(*ENDS, CRLF, "}"):
            if self._is("{") and self._opens_block([word.text for word in words], in_table):
                break
            words += self._braces() if self._is("{") else self._take()
        return words

    @staticmethod
    def _opens_block(words: list[str], in_table: bool) -> bool:
        if in_table:
            return len(words) == 2
        words = words[words[:1] in (["add"], ["create"]):]
        return words[:1] == ["table"] and len(words) == (3 if words[1:2] in [[family] for family in FAMILIES] else 2)

    def _braces(self) -> list[Token]:
        """From one brace to that which closes it; rows do not count between them."""
        words, depth = list[Token](), 0
        while self.tokens:
            depth += self._is("{") - self._is("}")
            words += [one for one in self._take() if one.text != "\n"]
            if not depth:
                return words
        raise self._unexpected()

    def _is_variable(self, words: list[Token]) -> bool:
        """`define NAME = VALUE`, `redefine` and `undefine`."""
        kind = words[0].text
        if kind == "include":
            raise NftError("netsandbox: nft include is not modelled\n")
        if kind in ("define", "redefine") and len(words) > 3 and words[2].text == "=":
            self.variables[words[1].text] = [word.text for word in words[3:]]
        elif kind == "undefine" and len(words) == 2:
            self.variables.pop(words[1].text, None)
        else:
            return False
        return True

    # -- blocks

    def _table(self, words: list[Token]) -> Iterator[Line]:
        """A table's block: the table, its chains, and then their rules."""
        if words[0].text == "table":
            words.insert(0, words[0]._replace(text="add"))
        if len(words) == 3:
            words.insert(2, words[2]._replace(text="ip"))
        yield self._line(words)
        self.tokens.pop(0)
        later: list[Line] = []
        while self._skips_ends() and not self._is("}"):
            head = self._statement(in_table=True)
            named = [words[0], head[0], *words[2:], *head[1:]] if head else []
            if self._is("{") and head[0].text == "chain":
                chain, rules = self._chain(named)
                yield chain
                later += rules
            elif self._is("{"):
                yield self._line(named + self._braces())  # a set, a map: refused by name
            elif not head:
                raise self._unexpected()
            else:
                raise self._line(head).complaint(f"syntax error, unexpected {token(head[0].text)[0]}", 0)
            if not self._is(*ENDS):
                raise self._unexpected(", expecting newline or semicolon")
        self._close()
        yield from later

    def _unended(self) -> NftError:
        """A statement of a chain goes on where it should end; behind a brace in the last row nothing is left."""
        wrong = self._unexpected(", expecting newline or semicolon" if self.tokens else "")
        is_last = self._is("}") and self.tokens[0].row == len(self.source.rows) - 1
        if not is_last:
            return wrong
        end = self.source.complaint("syntax error, unexpected end of file", len(self.source.rows), 0, "^")
        return NftError(f"{wrong}{end}")

    def _close(self) -> None:
        if not self.tokens:
            raise self._unexpected()
        self.tokens.pop(0)

    def _chain(self, head: list[Token]) -> tuple[Line, list[Line]]:
        """A chain's block: its own command, and its rules'."""
        hook: list[Token] = []
        rules: list[Line] = []
        opening = self.tokens.pop(0)
        rule = [head[0], head[1]._replace(text="rule"), *head[2:]]
        while self._skips_ends() and not self._is("}"):
            words = self._statement()
            if not self._is(*ENDS):
                raise self._unended()
            if words[0].text in ("type", "policy"):
                hook += [*words, self.tokens[0]._replace(text=";")]
            elif words[0].text == "comment":
                raise NftError("netsandbox: nft: a chain's comment is not modelled\n")
            else:
                rules.append(self._line(rule + words, in_block=True))
        closing = self.tokens[:1]
        self._close()
        return self._line([*head, opening, *hook, *closing] if hook else head), rules
