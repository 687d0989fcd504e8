"""From tokens to the syntax tree (POSIX XCU 2.10), with bash's extensions where a dialect has them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NoReturn

from netsandbox.shell import tree
from netsandbox.shell.array_syntax import assignment, literal
from netsandbox.shell.compound import compound
from netsandbox.shell.dialect import BASH, Dialect
from netsandbox.shell.dollar import NAME
from netsandbox.shell.errors import ScriptError
from netsandbox.shell.reader import IN_FRONT, Reader, Token

REDIRECTIONS = frozenset({"<", ">", ">>", ">|", "<>", "<&", ">&", "&>", "&>>", "<<", "<<-", "<<<"})
RESERVED = frozenset({"!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then",
                      "until", "while"})
EXTENDED = frozenset({"[[", "function", "select", "time", "coproc"})
OPENING = frozenset({"{", "case", "for", "if", "until", "while", "[[", "function"})
CLOSING = frozenset({"}", "do", "done", "elif", "else", "esac", "fi", "then"})
DECLARING = frozenset({"export", "readonly", "local", "declare", "typeset"})
"""Builtins whose words `NAME=VALUE` are assignments."""
UNKNOWN = {"select": "the sandbox's shell has no select", "coproc": "the sandbox's shell has no coproc"}
NO_PROCESS = "<(…): the sandbox's shell has it as a word of its own, and behind a `<` as in `done < <(…)`"


class Parser:
    """Parses from a reader; `ahead` is the token that comes next."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.ahead: Token | None = None

    # -- tokens

    def peek(self) -> Token:
        if self.ahead is None:
            self.ahead = self.reader.token()
        return self.ahead

    def take(self) -> Token:
        token = self.peek()
        self.ahead = None
        return token

    def reserved(self) -> str:
        """The reserved word, or operator, that comes next; empty for others. Only where a command may begin."""
        token = self.peek()
        if token.kind == "op":
            return token.text
        bare = token.word.bare if token.word is not None else None
        if bare in RESERVED or (bare in EXTENDED and self.reader.dialect.extended):
            return str(bare)
        return ""

    def expect(self, text: str, opened: str, line: int) -> None:
        """Take a reserved word or operator (ScriptError: another token stands there, or the text ends)."""
        if self.reserved() != text:
            self.fail(text, opened, line)
        self.take()

    def fail(self, expecting: str = "", opened: str = "", line: int = 1) -> NoReturn:
        """What comes next must not stand there."""
        token = self.peek()
        if token.kind == "end":
            raise ScriptError("", token.line, expecting, opened, line)
        text = token.text
        is_posix = self.reader.dialect.name != "bash"
        if is_posix and token.kind in ("word", "io") and (token.word is None or token.word.bare not in RESERVED):
            text = "word"
        raise ScriptError(text, token.line, expecting)

    def skip_newlines(self) -> None:
        while self.peek().kind == "newline":
            self.take()

    # -- lists

    def commands(self, *ends: str, opened: str = "", line: int = 1) -> tree.List:
        """Commands up to one of some words, which is left; at least one (ScriptError: there is none)."""
        found = self.list()
        if not found.items or (ends and self.reserved() not in ends):
            self.fail(ends[0] if ends and (found.items or self.peek().kind == "end") else "", opened, line)
        return found

    def list(self, found: list[tree.AndOr] | None = None) -> tree.List:
        """Commands as far as they go; those that were read so far are in `found`."""
        items = found if found is not None else []
        self.skip_newlines()
        while self._begins_command():
            start, item = self.peek().start, self.and_or()
            token = self.peek()
            is_background = token.kind == "op" and token.text == "&"
            items.append(item._replace(background=is_background, text=self.reader.text[start:token.start].strip()))
            if not (is_background or token.kind == "newline" or (token.kind == "op" and token.text == ";")):
                break
            self.take()
            if token.kind == "newline" or self.peek().kind == "newline":
                items[-1] = items[-1]._replace(ends_line=True)
            self.skip_newlines()
        return tree.List(tuple(items))

    def _begins_command(self) -> bool:
        token = self.peek()
        if token.kind == "op":
            return token.text == "(" or token.text in REDIRECTIONS
        return token.kind == "io" or (token.kind == "word" and self.reserved() not in CLOSING)

    def and_or(self) -> tree.AndOr:
        first, rest = self.pipeline(), list[tuple[str, tree.Pipeline]]()
        while self.peek().kind == "op" and self.peek().text in ("&&", "||"):
            joint = self.take()
            self.skip_newlines()
            if not self._begins_command():
                self.fail(opened=joint.text, line=joint.line)
            rest.append((joint.text, self.pipeline()))
        return tree.AndOr(first, tuple(rest))

    def pipeline(self) -> tree.Pipeline:
        negated = False
        while self.reserved() == "!":
            self.take()
            negated = not negated
        commands = [self.command()]
        while self.peek().kind == "op" and self.peek().text in ("|", "|&"):
            joint = self.take()
            if joint.text == "|&":
                commands[-1] = _with_errors(commands[-1], joint.line)
            self.skip_newlines()
            if not self._begins_command():
                self.fail(opened="|", line=joint.line)
            commands.append(self.command())
        return tree.Pipeline(tuple(commands), negated)

    # -- commands

    def command(self) -> tree.Runnable:
        token, word = self.peek(), self.reserved()
        if word in UNKNOWN:
            raise ScriptError("", token.line, text=UNKNOWN[word])
        if word in CLOSING or (token.kind == "op" and token.text not in REDIRECTIONS and token.text != "("):
            self.fail()
        if word in OPENING or word == "(":
            self.reader.deeper()
            made = compound(self, word)
            self.reader.depth -= 1
            if isinstance(made, tree.Function):
                return made
            redirects = self.redirects()
            return tree.Redirected(made, redirects, token.line) if redirects else made
        return self._simple(token.line)

    def redirects(self) -> tuple[tree.Redirect, ...]:
        found = list[tree.Redirect]()
        while self.peek().kind == "io" or (self.peek().kind == "op" and self.peek().text in REDIRECTIONS):
            found.append(self._redirect())
        return tuple(found)

    def _redirect(self) -> tree.Redirect:
        number = int(self.take().text) if self.peek().kind == "io" else None
        operator = self.take()
        if self.reader.dialect.name == "bash" and operator.text == "<":
            found = self._process(number)
            if found is not None:
                return found
        target = self.peek()
        if target.word is None:
            if target.kind == "end" and self.reader.dialect.name == "bash":
                raise ScriptError("newline", target.line)
            self.fail()
        self.take()
        if operator.text in ("<<", "<<-"):
            return tree.Redirect(number, "<<", self.reader.document(target.word, operator.text == "<<-"))
        return tree.Redirect(number, operator.text, target.word)

    def _process(self, number: int | None) -> tree.Redirect | None:
        """`< <(…)`: what the commands print is read, as a here-document is.

        Raises:
            ScriptError: `<(…)` within a word or an assignment.
        """
        if self.reader.peek() == "(":
            raise ScriptError("", self.reader.line, text=NO_PROCESS)
        if self.peek().text != "<" or self.reader.peek() != "(":
            return None
        return tree.Redirect(number, "<<", self._substituted(False))

    def _is_substitution(self, token: Token) -> bool:
        """`<(…)` as a word of its own."""
        reader = self.reader
        return token.text == "<" and token.kind == "op" and reader.dialect.name == "bash" and reader.peek() == "(" \
            and reader.text[reader.at - 2:reader.at - 1].isspace()

    def _substituted(self, is_file: bool) -> tree.Word:
        """`<(…)`, at the `<`: what the commands print, or a file with it."""
        opened = self.take().line
        self.reader.at += 1
        body = self.reader.parse(self.reader)
        if self.reader.peek() != ")":
            raise ScriptError("", self.reader.line, "", ")", opened, True)
        self.reader.at += 1
        return tree.Word((tree.Command(body, True, True, is_file),))

    def _simple(self, line: int) -> tree.Runnable:
        assignments, words, redirects = list[tree.Assignment](), list[tree.Word](), list[tree.Redirect]()
        declared = list[tree.Assignment]()
        while True:
            token = self.peek()
            if self._is_substitution(token):
                words.append(self._substituted(True))
            elif token.kind == "io" or (token.kind == "op" and token.text in REDIRECTIONS):
                redirects.append(self._redirect())
            elif token.word is not None:
                found = self._assigned(token.word, not words, bool(words) and words[0].bare in DECLARING)
                if found is None:
                    words.append(token.word)
                elif words:
                    words.append(tree.Word((tree.Text(found.name),)))
                    declared.append(found)
                else:
                    assignments.append(found)
            elif token.text == "(" and token.kind == "op" and len(words) == 1 and not assignments and not redirects:
                return self._function(words[0])
            else:
                break
        if not (words or assignments or redirects):
            self.fail()
        return tree.Simple(tuple(assignments), tuple(words), tuple(redirects), line, tuple(declared))

    def _assigned(self, word: tree.Word, is_first: bool, is_declared: bool) -> tree.Assignment | None:
        """Take a word, which is an assignment in front of a command's words, or an array that `declare` declares."""
        has_arrays = self.reader.dialect.name == "bash"
        found = assignment(word, has_arrays) if is_first or is_declared else None
        self.take()
        if found is None or (is_declared and not has_arrays):
            return None
        if has_arrays and found.subscript is None and not found.value.parts and self.reader.peek() == "(":
            return literal(self.reader, found)
        return found if is_first else None

    def _function(self, name: tree.Word) -> tree.Runnable:
        """`NAME ( ) COMMAND`, at the parenthesis."""
        line = self.take().line
        if not (self.peek().kind == "op" and self.peek().text == ")"):
            self.fail(")")
        self.take()
        return self.function_body(name, line)

    def function_body(self, name: tree.Word, line: int) -> tree.Runnable:
        self.skip_newlines()
        bare = name.bare
        if bare is None or (self.reader.dialect.name != "bash" and not NAME.fullmatch(bare)):
            raise ScriptError("", line, text="Bad function name" if self.reader.dialect.name == "dash" else
                              "not a valid identifier")
        word = self.reserved()
        if word not in OPENING and word != "(" and (self.reader.dialect.name == "bash" or not self._begins_command()):
            self.fail()
        return tree.Function(bare, self.command())


