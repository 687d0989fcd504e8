"""What a line begins: a verb of the lab, a program, or a script of the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.program import Task
from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.errors import CommandError
from netsandbox.commands.line import PARSER, Line, effect_of
from netsandbox.commands.prompt.around import INTERPRETER
from netsandbox.commands.prompt.prompt import SHADOWED, Prompt, no_input
from netsandbox.commands.verb import Effect
from netsandbox.commands.verb_task import VerbCall
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.shell.dialect import BASH, BUILTIN_NAMES
from netsandbox.shell.machine import Call
from netsandbox.shell.streams import Screen

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell


def begin_of(shell: Shell, line: Line) -> VerbCall | Task | None:
    """What carries a line out, None for one that is empty."""
    if line.is_empty:
        return None
    words = line.words
    if words and is_expect(line):
        return VerbCall(VERBS[line.head], VERBS[line.head].parse(shell, list(words[1:])))
    if words is not None and not is_script(shell, line):
        verb = Prompt(shell, shell.place).verb(list(words))
        if verb is not None:
            return verb
        call = Call(list(words), shell.state.environment, shell.state, no_input(), not line.background)
        return Prompt(shell, shell.place).command(call, call.is_alone)
    return _script(shell, line)


def is_script(shell: Shell, line: Line) -> bool:
    """Whether the shell itself carries it out, so that it may look at how the line before it ended."""
    return line.words is None or _is_the_shells(shell, line.words)


def _is_the_shells(shell: Shell, words: tuple[str, ...]) -> bool:
    """Whether a lone command is the shell's own: a builtin or a function."""
    if shell.has_state and words[0] in shell.state.functions:
        return True
    if words[0] in VERBS:
        takes = Prompt(shell, shell.place).takes
        return words[0] in ("wait", "export") and len(words) > 1 and not takes(list(words))
    return words[0] in BUILTIN_NAMES


def _script(shell: Shell, line: Line) -> Task:
    """A line of several commands, or one with expansions."""
    heads, is_action = line.survey.heads, line.effect is Effect.ACT
    alone = next((head for head in heads if head in VERBS and VERBS[head].alone and head not in SHADOWED), None)
    if alone is not None and len(heads) > 1 and not (alone == "exit" and len(heads) > 1):
        raise CommandError(f"{alone!r} needs a line of its own")
    looking = next((head for head in heads if effect_of(head) is not Effect.ACT), None)
    if looking is not None and line.survey.substitutes and effect_of(heads[0]) is not Effect.ACT:
        raise CommandError(f"{heads[0]!r} only looks, and $(…) does something: it cannot stand there")
    prompt = Prompt(shell, shell.place, is_action)
    _check_filters(shell, line, prompt)
    return _interpreter(shell, line, prompt)


def _check_filters(shell: Shell, line: Line, prompt: Prompt) -> None:
    """Nothing of a line is done that has a pipe to what is not there."""
    known = {*(shell.state.functions if shell.has_state else ()), *line.survey.functions, *BUILTIN_NAMES, *VERBS, ""}
    missing = next((name for name in line.survey.filters
                    if name not in known and not prompt.has(name.rpartition("/")[2]) and "/" not in name), None)
    if missing is not None:
        prompt.refuse(missing)


def _interpreter(shell: Shell, line: Line, prompt: Prompt) -> Task:
    assert line.body is not None or line.words is not None
    has_host = shell.where is not None or DEFAULT_HOST in shell.lab.nodes or line.effect is Effect.ACT
    state = shell.state if has_host else shell.new_state(shell.place)
    if not state.pid and line.effect is Effect.ACT:
        state.pid = shell.next_pid()
    state = state.copy() if line.background else state
    if shell.ended is not None:
        state.status = shell.ended.code or 0
    body = line.body if line.body is not None else PARSER["parse"](line.text, BASH)
    made = INTERPRETER["sh"](shell.lab.scheduler, prompt, state, body)
    made.streams = {0: no_input(), 1: Screen(made, "out"), 2: Screen(made, "err")}
    made.is_interactive, made.is_typed, made.tells_lines = True, True, False
    return made


def is_expect(line: Line) -> bool:
    return bool(line.verb) and VERBS[line.verb].reads_line
