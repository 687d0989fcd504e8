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
from types import FrameType
from typing import NamedTuple

from netsandbox.lab.errors import LabError

VERSION = "0.1.0"
LARGEST_LAB = 64 << 20
"""Bytes of a kernel lab."""
EXAMPLES = """\
examples:
  netsandbox                                     the terminal UI: a host with Docker and two containers
  netsandbox docker0-ping                        the same with a scenario; without a terminal, its transcript
  netsandbox --recover                           go on where a closed terminal or a crash stopped
  netsandbox run docker0-ping                    a bundled scenario, as a transcript
  netsandbox run my.yaml --pcapng out.pcapng     with a capture for Wireshark
  echo 'docker run -d --name web nginx' | netsandbox run -
  netsandbox check scenarios/*.yaml              whether what they expect holds
  netsandbox check goal.yaml --session work/*    whether it holds where saved sessions end
  netsandbox simulate lab.json -o result.json    a kernel lab on the simulated stack
  netsandbox bench all                           the promised speeds, measured here
"""



USE_FILES = frozenset({"open", "run", "check", "simulate", "serve"})
HELP = frozenset({"-h", "--help", "--version"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    try:
        _mend_streams()
        return _main(list(sys.argv[1:] if arguments is None else arguments))
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
    if words and words[0] in COMMANDS:
        name = words.pop(0)
    elif words and (meant := _meant(words[0])):
        return _fail(f"{words[0]}: no such command, file or scenario; did you mean `netsandbox {meant}`?")
    elif _opens_app(words):
        name = "open"
    elif words and not words[0].startswith("-"):
        name = "run"
    elif not words:
        return _fail("the terminal UI needs a terminal; `netsandbox run NAME` prints a transcript, `netsandbox list` "
                     "the names, and `netsandbox --help` what else there is")
    elif not HELP & {*words}:
        parser("open").parse_args(words)
        return _fail(f"{words[0]} is for the terminal UI, which needs a terminal; `netsandbox run NAME` prints a "
                     "transcript")
    else:
        overview().parse_args(words)
        overview().print_help()
        return 2
    return _carry_out(name, words)


def _meant(word: str) -> str:
    """The command that a word nearly is, where it is no scenario."""
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1, 0.7)
    if not near:
        return ""
    from netsandbox.session.library import find_scenario

    try:
        find_scenario(word)
    except LabError:
        return near[0]
    return ""


def _carry_out(name: str, words: list[str]) -> int:
    gc.set_threshold(100_000, 20, 100)  # the modules of a run make half as many objects, none of them garbage
    language = "en"
    atexit.register(gc.freeze)  # and what is left goes with the process: Python would look through all of it
    try:
        if name in USE_FILES:
            from netsandbox.session.leftovers import sweep_at_start

            sweep_at_start()
        if name != "open" and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, _interrupted)
        options = parser(name).parse_args(words)
        if "lang" in options:
            language = options.lang = options.lang or _locale_language()
        status = COMMANDS[name].run(options)
        sys.stdout.flush()
        return status
    except LabError as error:
        from netsandbox.explain.refusals import translated

        return _fail(translated(str(error), language))
    except BrokenPipeError:
        _silence_output()
        return 0
    except OSError as error:
        _silence_output()
        return _fail(f"{error.filename or 'standard output'}: {error.strerror or error}", 1)
    except Exception as error:  # noqa: BLE001 - a mistake of ours: the person gets a line, and the log the rest
        from netsandbox.session.failures import log_failure

        where = log_failure(f"netsandbox {' '.join(words)}", error)
        return _fail(f"a mistake of netsandbox itself, {type(error).__name__}: {error} ({where})", 1)


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


def overview() -> argparse.ArgumentParser:
    """What reads a line that names no command."""
    top = argparse.ArgumentParser(prog="netsandbox", epilog=EXAMPLES,
                                  formatter_class=argparse.RawDescriptionHelpFormatter,
                                  description="A network sandbox: container networking that can be seen, stopped, "
                                              "rewound and asked why.")
    top.add_argument("--version", action="version", version=f"netsandbox {VERSION}")
    commands = top.add_subparsers(metavar="COMMAND")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.summary)
    return top


def parser(name: str) -> argparse.ArgumentParser:
    """What reads the words behind a command."""
    result = argparse.ArgumentParser(prog=f"netsandbox {name}")
    COMMANDS[name].add_arguments(result)
    return result


def _fail(message: str, status: int = 2) -> int:
    from netsandbox.commands.words import printable

    print(f"netsandbox: {printable(message)}", file=sys.stderr)
    return status


# -- the commands: what each takes, and what carries it out


def _open_arguments(to: argparse.ArgumentParser) -> None:
    _app_arguments(to)
    to.add_argument("--recover", action="store_true", help="go on with the session that was left last")
    to.add_argument("--only-below", default="", metavar="DIR", help=argparse.SUPPRESS)  # what serve gives a visitor
    _writes_arguments(to)


def _app_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("scenario", nargs="?", default="", metavar="SCENARIO", help="a bundled name or a file")
    _language_arguments(to, "language of all that the app says")
    to.add_argument("--ascii", action="store_true", help="no characters beyond ASCII")
    to.add_argument("--theme", default="", metavar="NAME", help="one of Textual's themes, as textual-light")
    to.add_argument("--reduced-motion", action="store_true", help="frames do not travel")
    to.add_argument("--seed", type=_seed, metavar="N", help="instead of the scenario's")
    _uplink_arguments(to)


