"""The shell: one line in, one Job out.

A line is parsed once (commands.line) and runs where the person stood when it began (commands.prompt.place). Its first
word is, in this order: a verb of the lab, `docker …`, or a program or tool that Linux brings; all else is bash's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Task
from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.docker import Client
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.line import EXPANDED, Line, read_line
from netsandbox.commands.prompt.beginning import begin_of
from netsandbox.commands.prompt.lab_machine import LabMachine
from netsandbox.commands.prompt.place import Place
from netsandbox.commands.prompt.prompt import MissingError, Prompt, no_input
from netsandbox.commands.prompt.slips import note_nodes
from netsandbox.commands.prompt.standing import Standing
from netsandbox.commands.prompt.typography import note_characters
from netsandbox.commands.refusals import REFUSALS
from netsandbox.commands.tools.kernel.kernel_files import FIRST_SHELL_PID, with_descriptors, with_kernel
from netsandbox.commands.verb import Verb
from netsandbox.commands.verb_task import VerbCall
from netsandbox.commands.verbs.session_protocol import SessionProtocol
from netsandbox.engine import budget
from netsandbox.engine.budget import Use
from netsandbox.explain.refusals import translated
from netsandbox.lab.events import CommandRun
from netsandbox.lab.first_need import FirstNeed
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.credentials import acting_with
from netsandbox.shell.dialect import BASH
from netsandbox.shell.machine import Call, Held
from netsandbox.shell.state import State

RECENT = 100  # Lines that are remembered for `expect`


def _home(place: Place) -> str:
    return "/" if place.container is not None else "/root"


class Home:
    """The files of a place, made when they are first looked at (shell.state.FilesSource)."""

    def __init__(self, shell: Shell, place: Place, cwd: str = "") -> None:
        self._shell = shell
        self._place = place
        self.cwd = cwd or _home(place)

    def files(self) -> Files:
        return self._shell.files_at(self._place).at(self.cwd)


@cache
def _stand_in() -> Lab:
    """A lab beside all others, for what only looks while there is no host yet; no shell has it, as those are copied."""
    return Lab()


def _pid_of(task: Task) -> int:
    """A program's PID, or that of the one program that runs in it, as `unshare -n sleep 9` becomes it; 0 for none."""
    if task.process is not None:
        return task.process.pid
    inside = [one for one in task.children if one.is_running]
    return _pid_of(inside[0]) if len(inside) == 1 else 0


PAGE, UNBROKEN = 78, 1 << 16  # Cells of a manual page's lines, and where a pane breaks them itself


