"""The verbs that move in time, and those that keep a session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.engine.budget import Use, spend
from netsandbox.engine.units import format_time

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.session_protocol import SessionProtocol
    from netsandbox.commands.shell import Shell

Values = dict[str, Any]


def _session(shell: Shell) -> SessionProtocol:
    if shell.session is None:
        raise CommandError("there is no session here to move in time")
    return shell.session


def _where(session: SessionProtocol) -> str:
    position, end = session.position, session.end
    behind = f" of {end.step}" if position.step < end.step else ""
    return f"step {position.step}{behind}, {format_time(position.at)}"


@verb("step", "Do the next steps", Parameter("count", kinds.COUNT, required=False, default=1),
      details="A step is one arrival of a frame (a flood is one), one timer, or one turn of a program. After going "
              "back, steps do again what was done.",
      examples=(("step", "one"), ("step 10", "ten")), group="session",
      effect=Effect.SESSION, aliases=("n",))
def step(shell: Shell, job: Job, values: Values) -> None:
    session = _session(shell)
    for _number in range(values["count"]):
        spend(Use.STEPS)
        if not session.step():
            break
    job.print(_where(session))
    job.finish()


@verb("back", "Take steps back", Parameter("count", kinds.COUNT, required=False, default=1),
      details="The lab is exactly as it was: frames, tables, timers. A line typed here begins another branch; "
              "`undo` leads back here, and `branch` to the old future.",
      examples=(("back", "one step"), ("back 20", "twenty")), group="session",
      effect=Effect.SESSION)
def back(shell: Shell, job: Job, values: Values) -> None:
    session = _session(shell)
    session.back(values["count"])
    job.print(_where(session))
    job.finish()


@verb("undo", "Take the last line back", group="session",
      effect=Effect.SESSION,
      details="The lab stands where the line was typed. `redo` leads back to where it stood before, also when the line "
              "had begun a branch.")
def undo(shell: Shell, job: Job, _values: Values) -> None:
    session = _session(shell)
    line = session.undo()
    job.print("nothing to take back" if line is None else f"taken back: {line}\n{_where(session)}")
    job.finish()


@verb("redo", "Do again what was taken back", group="session",
      effect=Effect.SESSION,
      details="After `undo` it leads back to where that began; after `back` it does the lines again, one at a time. "
              "A branch that was left is gone to by `branch NAME`.")
def redo(shell: Shell, job: Job, _values: Values) -> None:
    session = _session(shell)
    line = session.redo()
    job.print("nothing to do again" if line is None else f"done again: {line or 'the last steps'}\n{_where(session)}")
    job.finish()


@verb("goto", "Go to a time, a frame, a command or a step", Parameter("where", kinds.WORD),
      details="WHERE is a time (2.5s), a frame's number (#104), a command's (c3), a step (300), start or end.",
      examples=(("goto 2.5s", "the clock at two and a half seconds"), ("goto #104", "where record 104 was made"),
                ("goto c3", "just before the third line"), ("goto end", "as far as it was done")), group="session",
      effect=Effect.SESSION)
def goto(shell: Shell, job: Job, values: Values) -> None:
    session, where = _session(shell), values["where"]
    if where == "start":
        session.go_to(0)
    elif where == "end":
        session.go_to(session.end.step, session.end.at)
    elif match := re.fullmatch(r"#(\d{1,12})", where):
        session.go_to(_step_of(shell, int(match[1])))
    elif match := re.fullmatch(r"c(\d{1,9})", where):
        _go_to_command(session, int(match[1]))
    elif re.fullmatch(r"\d{1,12}", where):
        session.go_to(int(where))
    else:
        when = kinds.parse_duration(where)
        session.go_to(session.step_at(when), when if when >= session.position.at else None)
    job.print(_where(session))
    job.finish()


def _step_of(shell: Shell, seq: int) -> int:
    record = shell.lab.trace.get(seq)
    if record is None:
        first, end = shell.lab.trace.first, shell.lab.trace.end
        raise CommandError(f"there is no record #{seq}; the trace holds #{first} to #{end - 1}")
    return record.step + 1


def _go_to_command(session: SessionProtocol, number: int) -> None:
    if not 0 < number <= len(session.journal):
        raise CommandError(f"there is no command c{number}; the journal has {len(session.journal)}")
    session.go_to(session.journal[number - 1].step)


@verb("journal", "List the lines so far", group="session",
      effect=Effect.SESSION, aliases=("history",))
def journal(shell: Shell, job: Job, _values: Values) -> None:
    session = _session(shell)
    for number, entry in enumerate(session.journal, 1):
        mark = "" if number <= session.done else "   (taken back)"
        job.print(f"c{number:<4} {format_time(entry.at):>16}  {entry.line}{mark}")
    if not session.journal:
        job.print("nothing was done yet")
    job.finish()


@verb("save", "Write the session as a scenario", Parameter("file", kinds.FILE),
      Parameter("force", option="--force", is_flag=True, default=False),
      details="The file's set-up holds every line at its time, less those that were refused, and its steps what the "
              "scenario has left; `load FILE` brings the same lab back, frame for frame. "
              "A file that this session did not write is replaced only with --force.",
      examples=(("save mine.yaml", "a scenario file"),), group="session",
      effect=Effect.SESSION)
def save(shell: Shell, job: Job, values: Values) -> None:
    job.print(_session(shell).save(values["file"], values["force"]))
    job.finish()


@verb("load", "Begin anew with a scenario", Parameter("file", kinds.SCENARIO),
      details="Its set-up is done at once; `next` does its steps, one at a time.",
      examples=(("load docker0-ping", "a bundled one"), ("load mine.yaml", "a file")), group="session",
      effect=Effect.SESSION)
def load(shell: Shell, job: Job, values: Values) -> None:
    job.print(_session(shell).load(values["file"]))
    job.finish()


@verb("next", "Do the scenario's next step", group="session",
      effect=Effect.SESSION)
def next_step(shell: Shell, job: Job, _values: Values) -> None:
    jobs = _session(shell).next_step()
    if jobs is None:
        raise CommandError("the scenario has no further step", 1)
    for done in jobs:
        job.print(f"❯ {done.line}")
        job.output += done.output
    job.finish(max((done.code or 0 for done in jobs), default=0))


@verb("new", "Begin anew with an empty lab", group="session",
      effect=Effect.SESSION)
def new(shell: Shell, job: Job, _values: Values) -> None:
    _session(shell).new()
    job.finish()


@verb("until", "Let the lab go on to a step, and the clock to a time", Parameter("step", kinds.COUNT),
      Parameter("time", kinds.WORD, required=False),
      details="What `save` writes where a line was typed while another one still ran.", group="session",
      effect=Effect.SESSION)
def until(shell: Shell, job: Job, values: Values) -> None:
    if values["time"] is not None and not re.fullmatch(r"\d{1,18}", values["time"]):
        raise CommandError("until: the time is a whole number of nanoseconds")
    session = _session(shell)
    spend(Use.STEPS, max(0, values["step"] - session.position.step))
    session.run_to(values["step"], None if values["time"] is None else int(values["time"]))
    job.finish()
