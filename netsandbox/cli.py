"""The command line: `netsandbox [SCENARIO]`, and one subcommand for each thing that needs no screen.

Exit status: 0 done; 1 a command or an expectation failed; 2 the file or the usage is wrong.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from netsandbox import completion
from netsandbox.session.files import FileError, printable, reason, write_atomically
from netsandbox.session.library import bundled
from netsandbox.session.scenario import ScenarioError

VERSION = "0.1.0"
EXAMPLES = """\
examples:
  netsandbox                                     the terminal UI: a host with Docker and two containers
  netsandbox docker0-ping                        the same with a scenario; without a terminal, its transcript
  netsandbox --recover                           go on where a closed terminal or a crash stopped
  netsandbox run docker0-ping                    a bundled scenario, as a transcript
  netsandbox run my.yaml --pcapng out.pcapng     with a capture for Wireshark
  echo 'docker run -d --name web nginx' | netsandbox run -
  netsandbox check scenarios/*.yaml              whether what they expect holds
  netsandbox simulate lab.json -o result.json    a kernel lab on the simulated stack
  netsandbox bench all                           the promised speeds, measured here
"""

Command = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="netsandbox", epilog=EXAMPLES,
                                  formatter_class=argparse.RawDescriptionHelpFormatter,
                                  description="A network sandbox: container networking that can be seen, stopped, "
                                              "rewound and asked why.")
    top.add_argument("--version", action="version", version=f"netsandbox {VERSION}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _add_open(commands.add_parser("open", help="the terminal UI (what netsandbox does without a command)"))
    serve = commands.add_parser("serve", help="the terminal UI in a web browser")
    _add_open(serve)
    serve.add_argument("--host", default="localhost", help="address to listen at (default: this machine alone)")
    serve.add_argument("--port", type=_port, default=8000, metavar="N")
    run = commands.add_parser("run", help="run a scenario and print its transcript")
    run.add_argument("file", metavar="FILE", help="a scenario file, a bundled name, or - for command lines")
    run.add_argument("--json", action="store_true", help="print one JSON object")
    run.add_argument("--pcapng", metavar="OUT", help="write every frame at every interface to a capture")
    run.add_argument("--trace", action="store_true", help="print every record of the trace as well")
    run.add_argument("--seed", type=_seed, metavar="N", help="instead of the scenario's")
    run.add_argument("--lang", choices=("en", "zh"), default="en", help="language of what the scenario says")
    simulate = commands.add_parser("simulate", help="run a kernel lab (JSON) on the simulated stack")
    simulate.add_argument("lab", metavar="LAB.json")
    simulate.add_argument("-o", dest="output", metavar="RESULT.json", help="default: standard output")
    simulate.add_argument("--seed", type=_seed, default=0, metavar="N")
    bench = commands.add_parser("bench", help="measure the workloads whose speed is promised")
    bench.add_argument("workload", nargs="?", choices=("w1", "w2", "w3", "all"), default="all")
    bench.add_argument("-n", type=_positive, metavar="N", help="containers, or pings for w3")
    bench.add_argument("--json", action="store_true", help="one line of JSON a workload")
    check = commands.add_parser("check", help="run scenarios and see whether what they expect holds")
    check.add_argument("files", nargs="+", metavar="FILE", help="a scenario file or a bundled name")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.add_argument("--junit", metavar="OUT", help="write JUnit XML as well")
    check.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the report")
    commands.add_parser("list", help="list the bundled scenarios")
    shell = commands.add_parser("completion", help="print a completion script for a shell")
    shell.add_argument("shell", choices=completion.SHELLS)
    return top


def _add_open(opening: argparse.ArgumentParser) -> None:
    opening.add_argument("scenario", nargs="?", default="", metavar="SCENARIO", help="a bundled name or a file")
    opening.add_argument("--recover", action="store_true", help="go on with the session that was left last")
    opening.add_argument("--lang", choices=("en", "zh"), help="default: as the locale says")
    opening.add_argument("--ascii", action="store_true", help="no characters beyond ASCII")
    opening.add_argument("--theme", default="", metavar="NAME", help="one of Textual's themes, as textual-light")
    opening.add_argument("--reduced-motion", action="store_true", help="frames do not travel")
    opening.add_argument("--seed", type=_seed, metavar="N", help="instead of the scenario's")


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if _opens_app(words):
        words = ["open", *words]
    elif words and not words[0].startswith("-") and words[0] not in COMMANDS:
        words = ["run", *words]
    options = parser().parse_args(words)
    if options.command is None:
        parser().print_help()
        return 2
    gc.set_threshold(50_000, 20, 100)
    try:
        status = COMMANDS[options.command](options)
        sys.stdout.flush()
        return status
    except (ScenarioError, FileError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _opens_app(words: list[str]) -> bool:
    """Whether a line without a command means the terminal UI: on a terminal, unless it asks for help."""
    if words and (words[0] in COMMANDS or words[0] in ("-h", "--help", "--version")):
        return False
    return sys.stdout.isatty() and sys.stdin.isatty()


def _open(options: argparse.Namespace) -> int:
    from netsandbox.tui.start import start

    return start(options)


def _serve(options: argparse.Namespace) -> int:
    from netsandbox.tui.serve import serve

    return serve(options)


def _fail(message: str) -> int:
    print(f"netsandbox: {printable(message)}", file=sys.stderr)
    return 2


def _run(options: argparse.Namespace) -> int:
    from netsandbox import run

    return run.run(options)


def _simulate(options: argparse.Namespace) -> int:
    from netsandbox.session.kernel_actions import simulate
    from netsandbox.session.kernel_lab import KernelLabError, dump

    try:
        spec = json.loads(Path(options.lab).read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(options.lab, reason(error)) from None
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


def _bench(options: argparse.Namespace) -> int:
    from netsandbox import bench

    return bench.main(options)


def _check(options: argparse.Namespace) -> int:
    from netsandbox import check

    return check.main(options)


def _list(_options: argparse.Namespace) -> int:
    print("\n".join(bundled()))
    return 0


def _completion(options: argparse.Namespace) -> int:
    print(completion.script(options.shell, list(COMMANDS)))
    return 0


COMMANDS: dict[str, Command] = {"open": _open, "serve": _serve, "run": _run, "check": _check,
                                "simulate": _simulate, "bench": _bench, "list": _list, "completion": _completion}

if __name__ == "__main__":
    sys.exit(main())
