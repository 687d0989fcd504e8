"""Jobs: wait, jobs, kill, fg, bg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.signals import IGNORED, SIGNALS
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.state import JobEntry

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin
    from netsandbox.shell.interpreter import Interpreter

USAGE = "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"
INIT = "1"  # Of a PID namespace: no signal ends it that it has not asked for (pid_namespaces(7))
HARMLESS = frozenset({name for name, number in SIGNALS.items() if number in IGNORED} | {"STOP", "TSTP", "TTIN", "TTOU"})
"""They end nothing; what is stopped on a machine goes on here."""


def wait(call: Builtin) -> int | None:
    """`wait`, `wait PID`, `wait %N`: until it has ended."""
    state, shell = call.state, call.shell
    if not call.arguments:
        entries = list(state.jobs.values())
    else:
        found = [(text, state.job(text)) for text in call.arguments if text != "-n"]
        missing = next((text for text, entry in found if entry is None), None)
        if missing is not None:
            return call.fail(f"{missing}: no such job" if missing.startswith("%") else
                             f"pid {missing} is not a child of this shell", 127)
        entries = [entry for _text, entry in found if entry is not None]
    for entry in entries:
        if not shell.wait_on(entry.task):
            return None
    for entry in entries:
        state.jobs.pop(entry.number, None)
    return (entries[-1].task.code or 0) if call.arguments and entries else 0


def jobs(call: Builtin) -> int:
    state = call.state
    newest = max(state.jobs, default=0)
    for entry in list(state.jobs.values()):
        if "-p" in call.arguments:
            call.out(f"{entry.pid}\n")
            continue
        mark = "+" if entry.number == newest else "-" if entry.number == newest - 1 else " "
        said = _state(entry)
        pid = f" {entry.pid}" if "-l" in call.arguments else ""
        end = " &" if entry.task.is_running else ""
        call.out(f"[{entry.number}]{mark} {pid} {said:<24}{entry.text}{end}\n")
        if not entry.task.is_running:
            del state.jobs[entry.number]
    return 0


def _state(entry: JobEntry) -> str:
    code = entry.task.code
    if code is None:
        return "Running"
    if code > 128:
        return {143: "Terminated", 137: "Killed", 130: "Interrupt"}.get(code, f"Exit {code}")
    return f"Exit {code}" if code else "Done"


def kill(call: Builtin) -> int | None:
    """`kill [-SIGNAL] PID …`, of jobs and of the machine's processes."""
    words, name = list(call.arguments), "TERM"
    if words[:1] == ["-l"]:
        return list_signals(call, words[1:])
    if words[:1] == ["-s"] and len(words) > 1:
        name, words = words[1], words[2:]
    elif words and words[0].startswith("-") and words[0] != "--":
        name = words.pop(0)[1:]
    words = words[words[:1] == ["--"]:]
    signal = next((one for one, number in SIGNALS.items() if name in (one, f"SIG{one}", str(number))), None)
    if signal is None and name not in ("0", "EXIT"):
        raise RefusedError(f"kill: {name}: invalid signal specification")
    if not words:
        call.output.append(("err", USAGE + "\n"))
        return 2
    code = max(_kill_one(call, text, signal) for text in words)
    return code if call.shell.is_running else None


def list_signals(call: Builtin, words: list[str]) -> int:
    """`kill -l`: all signals as bash lays them out, five in a row; of a name its number, of a number its name."""
    numbers = {str(number): name for name, number in SIGNALS.items()}
    for word in words:
        found = numbers.get(word) or SIGNALS.get(word.removeprefix("SIG"))
        if found is None:
            return call.fail(f"{word}: invalid signal specification")
        call.out(f"{found}\n")
    if words:
        return 0
    real_time = {**{34 + at: f"RTMIN+{at}" if at else "RTMIN" for at in range(16)},
                 **{64 - at: f"RTMAX-{at}" if at else "RTMAX" for at in range(15)}}
    cells = sorted({**{number: name for name, number in SIGNALS.items()}, **real_time}.items())
    call.out("".join(f"{number:2}) SIG{name}" + ("\t" if place % 5 else "\n")
                     for place, (number, name) in enumerate(cells, 1)) + "\n")
    return 0


def _kill_one(call: Builtin, text: str, signal: str | None) -> int:
    entry = call.state.job(text)
    if entry is not None and entry.task.is_running:
        if signal is not None and signal not in HARMLESS:
            entry.task.signal(SIGNALS[signal])
        return 0
    if text == str(call.state.pid) and not call.shell.is_interactive:
        if signal is not None and call.shell.main.trap(SIGNALS[signal]):
            return 0
        if signal is not None and signal not in HARMLESS and text != INIT:
            _end_shell(call.shell, SIGNALS[signal])
        return 0
    if text.startswith("%"):
        return call.fail(f"{text}: no such job")
    if not (text.isascii() and text.isdecimal()):
        return call.fail(f"{text}: arguments must be process or job IDs")
    if call.shell.machine.kill(int(text), signal or "0"):
        return 0
    if call.state.dialect.name == "ash":
        call.output.append(("err", call.worded(f"can't kill pid {text}: No such process\n")))
        return 1
    return call.fail("No such process" if call.state.dialect.name == "dash" else f"({text}) - No such process")


def _end_shell(shell: Interpreter, number: int) -> None:
    """`kill $$`: in a subshell it ends the shell around it, which lets one that it waits for say its last."""
    main = shell.main
    if main is shell:
        shell.leave(128 + number)
    elif main.waits_for(shell):
        main.trapped += (f"exit {128 + number}",)
    else:
        main.signal(number)


def foreground(call: Builtin) -> int | None:
    """`fg`: wait for a job."""
    entry = call.state.job(call.arguments[0] if call.arguments else "%%")
    if entry is None:
        return call.fail(f"{call.arguments[0] if call.arguments else 'current'}: no such job")
    if not call.shell.wait_on(entry.task):
        return None
    call.state.jobs.pop(entry.number, None)
    return entry.task.code or 0


def background(call: Builtin) -> int:
    """`bg`: nothing is ever stopped here."""
    entry = call.state.job(call.arguments[0] if call.arguments else "%%")
    if entry is None:
        return call.fail(f"{call.arguments[0] if call.arguments else 'current'}: no such job")
    return call.fail(f"job {entry.number} already in background", 0)