def _with_errors(command: tree.Runnable, line: int) -> tree.Runnable:
    """`|&`: its errors go the same way."""
    redirect = tree.Redirect(2, ">&", tree.Word((tree.Text("1"),)))
    if isinstance(command, tree.Simple):
        return command._replace(redirects=(*command.redirects, redirect))
    return tree.Redirected(command, (redirect,), line)


def _inner(reader: Reader) -> tree.List:
    """The commands of `$(…)`; the reader is left at what ends them."""
    parser = Parser(reader)
    found = parser.list()
    token = parser.peek()
    if token.kind == "op" and token.text == ")":
        reader.at, reader.line = token.start, token.line
    elif token.kind == "end":
        reader.at = len(reader.text)
    else:
        parser.fail()
    return found


@lru_cache(2048)
def parse(text: str, dialect: Dialect = BASH) -> tree.List:
    """The commands of a script (ScriptError: it is none, or not a whole one)."""
    parser = Parser(Reader(text, dialect, _inner))
    found = parser.list()
    if parser.peek().kind != "end":
        parser.fail()
    return found


def without_comment(text: str, dialect: Dialect = BASH) -> str:
    """A script that can be parsed, up to the comment with which it ends."""
    reader = Reader(text, dialect, _inner)
    parser = Parser(reader)
    parser.list()
    parser.peek()
    return text if "\n" in text[reader.comment:] else text[:reader.comment].rstrip()


