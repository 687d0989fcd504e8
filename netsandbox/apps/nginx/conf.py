"""nginx's configuration language: words, directives, blocks, and files that are included (core/ngx_conf_file.c)."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple, Protocol

from netsandbox.linux.core.files.inode import FileError

PREFIX, MAIN = "/etc/nginx", "/etc/nginx/nginx.conf"
DEEPEST = 32
"""How deep files are included; a file that includes itself ends there, as the real one runs out of descriptors."""
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class ConfError(Exception):
    """What nginx says behind [emerg]."""


class Reader(Protocol):
    """Where configuration files are."""

    def read(self, path: str) -> str:
        """Raises FileError: there is none."""

    def is_directory(self, path: str) -> bool: ...

    def names(self, path: str) -> list[str]: ...


class Directive(NamedTuple):
    """A name and its words, and what stands in its block; None without one."""

    name: str
    words: tuple[str, ...]
    block: list[Directive] | None
    where: str  # the file and the line in which it ends, as a complaint names it


class Token(NamedTuple):
    """A word, or `;`, `{`, `}`, or the end of the file, which is empty."""

    text: str
    is_word: bool
    line: int


def read_tree(files: Reader) -> list[Directive]:
    """nginx.conf and what it includes (ConfError: a file is not there, or makes no sense)."""
    return _read(files, MAIN, "", 0)


def _read(files: Reader, path: str, where: str, depth: int) -> list[Directive]:
    place = f" in {where}" if where else ""
    if depth > DEEPEST:
        raise ConfError(f'open() "{path}" failed (24: Too many open files){place}')
    try:
        text = files.read(path)
    except FileError as error:
        said = f'read() "{path}" failed (21: Is a directory)' if error.name == "EISDIR" else (
            f'open() "{path}" failed (2: No such file or directory)')
        raise ConfError(said + place) from None
    return _tree(files, text, path, depth)


def _tree(files: Reader, text: str, path: str, depth: int) -> list[Directive]:
    """The directives of one file; blocks that are open wait on a list."""
    top: list[Directive] = []
    blocks, words = [top], list[str]()
    for token in _tokens(text, path):
        where = f"{path}:{token.line}"
        if token.is_word:
            words.append(token.text)
        elif not token.text:
            if words or len(blocks) > 1:
                expected = '";" or "}"' if words else '"}"'
                raise ConfError(f"unexpected end of file, expecting {expected} in {where}")
        elif bool(words) is (token.text == "}") or (token.text == "}" and len(blocks) == 1):
            raise ConfError(f'unexpected "{token.text}" in {where}')
        elif token.text == "}":
            blocks.pop()
        else:
            made = Directive(words[0], tuple(words[1:]), [] if token.text == "{" else None, where)
            blocks[-1] += _included(files, made, depth) if made.name == "include" else [made]
            if made.block is not None:
                blocks.append(made.block)
            words = []
    return top


def _included(files: Reader, made: Directive, depth: int) -> list[Directive]:
    """What the files have that an `include` names; a pattern may match none."""
    if len(made.words) != 1 or made.block is not None:
        return [made]
    pattern = made.words[0] if made.words[0].startswith("/") else f"{PREFIX}/{made.words[0]}"
    folder, _slash, last = pattern.rpartition("/")
    paths = [pattern]
    if any(sign in last for sign in "*?["):
        names = sorted(files.names(folder)) if files.is_directory(folder) else []
        paths = [f"{folder}/{name}" for name in names if fnmatchcase(name, last) and not name.startswith(".")]
    return [found for path in paths for found in _read(files, path, made.where, depth + 1)]


def _tokens(text: str, path: str) -> Iterator[Token]:
    """ngx_conf_read_token: a word ends at a space, `;` or `{`; one in quotes at the quote."""
    at, line = 0, 1
    while at < len(text):
        sign = text[at]
        if sign.isspace():
            line += sign == "\n"
            at += 1
        elif sign == "#":
            at = text.find("\n", at) % (len(text) + 1)
        elif sign in ";{}":
            yield Token(sign, False, line)
            at += 1
        else:
            word, at, lines = _quoted(text, at, f"{path}:{line}") if sign in "\"'" else _plain(text, at)
            line += lines
            yield Token(word, True, line)
    yield Token("", False, line)


def _plain(text: str, at: int) -> tuple[str, int, int]:
    """(word, where it ends, lines in it); `${` begins a variable and no block."""
    start, word = at, ""
    while at < len(text) and not text[at].isspace() and text[at] != ";":
        if text[at] == "{" and text[at - 1:at] != "$":
            break
        if text[at] == "\\" and text[at + 1:at + 2] in ESCAPES:
            word, at = word + ESCAPES[text[at + 1]], at + 2
            continue
        word, at = word + text[at], at + 1
    return word, at, text.count("\n", start, at)


def _quoted(text: str, at: int, where: str) -> tuple[str, int, int]:
    quote, start, word = text[at], at, ""
    at += 1
    while at < len(text) and text[at] != quote:
        if text[at] == "\\" and text[at + 1:at + 2] in ESCAPES:
            word, at = word + ESCAPES[text[at + 1]], at + 2
            continue
        word, at = word + text[at], at + 1
    lines = text.count("\n", start, at)
    if at >= len(text):
        path, _colon, line = where.rpartition(":")
        raise ConfError(f'unexpected end of file, expecting ";" or "}}" in {path}:{int(line) + lines}')
    behind = text[at + 1:at + 2]
    if behind and not behind.isspace() and behind not in ";{)":
        raise ConfError(f'unexpected "{behind}" in {where}')
    return word, at + 1, lines
