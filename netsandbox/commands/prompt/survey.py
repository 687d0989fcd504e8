"""What a script holds, found without running it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netsandbox.apps.program import UsageError
from netsandbox.commands.looking import changes_behind_pipe, only_looks
from netsandbox.commands.prompt.as_root import OF_SUDO
from netsandbox.commands.prompt.survey_parts import ASSIGNMENT, SUDO, Survey
from netsandbox.shell import tree


class _Finder:
    def __init__(self) -> None:
        self.heads: list[str] = []
        self.filters: list[str] = []
        self.functions: list[str] = []
        self.substitutes = False
        self.looks = True

    def _does(self) -> None:
        """It sets or writes something."""
        self.heads.append("")
        self.looks = False

    def commands(self, body: tree.List) -> None:
        for item in body.items:
            self._and_or(item)

    def _and_or(self, item: tree.AndOr) -> None:
        for pipeline in (item.first, *(following for _joint, following in item.rest)):
            for number, command in enumerate(pipeline.commands):
                self._command(command, number > 0)

    def _command(self, command: tree.Runnable, is_filter: bool) -> None:
        if isinstance(command, tree.Simple):
            self._simple(command, is_filter)
        elif isinstance(command, tree.Redirected):
            self._command(command.command, is_filter)
            self._redirects(command.redirects)
            self._words([redirect.target for redirect in command.redirects])
        elif isinstance(command, tree.Function):
            self.functions.append(command.name)
            self._does()
            self._command(command.body, False)
        else:
            for body in _bodies(command):
                self.commands(body)
            self._words(_own_words(command))

    def _simple(self, command: tree.Simple, is_filter: bool) -> None:
        words = _behind_sudo(list(command.words))
        if not words and command.assignments:
            self._does()
        if len(words) > 1 and words[0].literal == "export" and is_assignment(words[1]):
            self._does()
        elif words:
            told = [word.literal for word in words]
            self.looks &= only_looks(told)
            if is_filter:
                self.filters.append(told[0] or "")
            if not is_filter or changes_behind_pipe(told):
                self.heads.append(told[0] or "")
        self._redirects(command.redirects)
        self._words([*command.words, *(redirect.target for redirect in command.redirects),
                     *(word for assignment in (*command.assignments, *command.declared) for word in assignment.inner)])

    def _redirects(self, redirects: Iterable[tree.Redirect]) -> None:
        """A file that is written is something that is done."""
        if any(">" in one.operator and one.target.literal != "/dev/null" and not (
                one.operator == ">&" and re.fullmatch(r"\d+|-", one.target.literal or "")) for one in redirects):
            self._does()

    def _words(self, words: list[tree.Word]) -> None:
        for word in words:
            for part in word.parts:
                if isinstance(part, tree.Command):
                    self.substitutes = True
                    self.commands(part.body)
                elif isinstance(part, tree.Arithmetic):
                    self._words([part.expression])
                elif isinstance(part, tree.Parameter):
                    self._words([inner for inner in (part.argument, part.second, part.subscript) if inner is not None])


def _bodies(command: tree.Runnable) -> Iterator[tree.List]:
    if isinstance(command, tree.If):
        for condition, body in command.branches:
            yield condition
            yield body
        if command.otherwise is not None:
            yield command.otherwise
    elif isinstance(command, tree.While):
        yield command.condition
        yield command.body
    elif isinstance(command, tree.Case):
        yield from (clause.body for clause in command.clauses)
    elif isinstance(command, tree.For | tree.CountingFor | tree.Group | tree.Subshell):
        yield command.body


def _own_words(command: tree.Runnable) -> list[tree.Word]:
    if isinstance(command, tree.For):
        return list(command.words or ())
    if isinstance(command, tree.Case):
        return [command.word, *(word for clause in command.clauses for word in clause.patterns)]
    if isinstance(command, tree.CountingFor):
        return [command.start, command.condition, command.step]
    if isinstance(command, tree.Calculation):
        return [command.expression]
    return list(command.words) if isinstance(command, tree.Condition) else []


def _behind_sudo(words: list[tree.Word]) -> list[tree.Word]:
    """The command of `sudo -u root NAME=VALUE COMMAND`."""
    while words and words[0].literal == SUDO:
        try:
            rest = OF_SUDO.read([word.literal or "" for word in words[1:]], in_order=True).operands
        except UsageError:
            return words[1:]
        words = words[len(words) - len(rest):]
        while words and is_assignment(words[0]):
            words = words[1:]
    return words


def is_assignment(word: tree.Word) -> bool:
    """Whether it is `NAME=…`, as `export` takes it."""
    first = word.parts[0] if word.parts else None
    return isinstance(first, tree.Text) and not first.quoted and ASSIGNMENT.match(first.text) is not None


def survey(body: tree.List) -> Survey:
    """All that stands in a script, its `$(…)` and functions included."""
    found = _Finder()
    found.commands(body)
    return Survey(tuple(found.heads), tuple(found.filters), tuple(found.functions), found.substitutes,
                  _lone_words(body), found.looks)


def _lone_words(body: tree.List) -> tuple[str, ...] | None:
    if len(body.items) != 1 or body.items[0].rest or body.items[0].background:
        return None
    pipeline = body.items[0].first
    command = pipeline.commands[0]
    if len(pipeline.commands) > 1 or pipeline.negated or not isinstance(command, tree.Simple) or (
            command.assignments or command.redirects or command.declared):
        return None
    words = [word.literal for word in command.words]
    if any(_is_expanded(word) for word in command.words):
        return None
    return tuple(word for word in words if word is not None) if None not in words else None


def _is_expanded(word: tree.Word) -> bool:
    """Whether braces, a tilde or a file's name could come out of it."""
    return any(not part.quoted and not {"{", "~", "*", "?", "["}.isdisjoint(getattr(part, "text", ""))
               for part in word.parts)
