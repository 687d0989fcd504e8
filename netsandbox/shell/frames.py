"""The frames of a shell's stack: what each kind of command does, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Task
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.shell.errors import DiscardError, RefusedError
from netsandbox.shell.expand import Expansion, Pending
from netsandbox.shell.patterns import matches
from netsandbox.shell.redirecting import Sockets, redirected
from netsandbox.shell.streams import Gathered, Routed, Streams
from netsandbox.shell.tree import AndOr, Broken, Calculation, Case, Function, If, List, Pipeline, Redirected, Subshell

if TYPE_CHECKING:

    from netsandbox.shell.interpreter import Interpreter


class Frame:
    """Attributes:
        tested: somebody asks whether it fails, so that a failure ends nothing.
        stages: the subshells of a pipe.
        never_ends: a loop that nothing in it leaves.
        is_done: what has been begun in it is its last.
        replaces: the shell is now what it has executed.
        gathers: it waits for the output of a `$(…)` or a `<(…)`.
        reads_on: what that has written is read although it was interrupted, as by who reads a `<(…)` at its pace.
    """

    tested = False
    is_loop = False
    never_ends = False
    is_done = False
    replaces = False
    gathers = reads_on = False
    stages: Sequence[Interpreter] = ()

    def step(self, shell: Interpreter) -> None:
        """Do a part of the work."""
        raise NotImplementedError

    def leave(self, shell: Interpreter) -> None:
        """It is taken off the stack: put back what it changed."""


class ListFrame(Frame):
    """Commands one after the other."""

    def __init__(self, body: List) -> None:
        self._items = body.items
        self._at = 0

    @property
    def is_done(self) -> bool:  # type: ignore[override]
        return self._at == len(self._items)

    def give_up(self) -> None:
        """Begin nothing more."""
        self._at = len(self._items)

    def skip_line(self) -> None:
        """Begin nothing more of the line that is being done."""
        while 0 < self._at < len(self._items) and not self._items[self._at - 1].ends_line:
            self._at += 1

    def step(self, shell: Interpreter) -> None:
        if self._at == len(self._items):
            shell.pop()
            return
        item = self._items[self._at]
        self._at += 1
        if item.background:
            _in_background(shell, item)
        elif item.rest:
            shell.push(AndOrFrame(item))
        else:
            push_pipeline(shell, item.first, False)


def _in_background(shell: Interpreter, item: AndOr) -> None:
    streams = {**shell.streams, 0: Pipe(is_closed=True)}
    body = List((item._replace(background=False),))
    pid = shell.machine.next_pid()
    child = shell.child(body, streams)
    shell.state.add_job(child, item.text, pid)
    shell.in_background.append(child)
    child.start()
    shell.state.status = 0


class InterruptedFrame(Frame):
    """What Ctrl-C has ended, but for the frame above, which reads what had come until then."""

    def step(self, shell: Interpreter) -> None:
        shell.state.status = 130
        shell.pop()


class AndOrFrame(Frame):
    """Pipelines with `&&` and `||` between them."""

    def __init__(self, item: AndOr) -> None:
        self._all = [("", item.first), *item.rest]
        self._at = 0

    @property
    def is_done(self) -> bool:  # type: ignore[override]
        return self._at == len(self._all)

    def step(self, shell: Interpreter) -> None:
        while self._at < len(self._all):
            joint, pipeline = self._all[self._at]
            self._at += 1
            if not joint or (joint == "&&") == (shell.state.status == 0):
                push_pipeline(shell, pipeline, self._at < len(self._all))
                return
        shell.pop()


def push_pipeline(shell: Interpreter, pipeline: Pipeline, tested: bool) -> None:
    if pipeline.negated or len(pipeline.commands) > 1:
        shell.push(PipelineFrame(pipeline), tested)
    else:
        shell.run(pipeline.commands[0], tested)


class PipelineFrame(Frame):
    """Commands with pipes between them, or `!`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.stages: list[Interpreter] = []
        self._began = False

    def step(self, shell: Interpreter) -> None:
        if not self._began:
            self._began = True
            if len(self._pipeline.commands) == 1:
                shell.run(self._pipeline.commands[0], True)
            else:
                self._begin(shell)
            return
        for stage in self.stages:
            if not shell.wait_on(stage):
                return
        if not self._pipeline.negated:
            shell.ended(self._status(shell))
            shell.state.pipe_statuses = tuple(stage.code or 0 for stage in self.stages) or shell.state.pipe_statuses
            return
        status = self._status(shell) if self.stages else shell.state.status
        shell.state.status = int(not status)
        shell.pop()

    def _begin(self, shell: Interpreter) -> None:
        """Start all stages, the first one first."""
        reading: Pipe | None = None
        last = len(self._pipeline.commands) - 1
        for number, command in enumerate(self._pipeline.commands):
            streams: Streams = dict(shell.streams)
            if reading is not None:
                streams[0] = reading
            writing = Pipe() if number < last else None
            if writing is not None:
                streams[1] = writing
            stage = shell.child(List((AndOr(Pipeline((command,))),)), streams)
            stage.tested = 0 if not self._pipeline.negated else 1
            stage.ends_pipe(reading, writing)
            self.stages.append(stage)
            reading = writing
        for stage in self.stages:
            stage.start()

    def _status(self, shell: Interpreter) -> int:
        codes = [stage.code or 0 for stage in self.stages]
        if "o" in shell.state.options:
            return next((code for code in reversed(codes) if code), 0)
        return codes[-1]


