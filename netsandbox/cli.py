"""The command line: `netsandbox [SCENARIO]`, and one subcommand for each thing that needs no screen.

Exit status: 0 done; 1 a command or an expectation failed; 2 the file or the usage is wrong.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import NamedTuple

from netsandbox import arguments
from netsandbox.explain.words import Both
from netsandbox.lab.errors import LabError

VERSION = "0.1.0"
LARGEST_LAB = 64 << 20  # Bytes of a kernel lab
USE_FILES = frozenset({"open", "run", "check", "simulate", "serve"})
HELP = frozenset({"-h", "--help", "--version"})


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    try:
        _mend_streams()
        return _main(list(sys.argv[1:] if words is None else words))
    except KeyboardInterrupt:
        return 130


def _interrupted(number: int, frame: FrameType | None) -> None:
    """KeyboardInterrupt; while a module is loaded, where Python may lose it, the signal's own end."""
    if frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        if "netsandbox.session.leftovers" in sys.modules:
            sys.modules["netsandbox.session.leftovers"].end_all()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    raise KeyboardInterrupt


def _main(words: list[str]) -> int:
    language = arguments.asked_language(words)
    if words[:1] == ["--lang"] and words[2:3] and words[2] in COMMANDS:  # of the command, as if it stood behind it
        words = [words[2], *words[:2], *words[3:]]
    if words and words[0] in COMMANDS:
        name = words.pop(0)
    elif words and (meant := _meant(words[0])):
        return _fail(f"{words[0]}: no such command, file or scenario; did you mean `netsandbox {meant}`?", language)
    elif _opens_app(words):
        name = "open"
    elif words and not words[0].startswith("-"):
        name = "run"
    elif not words:
        return _fail("the terminal UI needs a terminal; `netsandbox run NAME` prints a transcript, `netsandbox list` "
                     "the names, and `netsandbox --help` what else there is", language)
    elif not HELP & {*words}:
        parser("open", language).parse_args(words)
        return _fail(f"{words[0]} is for the terminal UI, which needs a terminal; `netsandbox run NAME` prints a "
                     "transcript", language)
    else:
        summaries = [(name, command.summary) for name, command in COMMANDS.items()]
        top = arguments.overview(language, VERSION, summaries)
        top.parse_args([word for word in words if word in HELP])
        top.print_help()
        return 2
    return _carry_out(name, words, language)


def _meant(word: str) -> str:
    """The command that a word nearly is, where it is no scenario."""
    from difflib import get_close_matches

    near = ["open"] if word == "load" else get_close_matches(word, COMMANDS, 1, 0.7)  # which is the prompt's verb
    if not near:
        return ""
    from netsandbox.session.library import find_scenario

    try:
        find_scenario(word)
    except LabError:
        return near[0]
    return ""


def _carry_out(name: str, words: list[str], language: str) -> int:
    gc.set_threshold(100_000, 20, 100)  # the modules of a run make half as many objects, none of them garbage
    atexit.register(gc.freeze)  # and what is left goes with the process: Python would look through all of it
    try:
        return _status(name, words, language)
    except LabError as error:
        return _fail(str(error), language)
    except BrokenPipeError:
        _silence_output()
        return 0
    except OSError as error:
        _silence_output()
        return _fail(f"{error.filename or 'standard output'}: {error.strerror or error}", language, 1)
    except Exception as error:  # noqa: BLE001 - a mistake of ours: the person gets a line, and the log the rest
        from netsandbox.session.failures import log_failure

        where = log_failure(f"netsandbox {' '.join(words)}", error)
        return _fail(f"a mistake of netsandbox itself, {type(error).__name__}: {error} ({where})", language, 1)


def _status(name: str, words: list[str], language: str) -> int:
    if name in USE_FILES:
        from netsandbox.session.leftovers import sweep_at_start

        sweep_at_start()
    if name != "open" and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, _interrupted)
    options = parser(name, language).parse_args(words)
    options.lang = language
    status = COMMANDS[name].run(options)
    sys.stdout.flush()
    return status


