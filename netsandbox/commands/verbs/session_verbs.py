"""The verbs that move in time, and those that keep a session."""

from __future__ import annotations

import re
from typing import Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.line import changes_nothing
from netsandbox.commands.shell import Shell
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs.session_protocol import SessionProtocol
from netsandbox.engine.budget import Use, spend
from netsandbox.engine.units import format_time

Values = dict[str, Any]


def _session(shell: Shell) -> SessionProtocol:
    if shell.session is None:
        raise CommandError("there is no session here to move in time")
    return shell.session


def _where(session: SessionProtocol) -> str:
    position, end = session.position, session.end
    behind = f" of {end.step}" if position.step < end.step else ""
    return f"step {position.step}{behind}, {format_time(position.at)}"


@verb("step", ("Do the next steps", "走下面几步"), Parameter("count", kinds.COUNT, required=False, default=1),
      details=(("A step is one arrival of a frame (a flood is one), one timer, or one turn of a program. After going "
                "back, steps do again what was done."),
               "一步是一个帧的到达（一次泛洪算一步）、一个定时器，或程序的一轮。后退之后，step 把做过的再做一遍。"),
      examples=(("step", "one", "一步"),
                ("step 10", "ten", "十步")), group="session",
      effect=Effect.SESSION, aliases=("n",))
def step(shell: Shell, job: Job, values: Values) -> None:
    session = _session(shell)
    for _number in range(values["count"]):
        spend(Use.STEPS)
        if not session.step():
            break
    job.print(shell.say(_where(session)))
    job.finish()


@verb("back", ("Take steps back", "后退几步"), Parameter("count", kinds.COUNT, required=False, default=1),
      details=(("The lab is exactly as it was: frames, tables, timers. A line typed here begins another branch; "
                "`undo` leads back here, and `branch` to the old future."),
               ("实验网络恢复到与当时完全一样：帧、表、定时器。在这里输入一行命令会开始另一个分支；`undo` 回到这"
                "里，`branch` 去原来的未来。")),
      examples=(("back", "one step", "一步"),
                ("back 20", "twenty", "二十步")), group="session",
      effect=Effect.SESSION)
def back(shell: Shell, job: Job, values: Values) -> None:
    session = _session(shell)
    session.back(values["count"])
    job.print(shell.say(_where(session)))
    job.finish()


@verb("undo", ("Take the last line back", "撤回最后一行命令"), group="session",
      effect=Effect.SESSION,
      details=(("The lab stands where the line was typed. `redo` leads back to where it stood before, also when the "
                "line had begun a branch. Lines that only looked (`ip addr`, `docker ps`) and a ctrl+c go with the "
                "line before them. A scenario's set-up stays."),
               ("实验网络回到输入那一行的时候。`redo` 回到撤回之前，那一行开始了新分支时也一样。只是查看的命令"
                "（`ip addr`、`docker ps`）和 ctrl+c 随它们前面的那一行一起撤回。场景的准备部分不撤回。")))
def undo(shell: Shell, job: Job, _values: Values) -> None:
    session = _session(shell)
    before, lines = session.position, [entry.line for entry in session.journal[:session.done]]
    line = session.undo()
    behind = sum(changes_nothing(one) for one in lines[session.done + 1:])
    nothing = "only the set-up is left, which is not taken back" if session.lines_of_set_up else (
        "nothing to take back")
    told = "" if line is None or session.position.step < before.step else "it was refused and had changed nothing\n"
    if line is not None and behind:
        told += f"and with it {behind} {'line' if behind == 1 else 'lines'} behind it that only looked\n"
    job.print(shell.say(nothing if line is None else f"taken back: {line}\n{told}{_where(session)}"))
    job.finish()


@verb("redo", ("Do again what was taken back", "重做撤回的内容"), group="session",
      effect=Effect.SESSION,
      details=(("After `undo` it leads back to where that began; after `back` it does the lines again, one at a time. "
                "A branch that was left is gone to by `branch NAME`."),
               "`undo` 之后回到撤回之前；`back` 之后把做过的命令再做一遍，一次一行。离开的分支用 `branch NAME` 再去。"))
def redo(shell: Shell, job: Job, _values: Values) -> None:
    session = _session(shell)
    line = session.redo()
    job.print(shell.say("nothing to do again" if line is None else
                         f"done again: {line or 'the last steps'}\n{_where(session)}"))
    job.finish()


