"""What a shell knows: variables, functions, options, jobs. Plain data: a subshell has a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from netsandbox.apps.program import Task
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.files.file_system import Files
from netsandbox.shell.array import Array
from netsandbox.shell.dialect import Dialect
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.tree import Runnable

BLANKS = " \t\n"
DEFAULTS = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
OPTIONS = {"e": "errexit", "u": "nounset", "x": "xtrace", "f": "noglob", "n": "noexec", "v": "verbose",
           "a": "allexport", "C": "noclobber", "o": "pipefail"}
"""Long names by letter; pipefail has none, and stands under the letter that takes its name."""
MODELLED = frozenset("euxfao")
HELD_PIECE = 200  # Values of arrays, and characters of theirs, that are one piece of work to keep


class FilesSource(Protocol):
    """Makes the files when they are first looked at."""

    @property
    def cwd(self) -> str: ...

    def files(self) -> Files: ...


class JobEntry(NamedTuple):
    """Something that runs in the background (number: as in %1)."""

    number: int
    pid: int
    task: Task
    text: str


class State:
    """Attributes:
        values: variables by name; of an array its first value.  arrays: all values of arrays.
        exported, readonly: names of variables.
        functions: by name.  aliases: texts by name, for the lines that a person types.
        name: `$0`.  positional: `$1` and so on.
        scopes: of each function that runs, the values that its `local` hides, None for one that was not set.
        array_scopes: the same of arrays.
        files: what is seen from the working directory.
        status: `$?`.  pipe_statuses: PIPESTATUS.  background: `$!`, 0 while there is none.
        options: letters of `set`.
        jobs: in the background, by number; those that ended stay until `jobs` or `wait` has told.
        line: the number of the command that runs.
        traps: what is done when a signal comes, by its name, and at the end (EXIT).
    """

    def __init__(self, dialect: Dialect, files: Files | FilesSource, name: str, pid: int) -> None:
        self.dialect = dialect
        self._files = files
        self.name = name
        self.pid = pid
        self.values: dict[str, str] = {"IFS": BLANKS, **DEFAULTS, "PWD": files.cwd}
        self.arrays: dict[str, Array] = {}
        self.exported: set[str] = {"PATH", "HOME", "PWD"}
        self.readonly: set[str] = set()
        self.functions: dict[str, Runnable] = {}
        self.aliases: Mapping[str, str] = NOTHING
        self.positional: list[str] = []
        self.scopes: list[dict[str, str | None]] = []
        self.array_scopes: list[dict[str, Array | None]] = []
        self.status = 0
        self.pipe_statuses: tuple[int, ...] = (0,)
        self.background = 0
        self.options: set[str] = set()
        self.jobs: dict[int, JobEntry] = {}
        self.line = 1
        self.depth = 0
        self.traps: dict[str, str] = {}
        self.stack: tuple[str, ...] = ()
        """Directories below the one it works in (pushd)."""

    @property
    def files(self) -> Files:
        if not isinstance(self._files, Files):
            self._files = self._files.files()
        return self._files

    @files.setter
    def files(self, files: Files) -> None:
        self._files = files

    @property
    def cwd(self) -> str:
        return self._files.cwd

    def look_anew(self, files: FilesSource) -> None:
        """The machine whose files it saw is not there any more."""
        self._files = files

    def copy(self) -> State:
        """For a subshell."""
        made = State.__new__(State)
        made.__dict__.update(self.__dict__)
        made.values, made.functions = dict(self.values), dict(self.functions)
        made.exported, made.readonly, made.options = set(self.exported), set(self.readonly), set(self.options)
        made.positional, made.scopes = list(self.positional), [dict(scope) for scope in self.scopes]
        made.arrays, made.array_scopes = dict(self.arrays), [dict(scope) for scope in self.array_scopes]
        made.jobs = dict(self.jobs)
        made.traps = {name: text for name, text in self.traps.items() if not text}  # what is ignored stays so
        return made

    @property
    def environment(self) -> dict[str, str]:
        """What programs get."""
        return {name: value for name, value in self.values.items() if name in self.exported}

    @property
    def separators(self) -> str:
        """IFS; blanks where it is unset."""
        return self.values.get("IFS", BLANKS)

    def set(self, name: str, value: str) -> None:
        """Give a variable a value (RefusedError: it is read-only; OverBudgetError: the values are too long)."""
        if name in self.readonly:
            raise RefusedError(f"{name}: {'is read only' if self.dialect.name == 'dash' else 'readonly variable'}")
        budget.hold(Use.MEMORY, len(value) + sum(map(len, self.values.values())))
        self.values[name] = value
        array = self.arrays.get(name)
        if array is not None:
            self.arrays[name] = array.with_item("0" if array.is_associative else 0, value)
        if "a" in self.options:
            self.exported.add(name)

    def set_array(self, name: str, array: Array) -> None:
        """Give a variable the values of an array.

        Raises:
            RefusedError: it is read-only.
            OverBudgetError: the values are too long.
        """
        if name in self.readonly:
            raise RefusedError(f"{name}: readonly variable")
        self.define_array(name, array)

    def define_array(self, name: str, array: Array) -> None:
        """The same of one that becomes read-only with that."""
        held = sum(len(one.items) + sum(map(len, one.items.values())) for one in {**self.arrays, name: array}.values())
        budget.spend(Use.WORK, held // HELD_PIECE)
        budget.hold(Use.MEMORY, held + sum(map(len, self.values.values())))
        self.arrays[name] = array
        self.values.pop(name, None)
        if array.first is not None:
            self.values[name] = array.first

    def unset(self, name: str) -> None:
        """Raises: RefusedError: it is read-only."""
        if name in self.readonly:
            raise RefusedError(f"{name}: is read only" if self.dialect.name == "dash" else
                               f"{name}: cannot unset: readonly variable")
        self.values.pop(name, None)
        self.arrays.pop(name, None)
        self.exported.discard(name)

    def hide(self, name: str) -> None:
        """`local NAME`: its value comes back when the function that runs ends."""
        self.scopes[-1].setdefault(name, self.values.get(name))
        self.array_scopes[-1].setdefault(name, self.arrays.pop(name, None))

    def enter_scope(self) -> None:
        """A function begins."""
        self.scopes.append({})
        self.array_scopes.append({})

    def leave_scope(self) -> None:
        """A function ends."""
        self.restore(self.scopes.pop())
        for name, array in self.array_scopes.pop().items():
            self.arrays.pop(name, None)
            if array is not None:
                self.arrays[name] = array

    def restore(self, before: dict[str, str | None]) -> None:
        """Give variables the values that they had; None for those that were not set."""
        for name, value in before.items():
            if value is None:
                self.values.pop(name, None)
            else:
                self.values[name] = value

    def add_job(self, task: Task, text: str, pid: int, taken: int = 0) -> JobEntry:
        """`&`: the number is above all others, and above those that are taken elsewhere."""
        number = max(taken, *self.jobs, 0) + 1
        entry = self.jobs[number] = JobEntry(number, pid, task, text)
        self.background = pid
        return entry

    def job(self, text: str) -> JobEntry | None:
        """The one that `%1`, `%%`, `%NAME` or a PID means."""
        if text.isdecimal():
            return next((entry for entry in self.jobs.values() if entry.pid == int(text)), None)
        if not text.startswith("%") or not self.jobs:
            return None
        rest = text[1:]
        if rest in ("", "%", "+"):
            return self.jobs[max(self.jobs)]
        if rest.isdecimal():
            return self.jobs.get(int(rest))
        return next((entry for entry in reversed(self.jobs.values()) if entry.text.startswith(rest)), None)