def broken(body: tree.List, said: str, status: int, ends: bool = True) -> tree.List:
    """A script with the end that it has where it cannot be read any further."""
    return tree.List((*body.items, tree.AndOr(tree.Pipeline((tree.Broken(said, status, ends),)))))


def parse_by_line(text: str, dialect: Dialect = BASH) -> tuple[tree.List, ScriptError | None]:
    """The commands of a script that is read line by line: those on the lines before an error, and the error."""
    parser, items = Parser(Reader(text, dialect, _inner)), list[tree.AndOr]()
    try:
        parser.list(items)
        if parser.peek().kind != "end":
            parser.fail()
    except ScriptError as error:
        whole = max((number for number, item in enumerate(items, 1) if item.ends_line), default=0)
        return tree.List(tuple(items[:whole])), error
    return tree.List(tuple(items)), None


SEPARATORS = frozenset({"&&", "||", ";", "|", "|&", "&", "(", ";;"})


def tokens_of(text: str, dialect: Dialect) -> Iterator[tuple[Token, int]]:
    """Each token of a text that may go on, and where it ends (ScriptError: a quote or the like is open)."""
    reader = Reader(text, dialect, _inner)
    while (token := reader.token()).kind != "end":
        yield token, reader.at


def last_command(text: str) -> tuple[str, int]:
    """The operator before the last command of a text that may go on, empty where there is none, and where it starts."""
    joint, start, is_first = "", 0, True
    try:
        for token, end in tokens_of(text, BASH):
            if token.kind == "newline" or (token.kind == "op" and token.text in SEPARATORS):
                joint, start, is_first = token.text if token.kind == "op" else ";", end, True
            elif token.kind == "word" and is_first and token.text in IN_FRONT and end < len(text):
                joint, start = ";", end
            else:
                is_first = False
    except ScriptError:
        pass
    return joint, start