def _language_arguments(to: argparse.ArgumentParser, what: str) -> None:
    to.add_argument("--lang", choices=("en", "zh"), help=f"{what} (default: as the locale says)")


def _locale_language() -> str:
    from netsandbox.explain.words import locale_language

    return locale_language()


def _uplink_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("--uplink", type=_lan, metavar="NETWORK",
                    help="the default host's LAN, with a router to the internet (default: the scenario's)")
    to.add_argument("--no-uplink", dest="uplink", action="store_const", const="", help="a host on its own")


def _lan(text: str) -> str:
    from netsandbox.lab.uplink import parse_lan

    try:
        return str(parse_lan(text))
    except LabError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _open(options: argparse.Namespace) -> int:
    gc.disable()  # until the first picture is painted: almost all that is made until then stays
    from netsandbox.tui.start import start

    return start(options)


def _writes_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("--allow-writes", default="", metavar="DIR",
                    help="let lines of scenarios (save, export) write files below DIR; without it they write none")


def _serve_arguments(to: argparse.ArgumentParser) -> None:
    _app_arguments(to)
    to.add_argument("--host", default="localhost", help="address to listen at (default: this machine alone)")
    to.add_argument("--port", type=_port, default=8000, metavar="N")
    to.add_argument("--visitors", type=_positive, default=8, metavar="N", help="how many at a time (default: 8)")
    to.add_argument("--idle", type=_positive, default=60, metavar="MINUTES",
                    help="how long one may do nothing (default: 60)")


def _serve(options: argparse.Namespace) -> int:
    from netsandbox.tui.serve import serve

    return serve(options)


def _run_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", metavar="FILE", help="a scenario file, a bundled name, or - for command lines")
    to.add_argument("--json", action="store_true", help="print one JSON object")
    to.add_argument("--pcapng", metavar="OUT", help="write every frame at every interface to a capture")
    to.add_argument("--trace", action="store_true", help="print every record of the trace as well")
    _writes_arguments(to)
    to.add_argument("--seed", type=_seed, metavar="N", help="instead of the scenario's")
    _language_arguments(to, "language of what the scenario says")
    _uplink_arguments(to)


def _run(options: argparse.Namespace) -> int:
    from netsandbox import run

    return run.run(options)


def _check_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("files", nargs="+", metavar="FILE", help="a scenario file or a bundled name")
    to.add_argument("--session", nargs="+", default=[], metavar="SAVED",
                    help="saved sessions, each of which is judged: only the expect lines of FILE count, where it ends")
    to.add_argument("--json", action="store_true", help="print one JSON object")
    to.add_argument("--junit", metavar="OUT", help="write JUnit XML as well")
    _language_arguments(to, "language of the report")


def _check(options: argparse.Namespace) -> int:
    from netsandbox.grading import check

    return check.main(options)


def _simulate_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("lab", metavar="LAB.json")
    to.add_argument("-o", dest="output", metavar="RESULT.json", help="default: standard output")
    to.add_argument("--seed", type=_seed, default=0, metavar="N")


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
        return _fail(f"{options.lab}: not JSON: {error}")
    try:
        text = dump(simulate(spec, options.seed))
    except KernelLabError as error:
        return _fail(f"{options.lab}: {error}")
    if options.output:
        write_atomically(options.output, text)
    else:
        sys.stdout.write(text)
    return 0


def _bench_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("workload", nargs="?", default="all", help="default: w1, w2, w3 and w4",
                    choices=("w1", "w2", "w3", "w4", "bulk", "build", "lines", "cold", "vlans", "vteps", "ports",
                             "copy", "log", "back", "floor", "all"))
    to.add_argument("-n", type=_positive, metavar="N",
                    help="containers, pings for w3 and log, connections for w4, MB for bulk")
    to.add_argument("--json", action="store_true", help="one line of JSON a workload")


def _bench(options: argparse.Namespace) -> int:
    from netsandbox.bench import workloads

    return workloads.main(options)


def _list(_options: argparse.Namespace) -> int:
    from netsandbox.session.library import bundled

    print("\n".join(bundled()))
    return 0


def _completion_arguments(to: argparse.ArgumentParser) -> None:
    from netsandbox.completion import SHELLS

    to.add_argument("shell", choices=SHELLS)


def _completion(options: argparse.Namespace) -> int:
    from netsandbox.completion import script

    print(script(options.shell, list(COMMANDS)))
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:6]) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text!r} is not a seed (a whole number from 0)")
    return int(text)


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 10000000")
    return int(text)


class Command(NamedTuple):
    """One subcommand; what it needs is imported when it runs."""

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS: dict[str, Command] = {
    "open": Command("the terminal UI (what netsandbox does without a command)", _open_arguments, _open),
    "serve": Command("the terminal UI in a web browser", _serve_arguments, _serve),
    "run": Command("run a scenario and print its transcript", _run_arguments, _run),
    "check": Command("run scenarios and see whether what they expect holds", _check_arguments, _check),
    "simulate": Command("run a kernel lab (JSON) on the simulated stack", _simulate_arguments, _simulate),
    "bench": Command("measure the workloads whose speed is promised", _bench_arguments, _bench),
    "list": Command("list the bundled scenarios", lambda _to: None, _list),
    "completion": Command("print a completion script for a shell", _completion_arguments, _completion),
}

if __name__ == "__main__":
    sys.exit(main())