@verb("goto", ("Go to a time, a frame, a command or a step", "跳到某个时间、帧、命令或步"),
      Parameter("where", kinds.WORD),
      details=("WORD is a time (2.5s), a frame's number (#104), a command's (c3), a step (300), start or end.",
               "WORD 是时间（2.5s）、帧的编号（#104）、命令的编号（c3）、步（300）、start 或 end。"),
      examples=(("goto 2.5s", "the clock at two and a half seconds", "时钟指向两秒半"),
                ("goto #104", "where record 104 was made", "记录 104 产生的地方"),
                ("goto c3", "just before the third line", "第三行命令之前"),
                ("goto end", "as far as it was done", "做过的最远处")), group="session",
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
    job.print(shell.say(_where(session)))
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


@verb("journal", ("List the lines so far", "列出到目前为止的命令"), group="session",
      effect=Effect.SESSION, aliases=("history",))
def journal(shell: Shell, job: Job, _values: Values) -> None:
    session = _session(shell)
    for number, entry in enumerate(session.journal, 1):
        mark = "" if number <= session.done else f"   ({shell.say('taken back')})"
        job.print(f"c{number:<4} {format_time(entry.at):>16}  {entry.line}{mark}")
    if not session.journal:
        job.print(shell.say("nothing was done yet"))
    job.finish()


@verb("save", ("Write the session as a scenario", "把会话写成场景文件"), Parameter("file", kinds.FILE),
      Parameter("force", option="--force", is_flag=True, default=False),
      details=(("The file's set-up holds every line at its time, less those that were refused, and its steps what "
                "the scenario has left; `load FILE` brings the same lab back, frame for frame. A file that this "
                "session did not write is replaced only with --force."),
               ("文件的 setup 部分是每一行命令及其时间（被拒绝的除外），steps 部分是场景还没有做的步骤；`load FILE` "
                "会逐帧还原同样的实验网络。不是本次会话写的文件，只有加 --force 才会被替换。")),
      examples=(("save mine.yaml", "a scenario file", "一个场景文件"),), group="session",
      effect=Effect.SESSION)
def save(shell: Shell, job: Job, values: Values) -> None:
    job.print(shell.say(_session(shell).save(values["file"], values["force"])))
    job.finish()


@verb("load", ("Begin anew with a scenario", "用一个场景重新开始"), Parameter("file", kinds.SCENARIO),
      details=("Its set-up is done at once; `next` does its steps, one at a time.",
               "场景的准备部分马上完成；`next` 一次做一个步骤。"),
      examples=(("load docker0-ping", "a bundled one", "自带的场景"),
                ("load mine.yaml", "a file", "一个文件")), group="session",
      effect=Effect.SESSION)
def load(shell: Shell, job: Job, values: Values) -> None:
    job.print(shell.say(_session(shell).load(values["file"])))
    job.finish()


@verb("next", ("Do the scenario's next step", "做场景的下一个步骤"), group="session", effect=Effect.SESSION)
def next_step(shell: Shell, job: Job, _values: Values) -> None:
    jobs = _session(shell).next_step()
    if jobs is None:
        raise CommandError("the scenario has no further step", 1)
    for done in jobs:
        job.print(f"❯ {done.line}")
        job.output += done.output
    job.finish(max((done.code or 0 for done in jobs), default=0))


@verb("new", ("Begin anew with an empty lab", "用空的实验网络重新开始"), group="session", effect=Effect.SESSION)
def new(shell: Shell, job: Job, _values: Values) -> None:
    _session(shell).new()
    job.print(shell.say("an empty lab; `load docker0` brings back the one with two containers"))
    job.finish()


@verb("until", ("Let the lab go on to a step, and the clock to a time", "让实验网络走到某一步，时钟走到某个时间"),
      Parameter("step", kinds.COUNT),
      Parameter("time", kinds.WORD, required=False),
      details=("What `save` writes where a line was typed while another one still ran.",
               "一行命令还在运行时又输入了另一行，`save` 就写出它。"), group="session",
      effect=Effect.SESSION)
def until(shell: Shell, job: Job, values: Values) -> None:
    if values["time"] is not None and not re.fullmatch(r"\d{1,18}", values["time"]):
        raise CommandError("until: the time is a whole number of nanoseconds")
    session = _session(shell)
    spend(Use.STEPS, max(0, values["step"] - session.position.step))
    session.run_to(values["step"], None if values["time"] is None else int(values["time"]))
    job.finish()
