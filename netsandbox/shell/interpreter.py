"""A shell that runs: a stack of frames, each of which does one step at a time, so that a script can wait and be copied.

A frame is what is done now: a list, a loop, a command. It does a step, puts another frame on top, or is done. While
a program runs that takes its time the stack stands still, until the program's end lets it go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Task
from netsandbox.engine import budget
from netsandbox.engine.budget import OverBudgetError, Use
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.units import SECOND
from netsandbox.shell.errors import DiscardError, NotFoundError, RefusedError
from netsandbox.shell.expand import Expansion
from netsandbox.shell.frames import Frame, InterruptedFrame, ListFrame
from netsandbox.shell.kinds import frame_of
from netsandbox.shell.machine import Machine
from netsandbox.shell.state import State
from netsandbox.shell.streams import Routed, Screen, Streams, pipe_of
from netsandbox.shell.traps import EXIT, NAMES, UNTRAPPED, TrapFrame
from netsandbox.shell.tree import List, Runnable

if TYPE_CHECKING:
    from netsandbox.shell.net_streams import NetStream

LAST = 128  # Of the statuses that a program ends with itself; behind it come those of signals


class Interpreter(Task):
    """One shell.

    Args:
        body: what it runs.
        streams: its descriptors; None for its own output as the screen.
    """

    name = "sh"

    def __init__(self, scheduler: Scheduler, machine: Machine, state: State, body: List, streams: Streams | None = None
                 ) -> None:
        super().__init__(scheduler)
        self.machine = machine
        self.state = state
        self.streams: Streams = streams if streams is not None else {
            0: Pipe(is_closed=True), 1: Screen(self, "out"), 2: Screen(self, "err")}
        self._budget = budget.present()
        self._around: Interpreter | None = None  # The shell that this is a subshell of, if it is one
        self.frames: list[Frame] = []  # what is being done, the innermost last
        self.waiting: Task | None = None  # the program whose end it waits for
        self.is_blocked = False  # it waits for something to read
        self.trapped: tuple[str, ...] = ()  # what signals that have come ask for, which is done between two commands
        self.tested = 0  # more than 0 while a command's failure is asked for, so that `set -e` does not end the shell
        self.is_interactive = False
        self.enters = 0  # How often `read` was answered by Enter
        self.tells_lines = True  # Whether an error names the line, as in a script; not at a prompt
        self.began = scheduler.clock
        self.in_background: list[Task] = []
        self.sockets: list[NetStream] = []  # Connections that `exec` opened, of its own
        self._pipes: tuple[Pipe | None, Pipe | None] = None, None
        self._is_running_frames = self._is_at_its_end = False
        self.is_typed = False  # its commands are a line of a person's
        self._alone = len(body.items) == 1 and not body.items[0].rest and len(body.items[0].first.commands) == 1
        self.push(ListFrame(body))

    # -- as a task

    @property
    def is_endless(self) -> bool:
        return self.is_blocked or (self.waiting is not None and self.waiting.is_endless) or self._loops_for_ever

    @property
    def _loops_for_ever(self) -> bool:
        """What a function, a failure or a job of the script's ends is not seen in the loop itself."""
        jobs = () if self.is_interactive else self.state.jobs.values()
        return (any(frame.never_ends for frame in self.frames) and not self.state.functions
                and "e" not in self.state.options
                and not any(entry.task.is_running and not entry.task.is_endless for entry in jobs))

    @property
    def listens(self) -> bool:
        return self.waiting is not None and self.waiting.listens

    @property
    def drops(self) -> bool:
        return any(frame.gathers and not frame.reads_on for frame in self.frames[-1:]) or super().drops

    @property
    def reads_on(self) -> bool:
        has_ended = self.waiting is not None and not self.waiting.is_running
        return has_ended and any(frame.reads_on for frame in self.frames[-1:])

    @property
    def children(self) -> list[Task]:
        stages = [stage for frame in self.frames for stage in frame.stages]
        return [*([self.waiting] if self.waiting is not None else []), *stages, *self.in_background]

    def executed(self, is_last_too: bool) -> Task | None:
        """The program that it has become; but for dash of its own accord too, where nothing is left to do."""
        top = self.frames[-1] if self.frames else None
        is_last = is_last_too and self.state.dialect.name != "dash" and not self.state.traps and all(
            frame.is_done for frame in self.frames[:-1])
        return self.waiting if top is not None and (top.replaces or is_last) else None

    def waits_for(self, one: Task) -> bool:
        """Whether it goes on once another has ended."""
        tasks = [self.waiting, *(stage for frame in self.frames for stage in frame.stages)]
        return any(task is one or (isinstance(task, Interpreter) and task.waits_for(one)) for task in tasks)

    def start(self) -> None:
        self.go_on()

    def trap(self, number: int) -> bool:
        is_heard = not self.is_interactive and number not in UNTRAPPED
        text = self.state.traps.get(NAMES.get(number, "")) if is_heard else None
        if not text:
            return text is not None
        self.trapped += (text,)
        if any(entry.task is self.waiting for entry in self.state.jobs.values()):
            self.waiting = None  # `wait` waits no longer
            self.ended(LAST + number)
            self._go_on_later()
        return True

    def signal(self, number: int) -> None:
        if self.trap(number):
            return
        waiting, self.frames = self.waiting, self.frames[:1]
        if waiting is not None and waiting is not self:
            waiting.signal(number)
        super().signal(number)

    def interrupt(self) -> None:
        """Ctrl-C goes to what runs, and ends the script.

        What a `<(…)` wrote until then its reader has read; a `$(…)` goes with its command.
        """
        waiting, reading = self.waiting, [frame for frame in self.frames[-1:] if frame.gathers]
        ended: list[Frame] = [InterruptedFrame()] if reading else []
        self.frames = self.frames[:1] + ended + [frame for frame in reading if frame.reads_on]
        if self.frames and isinstance(self.frames[0], ListFrame):
            self.frames[0].give_up()
        if waiting is not None:
            waiting.interrupt()
        if not reading and (waiting is None or not waiting.is_running):
            self.exit(130 if waiting is None else waiting.code or 0)

    @property
    def main(self) -> Interpreter:
        """The shell that `$$` is the number of, in its subshells too."""
        return self if self._around is None else self._around

    def stop(self) -> None:
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting.exit(137)
        reading, writing = self._pipes
        if reading is not None:
            reading.leave()
        if writing is not None:
            writing.close()
        self.keep_streams({})
        self.streams = {}  # its own screen knows it

    def keep_streams(self, streams: Streams) -> None:
        """`exec` alone changes the descriptors; a connection without one is closed."""
        self.streams = streams or self.streams
        for one in [one for one in self.sockets if one not in streams.values()]:
            self.sockets.remove(one)
            one.release()

    def ends_pipe(self, reading: Pipe | None, writing: Pipe | None) -> None:
        """It is between two others: with its end one pipe has no reader, and the other one no writer."""
        self._pipes = reading, writing

    # -- the stack

    def push(self, frame: Frame, tested: bool = False) -> None:
        frame.tested = tested
        self.tested += tested
        self.frames.append(frame)

    def run(self, command: Runnable, tested: bool = False) -> None:
        self.push(frame_of(command), tested)

    def pop(self) -> None:
        frame = self.frames.pop()
        self.tested -= frame.tested
        frame.leave(self)

    def ended(self, status: int) -> None:
        """The innermost frame, a command, is done; with `set -e` a failure ends the shell."""
        self.state.status = status
        self.state.pipe_statuses = (status,)
        is_tested = self.tested > 0
        self.pop()
        if status and not is_tested and "e" in self.state.options:
            self.leave(status)

    def leave(self, status: int) -> None:
        """`exit`."""
        self.state.status = status
        while self.frames:
            self.pop()
        if not self._ends_with_a_trap():
            self.exit(status)

    def _ends_with_a_trap(self) -> bool:
        text = self.state.traps.pop(EXIT, "") if not self.is_interactive and not self._is_at_its_end else ""
        self._is_at_its_end = True  # what its trap traps for EXIT is not done
        if text:
            self.push(TrapFrame(text, self.state, "exit trap"))
        return bool(text)

    def go_on(self) -> None:
        """Do what can be done now."""
        if self._is_running_frames:
            return
        self._is_running_frames = True
        with budget.on(self._budget), self.machine.acting():
            while self.frames and self.code is None and self.waiting is None and not self.is_blocked:
                if self.trapped:
                    text, *rest = self.trapped
                    self.trapped = tuple(rest)
                    self.push(TrapFrame(text, self.state, "trap"))
                self._step()
                if self._lets_the_reader():
                    break
        self._is_running_frames = False
        if self.frames or self.code is not None:
            return
        if self._ends_with_a_trap():
            self.go_on()
        else:
            self.exit(self.state.status)

    def _lets_the_reader(self) -> bool:
        """A loop that writes to a pipe gives the turn to who reads it, and waits while the pipe is full."""
        pipe = self._pipes[1] or pipe_of(self.streams, 1)
        if pipe is None or not pipe.has_reader or not pipe.text or not any(frame.is_loop for frame in self.frames):
            return False
        if pipe.is_full:
            pipe.on_read = self._go_on_later
        else:
            self._go_on_later()
        return True

    def _go_on_later(self) -> None:
        self.scheduler.soon(self._read_on)

    def _step(self) -> None:
        try:
            budget.spend(Use.WORK)
            self.frames[-1].step(self)
        except OverBudgetError as error:
            if self._budget.is_to_be_told():
                Routed(self.streams).append(("err", f"{self.state.name}: {error}\n"))
            self.leave(error.code)
        except RefusedError as error:
            self._refused(error)

    def _refused(self, error: RefusedError) -> None:
        """A command could not even begin."""
        self.say_error(self._worded(error))
        if isinstance(error, DiscardError):
            self._discard(error.code)
            return
        if error.ends and not self.is_interactive:
            self.leave(error.code)
            return
        if error.ends:
            while self.frames:
                self.pop()
            self.state.status = error.code
            return
        self.ended(error.code)

    def _worded(self, error: RefusedError) -> str:
        """Of a program that is not there bash says that there is no such command."""
        said = str(error).replace(": command not found", ": not found", 1)
        if isinstance(error, NotFoundError) and self.state.dialect.name == "bash":
            return said.replace(": not found", ": command not found", 1)
        return said if isinstance(error, NotFoundError) else str(error)

    def _discard(self, status: int) -> None:
        while len(self.frames) > 1:
            self.pop()
        self.state.status = status
        if isinstance(self.frames[0], ListFrame):
            self.frames[0].skip_line()

    def say_error(self, text: str) -> None:
        """An error of the shell's own, with its name before it."""
        dialect = self.state.dialect.name
        name = self.state.name
        where = f"{name}: " if dialect == "ash" or not self.tells_lines else \
            f"{name}: line {self.state.line}: " if dialect == "bash" else f"{name}: {self.state.line}: "
        Routed(self.streams).append(("err", f"{where}{text}\n"))

    # -- waiting

    def wait_for(self, task: Task) -> bool:
        """Start a program; whether it is done already."""
        task.foreground = self.foreground
        task.start()
        return self.wait_on(task)

    def wait_on(self, task: Task) -> bool:
        """Stand still until a program ends; whether it has."""
        if not task.is_running:
            return True
        self.waiting = task
        task.on_exit += (self._woken,)
        return False

    def _woken(self) -> None:
        """The shell has its turn once what the program's end set off has come to rest."""
        if self.waiting is not None and not self.waiting.is_running and self.is_running:
            self.scheduler.soon(self._turn)

    def _turn(self, _argument: object) -> None:
        if self.is_running and self.waiting is not None and not self.waiting.is_running:
            self.waiting = None
            self.go_on()

    def wait_for_input(self, pipe: Pipe) -> None:
        """Stand still until there is more to read."""
        self.is_blocked = True
        pipe.on_change = self._has_input

    def _has_input(self) -> None:
        if self.is_blocked and self.is_running:
            self.is_blocked = False
            self.scheduler.soon(self._read_on)

    def _read_on(self, _argument: object) -> None:
        if self.is_running and self.waiting is None:
            self.go_on()

    # -- parts

    def expansion(self, outputs: list[tuple[str, int]], status: int) -> Expansion:
        state = self.state
        dynamic = {"SECONDS": str((self.scheduler.clock - self.began) // SECOND), "UID": "0", "EUID": "0", "PPID": "1",
                   "RANDOM": "", "BASH_VERSION": "5.2.37(1)-release",
                   "PIPESTATUS": str(state.pipe_statuses[0])} if state.dialect.name == "bash" else {"PPID": "1"}
        if state.dialect.name == "bash":
            dynamic["RANDOM"] = str(self.machine.random())
        return Expansion(state, [("", status), *outputs], dynamic, self.streams)

    def child(self, body: List, streams: Streams) -> Interpreter:
        """A subshell (OverBudgetError: there are too many within one another)."""
        state = self.state.copy()
        state.depth += 1
        budget.hold(Use.DEPTH, state.depth)
        made = Interpreter(self.scheduler, self.machine, state, body, streams)
        made.foreground = self.foreground
        made._around = self.main
        made.tested = self.tested
        made.began = self.began
        made.in_background = self.in_background
        made.tells_lines = self.tells_lines
        return made

    @property
    def is_whole_line(self) -> bool:
        """Whether the command that begins now is all that a person typed."""
        return self.is_typed and self._alone and len(self.frames) == 2
