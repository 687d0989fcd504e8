"""if, for, while, until, case, { }, ( ), (( )), [[ ]] and `function NAME`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.shell import tree
from netsandbox.shell.dollar import NAME, calculation
from netsandbox.shell.errors import ScriptError

if TYPE_CHECKING:

    from netsandbox.shell.parser import Parser


def compound(parser: Parser, word: str) -> tree.Runnable:
    """The compound command that begins with a word, which comes next."""
    return _KINDS[word](parser)


def _if(parser: Parser) -> tree.Runnable:
    line = parser.take().line
    branches: list[tuple[tree.List, tree.List]] = []
    while True:
        condition = parser.commands("then", opened="if", line=line)
        parser.expect("then", "if", line)
        body = parser.commands("fi", "else", "elif", opened="if", line=line)
        branches.append((condition, body))
        if parser.reserved() != "elif":
            break
        parser.take()
    otherwise = None
    if parser.reserved() == "else":
        parser.take()
        otherwise = parser.commands("fi", opened="if", line=line)
    parser.expect("fi", "if", line)
    return tree.If(tuple(branches), otherwise)


def _body(parser: Parser, opened: str, line: int) -> tree.List:
    parser.expect("do", opened, line)
    body = parser.commands("done", opened=opened, line=line)
    parser.expect("done", opened, line)
    return body


def _while(parser: Parser) -> tree.Runnable:
    token = parser.take()
    condition = parser.commands("do", opened=token.text, line=token.line)
    return tree.While(condition, _body(parser, token.text, token.line), token.text == "until")


def _variable(parser: Parser, line: int) -> str:
    """The name behind `for` (ScriptError: there is none)."""
    token = parser.peek()
    name = token.word.bare if token.word is not None else None
    if name is None or NAME.fullmatch(name) is None:
        is_bash = parser.reader.dialect.name == "bash"
        if token.kind == "end" and is_bash:
            raise ScriptError("newline", token.line)
        if token.kind in ("word", "end"):
            raise ScriptError("", token.line, text=f"`{token.text}': not a valid identifier" if is_bash else
                              f"{token.line}: Syntax error: Bad for loop variable")
        parser.fail(opened="for", line=line)
    parser.take()
    return name


def _for(parser: Parser) -> tree.Runnable:
    line = parser.take().line
    token = parser.peek()
    if token.text == "(" and token.kind == "op" and parser.reader.dialect.arithmetic:
        return _counting_for(parser, line)
    name = _variable(parser, line)
    words: list[tree.Word] | None = None
    if parser.peek().kind == "op" and parser.peek().text == ";":
        parser.take()
    parser.skip_newlines()
    if parser.reserved() == "in":
        parser.take()
        words = []
        while (token := parser.peek()).word is not None:
            words.append(token.word)
            parser.take()
        if not (token.kind == "newline" or (token.kind == "op" and token.text == ";")):
            parser.fail(opened="for", line=line)
        parser.take()
        parser.skip_newlines()
    return tree.For(name, None if words is None else tuple(words), _body(parser, "for", line), line)


def _counting_for(parser: Parser, line: int) -> tree.Runnable:
    """`((A; B; C))`, at the first parenthesis."""
    token, reader = parser.take(), parser.reader
    parts = None
    if reader.text[token.start:token.start + 2] == "((":
        written = calculation(reader, token.start + 2)
        parts = _at_semicolons(written) if written is not None else None
    if parts is None or len(parts) != 3:
        raise ScriptError("((", line)
    if parser.peek().kind == "op" and parser.peek().text == ";":
        parser.take()
    parser.skip_newlines()
    return tree.CountingFor(parts[0], parts[1], parts[2], _body(parser, "for", line), line)


def _at_semicolons(word: tree.Word) -> list[tree.Word]:
    found: list[tree.Word] = [tree.Word()]
    for part in word.parts:
        pieces = part.text.split(";") if isinstance(part, tree.Text) else None
        if pieces is None:
            found[-1] = tree.Word((*found[-1].parts, part))
            continue
        for number, piece in enumerate(pieces):
            if number:
                found.append(tree.Word())
            found[-1] = tree.Word((*found[-1].parts, tree.Text(piece, True)))
    return found


def _case(parser: Parser) -> tree.Runnable:
    line = parser.take().line
    token = parser.peek()
    if token.word is None:
        parser.fail(opened="case", line=line)
    parser.take()
    parser.skip_newlines()
    parser.expect("in", "case", line)
    parser.skip_newlines()
    clauses: list[tree.Clause] = []
    while parser.reserved() != "esac":
        if parser.peek().kind == "end":
            parser.fail(")", "case", line)
        clauses.append(_clause(parser, line))
        parser.skip_newlines()
    parser.expect("esac", "case", line)
    return tree.Case(token.word, tuple(clauses), line)


def _clause(parser: Parser, line: int) -> tree.Clause:
    if parser.peek().kind == "op" and parser.peek().text == "(":
        parser.take()
    patterns: list[tree.Word] = []
    while True:
        token = parser.peek()
        if token.word is None:
            parser.fail(opened="case", line=line)
        patterns.append(token.word)
        parser.take()
        if parser.reserved() != "|":
            break
        parser.take()
    parser.expect(")", "case", line)
    body = parser.list()
    end = parser.reserved()
    if end in (";;", ";&", ";;&"):
        parser.take()
        return tree.Clause(tuple(patterns), body, end)
    if end != "esac":
        parser.fail(";;", "case", line)
    return tree.Clause(tuple(patterns), body, ";;")


def _group(parser: Parser) -> tree.Runnable:
    line = parser.take().line
    body = parser.commands("}", opened="{", line=line)
    parser.expect("}", "{", line)
    return tree.Group(body)


def _subshell(parser: Parser) -> tree.Runnable:
    token, reader = parser.take(), parser.reader
    if reader.dialect.arithmetic and reader.text[token.start:token.start + 2] == "((":
        written = calculation(reader, token.start + 2)
        if written is not None:
            return tree.Calculation(written, token.line)
    body = parser.commands(")", opened=")", line=token.line)
    parser.expect(")", ")", token.line)
    return tree.Subshell(body)


def _condition(parser: Parser) -> tree.Runnable:
    """`[[ … ]]`: all tokens up to its end are its words."""
    line = parser.take().line
    words: list[tree.Word] = []
    while True:
        token = parser.peek()
        if token.kind == "end":
            parser.fail("]]", "[[", line)
        if token.kind == "newline":
            parser.take()
            continue
        parser.take()
        if token.word is not None and token.word.bare == "]]":
            return tree.Condition(tuple(words), line)
        words.append(token.word if token.word is not None else tree.Word((tree.Text(token.text),)))
        if token.word is not None and token.word.bare == "=~":
            words.append(_expression(parser))


def _expression(parser: Parser) -> tree.Word:
    """The word behind `=~`, in which parentheses and bars are letters."""
    reader = parser.reader
    while reader.peek() in (" ", "\t"):
        reader.at += 1
    parts = list(reader.word().parts)
    while reader.peek() not in ("", " ", "\t", "\n"):
        parts.append(tree.Text(reader.peek()))
        reader.at += 1
        parts += reader.word().parts
    return tree.Word(tuple(parts))


def _function(parser: Parser) -> tree.Runnable:
    """`function NAME [()] COMMAND`."""
    line = parser.take().line
    token = parser.peek()
    if token.word is None:
        parser.fail()
    parser.take()
    if parser.peek().kind == "op" and parser.peek().text == "(":
        parser.take()
        parser.expect(")", "(", line)
    return parser.function_body(token.word, line)


_KINDS: dict[str, Callable[[Parser], tree.Runnable]] = {
    "if": _if, "while": _while, "until": _while, "for": _for, "case": _case, "{": _group, "(": _subshell,
    "[[": _condition, "function": _function}