class Expanding(Frame):
    """A frame whose words may hold `$(…)`, which runs first."""

    def __init__(self) -> None:
        self.outputs: list[tuple[str, int]] = []
        self.status = 0
        self._before: int | None = None  # The status when the expansion began
        self._running: tuple[Interpreter, Gathered] | None = None

    def step(self, shell: Interpreter) -> None:
        if self._running is not None:
            child, gathered = self._running
            self._running, self.gathers, self.reads_on = None, False, False
            self.outputs.append((gathered.text, child.code or 0))
            self.status = child.code or 0
            if shell.state.dialect.name == "bash":
                shell.state.status = self.status
        if self._before is None:
            self._before = shell.state.status
        expansion = shell.expansion(self.outputs, self._before)
        try:
            self.expand(shell, expansion)
        except Pending as pending:
            self.gathers, self.reads_on = True, pending.is_file
            self._substitute(shell, pending.body, expansion)
        except DiscardError:
            expansion.commit()
            raise

    def _substitute(self, shell: Interpreter, body: List, expansion: Expansion) -> None:
        """Run what is in the parentheses, which sees what the words before it have set."""
        gathered = Gathered()
        child = shell.child(body, {**shell.streams, 1: gathered})
        expansion.tell(child.state)
        self._running = child, gathered
        shell.wait_for(child)

    def begin_again(self) -> None:
        """For another expansion."""
        self.outputs, self._before = [], None

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        """Expand, commit, and do the work."""
        raise NotImplementedError


class IfFrame(Frame):
    def __init__(self, node: If) -> None:
        self._node = node
        self._at = -1

    def step(self, shell: Interpreter) -> None:
        branches = self._node.branches
        if self._at >= 0 and shell.state.status == 0:
            body: List | None = branches[self._at][1]
        elif self._at + 1 < len(branches):
            self._at += 1
            shell.push(ListFrame(branches[self._at][0]), tested=True)
            return
        else:
            body = self._node.otherwise
        shell.pop()
        if body is not None:
            shell.push(ListFrame(body))
        else:
            shell.state.status = 0


class CaseFrame(Expanding):
    def __init__(self, node: Case) -> None:
        super().__init__()
        self._node = node

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        shell.state.line = self._node.line
        text = expansion.text(self._node.word)
        bodies: list[List] = []
        falls_through = False
        for clause in self._node.clauses:
            if falls_through or any(matches(expansion.pattern(word), text) for word in clause.patterns):
                bodies.append(clause.body)
                falls_through = clause.end == ";&"
                if clause.end == ";;":
                    break
        expansion.commit()
        shell.pop()
        items = tuple(item for body in bodies for item in body.items)
        if items:
            shell.push(ListFrame(List(items)))
        else:
            shell.state.status = 0


class CalculationFrame(Expanding):
    """`(( … ))`."""

    def __init__(self, node: Calculation) -> None:
        super().__init__()
        self._node = node

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        shell.state.line = self._node.line
        budget.spend(Use.COMMANDS)
        try:
            number = expansion.number(self._node.expression)
        except DiscardError as error:
            raise RefusedError(f"((: {error}") from None
        expansion.commit()
        shell.ended(int(number == 0))


class SubshellFrame(Frame):
    def __init__(self, node: Subshell) -> None:
        self._body = node.body
        self._child: Task | None = None

    def step(self, shell: Interpreter) -> None:
        if self._child is None:
            self._child = shell.child(self._body, shell.streams)
            shell.wait_for(self._child)
            return
        shell.ended(self._child.code or 0)


class BrokenFrame(Frame):
    """A script ends where it cannot be read."""

    def __init__(self, node: Broken) -> None:
        self._node = node

    def step(self, shell: Interpreter) -> None:
        node = self._node
        Routed(shell.streams).append(("err", node.said + "\n"))
        if node.ends:
            shell.leave(node.status)
        else:
            shell.ended(node.status)


class FunctionFrame(Frame):
    """A definition."""

    def __init__(self, node: Function) -> None:
        self._node = node

    def step(self, shell: Interpreter) -> None:
        shell.state.functions[self._node.name] = self._node.body
        shell.state.status = 0
        shell.pop()


class RedirectedFrame(Expanding):
    """A compound command with redirections."""

    def __init__(self, node: Redirected) -> None:
        super().__init__()
        self._node = node
        self._outside: Streams | None = None
        self._sockets = Sockets()

    def step(self, shell: Interpreter) -> None:
        if self._outside is not None:
            shell.pop()
            return
        super().step(shell)

    def expand(self, shell: Interpreter, expansion: Expansion) -> None:
        shell.state.line = self._node.line
        targets = [expansion.text(redirect.target) for redirect in self._node.redirects]
        streams = redirected(shell, self._node.redirects, targets, self._sockets)
        if streams is None:
            return
        expansion.commit()
        self._outside = shell.streams
        shell.streams = streams
        shell.run(self._node.command)

    def leave(self, shell: Interpreter) -> None:
        self._sockets.close()
        if self._outside is not None:
            shell.streams = self._outside