class Shell(Standing):
    """What a person types into.

    Attributes:
        language: of what `expect` finds: en or zh.
        page: cells of a manual page's lines.  width: of what it prints to, where that is known; else 0.
        verbs: what its own language has, by name and alias.
        session: set when the shell belongs to a session, for the verbs that move in time.
        jobs: lines that still run.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.verbs: Mapping[str, Verb] = VERBS
        self.language = "en"
        self.page, self.width = PAGE, 0
        self.english: dict[str, str] = {}  # What was said in another language, in English
        self.session: SessionProtocol | None = None
        self.write_file: Callable[[str, bytes, bool], None] | None = None
        """Makes something a file's content, all or nothing, and replaces a file that the session did not write only
        by force; set when the shell belongs to a session."""
        self.machine = LabMachine(lab)
        self.opens: Place | None = None  # Where the next lines belong, set by a command that opens a shell there
        self._own_state: State | None = None
        self._inner_state: tuple[Place, State] | None = None
        self._chance = lab.chance.stream("shell")
        self._last_pid = FIRST_SHELL_PID
        self._only_looks = False  # Whether the line that is carried out does nothing to the lab
        self.last: Job | None = None  # The line before this one, for `expect`
        self.ended: Job | None = None  # The same for `$?`: not one that was taken back
        self.last_seq = 0  # The first trace record of the line before this one
        self.counts_from = 0  # For `expect`: lines whose first record is older are as if nobody had typed them
        self.counts_after: Job | None = None
        """So is this one: of a line that was taken back, as it failed, no record is left that is older or newer."""
        self._labelled: list[Job] = []  # Lines that run on, with their numbers; some may have ended
        self.shells_within: list[str | None] = []
        """Where shells were opened within the one that there is, by `sudo -i` and the like."""
        self.recent: deque[Job] = deque(maxlen=RECENT)
        """Lines that did something, the last one last; some may still run."""

    def show_in_pane(self, language: str, width: int) -> None:
        """A person reads what it prints in a pane of so many cells, in a language."""
        self.language, self.page, self.width = language, UNBROKEN, width

    @property
    def namespace(self) -> NetworkNamespace:
        """Where tools run now."""
        return self.namespace_at(self.place)

    def namespace_at(self, place: Place) -> NetworkNamespace:
        """Where programs run there; a line that only looks makes no host."""
        if self._only_looks and place.where is None and DEFAULT_HOST not in self.lab.nodes:
            return _stand_in().host().namespace
        return self.lab.namespace(place.where or DEFAULT_HOST)

    def files_at(self, place: Place) -> Files:
        """What is seen there, from the home directory."""
        namespace = self.namespace_at(place)
        is_stand_in = place.where is None and DEFAULT_HOST not in self.lab.nodes
        seen = Files(_stand_in().host().files, {}) if is_stand_in else self.machine.files(place.root)
        return with_kernel(seen, namespace, self.machine).at(_home(place))

    @property
    def state(self) -> State:
        """Variables, functions and jobs of the shell that the person types into; a new one for each that is entered."""
        place = self.place
        if place.where is None:
            if self._own_state is None:
                self._own_state = self.new_state(place)
            return self._own_state
        if self._inner_state is None or self._inner_state[0] != place:
            self._inner_state = place, self.new_state(place)
        return self._inner_state[1]

    @property
    def has_state(self) -> bool:
        """Whether `state` has been asked for where the person stands."""
        return self.where is not None or self._own_state is not None

    def new_state(self, place: Place) -> State:
        """As a shell begins there."""
        dialect = Prompt(self, place).dialect(self._shell_name(place))
        made = State(dialect, Home(self, place), self._shell_name(place), 0)
        container = place.container
        own = container.config.environment if container is not None else ["USER=root", "SHELL=/bin/bash"]
        is_made = place.where is not None or DEFAULT_HOST in self.lab.nodes
        hostname = self.machine.hostname(self.namespace_at(place), made.files) if is_made else DEFAULT_HOST
        for name, _equals, value in (text.partition("=") for text in [f"HOSTNAME={hostname}", *own]):
            made.values[name] = value
            made.exported.add(name)
        return made

    def _shell_name(self, place: Place) -> str:
        """bash; in a container the shell that was asked for."""
        if place.client is None or place.container is None:
            return "bash"
        asked = [word.rpartition("/")[2] for word in (*place.client.arguments, *place.container.argv)]
        return next((word for word in asked if word in ("bash", "sh", "ash")), "sh")

    def names_at(self, place: Place) -> dict[str, int]:
        """The addresses of names there."""
        has_none = self._only_looks and place.where is None and DEFAULT_HOST not in self.lab.nodes
        return {} if has_none else self.machine.names(place.root)

    def program_at(self, node: str, words: list[str], stdin: Pipe | None = None, caller: Files | None = None) -> Task:
        """A program in a node, as root of its host has it (caller: the files of whoever starts it, of which it inherits
        the open ones)."""
        place = Place(node, None, True)
        files = self.files_at(place)
        files = with_descriptors(files, caller) if caller is not None else files
        call = Call(words, self.state.environment, Held(files), stdin or no_input())
        found = Prompt(self, place).command(call, False)
        assert not isinstance(found, VerbCall)
        return found

    def next_pid(self) -> int:
        """For a shell; numbers of its own, so that programs have the same whether a shell starts them or not."""
        self._last_pid += 1
        return self._last_pid

    def random(self) -> int:
        """For `$RANDOM`: from 0 to 32767."""
        return self._chance.below(1 << 15)

    def execute(self, text: str) -> Job:
        """Begin to carry out a line.  A refusal is the job's error output, never an exception."""
        job = Job(text)
        note_characters(job)
        note_nodes(job, self.lab)
        self.come_back()
        if not self.is_for_the_host(text):
            return self._begin(text, job)
        with self.on_the_host() as said:
            job.complain(said)
            return self._begin(text, job)

    def _begin(self, text: str, job: Job) -> Job:
        # A line that only looks may carry out others (`step`), which are lines of their own.
        only_looks, self._only_looks = self._only_looks, False
        try:
            with acting_with(self.place.rights), budget.on(job.budget), self._refused_needs_no_host(job):
                return self._execute(text, job)
        finally:
            self._only_looks = only_looks

    @contextmanager
    def _refused_needs_no_host(self, job: Job) -> Iterator[None]:
        """A line that is refused changes nothing: a default host that was made for it goes again."""
        lab = self.lab
        outer, need = lab.first_need, None if DEFAULT_HOST in lab.nodes else FirstNeed(lab)
        lab.first_need = need
        try:
            yield
            if need is not None and job.code and need.take_back():
                self.last_seq -= need.end - need.start if self.last_seq >= need.end else 0
                if self._own_state is not None:
                    self._own_state.look_anew(Home(self, Place(None), self._own_state.cwd))
        finally:
            lab.first_need = outer

    def _execute(self, text: str, job: Job) -> Job:
        try:
            line = self._read(text)
        except CommandError as error:
            self.remember(job, self.lab.trace.end)
            return self._refuse(job, error)
        job.text = line.text
        is_action = line.acts
        try:
            begin = begin_of(self, line)
        except REFUSALS as error:
            if is_action:
                self.remember(job, self.lab.trace.end)
            job.is_unknown = isinstance(error, MissingError)
            return self._refuse(job, error)
        if begin is not None:
            self._run(job, line, begin, is_action)
        else:
            job.finish()
        return job

    def _read(self, text: str) -> Line:
        """A line, its aliases expanded."""
        dialect = self.state.dialect if self.where is not None else BASH
        if self.has_state and self.state.aliases:
            text = EXPANDED["text"](text, self.state.aliases, dialect)
        return read_line(text, dialect)

    def _run(self, job: Job, line: Line, begin: VerbCall | Task, is_action: bool) -> None:
        scheduler, place = self.lab.scheduler, self.place
        first = self.lab.trace.end
        if is_action:
            scheduler.begin()
            self.lab.trace.record(CommandRun(line.told))
        self._only_looks = not is_action
        job.where = place.where or DEFAULT_HOST
        try:
            if isinstance(begin, VerbCall):
                begin.verb.handler(self, job, begin.values)
            else:
                job.follow(begin)
                self._go_where_it_leads(job)
        except REFUSALS as error:
            self._refuse(job, error)
        finally:
            self._only_looks = False
        self._give_number(job, line, place)
        scheduler.end()
        if is_action:
            self.remember(job, first)

    def _give_number(self, job: Job, line: Line, place: Place) -> None:
        """A line that runs on has one: the shell's own for a job of its, else the next."""
        if line.background and job.program is not None and job.program.is_running and self.place == place:
            pid = _pid_of(job.program) or self.next_pid()
            job.label = self.state.add_job(job.program, line.text, pid, self._last_label()).number
        elif job.code is None:
            job.label = max(self._last_label(), *(self.state.jobs if self.has_state else ()), 0) + 1
        if job.label:
            self._labelled.append(job)

    def _last_label(self) -> int:
        """The highest number of the lines that run on, wherever they do."""
        self._labelled = [one for one in self._labelled if one.code is None]
        return max((one.label for one in self._labelled), default=0)

    def drop_job(self, job: Job) -> None:
        """One that Ctrl-C has ended was in the foreground: no number is kept for it."""
        entry = self.state.jobs.get(job.label) if self.has_state else None
        if entry is not None and entry.task is job.program:
            del self.state.jobs[job.label]

    def say(self, english: str) -> str:
        """Own words in the person's language; what they are in English is kept for `expect`, which is written so."""
        shown = translated(english, self.language)
        if shown != english:
            self.english[shown] = english
        return shown

    def _refuse(self, job: Job, error: Exception) -> Job:
        job.complain(self.say(str(error)))
        job.finish(int(getattr(error, "code", 1)))
        return job

    def remember(self, job: Job, first: int, is_taken_back: bool = False) -> None:
        """For `expect`: the line and its first trace record."""
        self.last, self.last_seq, job.first = job, first, first
        self.ended = self.ended if is_taken_back else job
        self.recent.append(job)
        while len(self.recent) > 1 and sum(one.size for one in self.recent) > Use.OUTPUT.limit:
            self.recent.popleft()

    def _go_where_it_leads(self, job: Job) -> None:
        """`docker run -it`, `docker exec -it`, `ip netns exec NAME bash`: the next lines belong there."""
        if self.opens is not None:
            self.go_in(self.opens)
            self.opens = None
        program = job.program
        client = program.waiting if program is not None and not isinstance(program, Client) else program
        if isinstance(client, Client) and client.enters is not None:
            self.go_in(Place(client.enters.name, client))
            client.on_exit += (partial(self.put_out, client),)
            job.finish()