def _mend_streams() -> None:
    """A closed stream is an empty one; what an encoding cannot write is shown as a question mark, not refused."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if mode == "r" else "replace")


def _silence_output() -> None:
    """Nobody takes the output any more: what is left in its buffer must not be refused once again at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _opens_app(words: list[str]) -> bool:
    """Whether a line without a command means the terminal UI: on a terminal, unless it asks for help."""
    if words and words[0] in HELP:
        return False
    return sys.stdout.isatty() and sys.stdin.isatty()


def parser(name: str, language: str = "en") -> arguments.Parser:
    """What reads the words behind a command."""
    result = arguments.Parser(f"netsandbox {name}", language)
    COMMANDS[name].takes(result)
    return result


def _fail(message: str, language: str, status: int = 2) -> int:
    from netsandbox.commands.words import printable
    from netsandbox.explain.refusals import translated

    print(f"netsandbox: {printable(translated(message, language))}", file=sys.stderr)
    return status


# -- the commands: what each takes, and what carries it out


def _open(options: argparse.Namespace) -> int:
    gc.disable()  # until the first picture is painted: almost all that is made until then stays
    from netsandbox.tui.start import start

    return start(options)


def _serve(options: argparse.Namespace) -> int:
    from netsandbox.tui.serving.serve import serve

    return serve(options)


def _run(options: argparse.Namespace) -> int:
    from netsandbox import run

    return run.run(options)


def _check(options: argparse.Namespace) -> int:
    from netsandbox.grading import check

    return check.main(options)


def _simulate(options: argparse.Namespace) -> int:
    import json

    from netsandbox.rig.format import KernelLabError, dump
    from netsandbox.rig.performance import simulate
    from netsandbox.session.files import read_bytes, refuse_inputs, write_atomically

    if options.output:
        refuse_inputs(options.output, (options.lab,))
    try:
        spec = json.loads(read_bytes(options.lab, LARGEST_LAB))
    except (ValueError, RecursionError) as error:
        return _fail(f"{options.lab}: not JSON: {error}", options.lang)
    try:
        text = dump(simulate(spec, options.seed))
    except KernelLabError as error:
        return _fail(f"{options.lab}: {error}", options.lang)
    if options.output:
        write_atomically(options.output, text)
    else:
        sys.stdout.write(text)
    return 0


def _bench(options: argparse.Namespace) -> int:
    from netsandbox.bench import workloads
    from netsandbox.explain.benched import benched

    return workloads.main(options, partial(benched, language=options.lang), partial(_fail, language=options.lang))


def _list(options: argparse.Namespace) -> int:
    """Names alone, of which a shell's completion makes words; to a person also what each is about, as one learns."""
    from netsandbox.session import shelf
    from netsandbox.session.library import bundled
    from netsandbox.session.texts import text_in

    if not sys.stdout.isatty():
        print("\n".join(bundled()))
        return 0
    for name in shelf.path(bundled()):
        title = shelf.read(name, shelf.BUNDLED).title
        print(f"{name:<22}  {text_in(title, options.lang)}")
    return 0


def _completion(options: argparse.Namespace) -> int:
    from netsandbox.completion import script

    print(script(options.shell, list(COMMANDS)))
    return 0


class Command(NamedTuple):
    """One subcommand; what it needs is imported when it runs."""

    summary: Both
    takes: Callable[[arguments.Parser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS: dict[str, Command] = {
    "open": Command(("the terminal UI (what netsandbox does without a command)", "终端界面（不写命令就是它）"),
                    arguments.of_open, _open),
    "serve": Command(("the terminal UI in a web browser", "浏览器里的终端界面"), arguments.of_serve, _serve),
    "run": Command(("run a scenario and print its transcript", "运行场景并打印经过"), arguments.of_run, _run),
    "check": Command(("run scenarios and see whether what they expect holds", "运行场景并检查其中的条件是否成立"),
                     arguments.of_check, _check),
    "simulate": Command(("run a kernel lab (JSON) on the simulated stack", "在模拟的协议栈上跑一个内核实验（JSON）"),
                        arguments.of_simulate, _simulate),
    "bench": Command(("measure the workloads whose speed is promised", "测量所承诺的速度"), arguments.of_bench, _bench),
    "list": Command(("list the bundled scenarios", "列出自带的场景"), arguments.of_list, _list),
    "completion": Command(("print a completion script for a shell", "打印某种 shell 的补全脚本"),
                          arguments.of_completion, _completion),
}

if __name__ == "__main__":
    sys.exit(main())
