"""`netsandbox open`: the options of the command line, its language, and the app."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import suppress
from typing import TextIO

from netsandbox.session.leftovers import state_directory
from netsandbox.session.library import check_name
from netsandbox.session.owner import latest
from netsandbox.tui.i18n import set_language, tr
from netsandbox.tui.options import Options


def start(arguments: argparse.Namespace) -> int:
    """Run the app to its end; returns the exit status."""
    missing = "" if "TEXTUAL_DRIVER" in os.environ else what_is_missing()
    if missing:
        from netsandbox.explain.refusals import translated

        where = sys.stdout if sys.stdout.isatty() and not sys.stderr.isatty() else sys.stderr
        return _refused(translated(f"{missing}; `netsandbox run SCENARIO` needs none of this", arguments.lang), where)
    if arguments.only_below:
        _stay_below(arguments)
    set_language(arguments.lang)
    if arguments.recover and latest(state_directory()) is None:
        return _refused(tr("recover.none", where=state_directory()), sys.stderr)
    if not arguments.recover:
        check_name(arguments.scenario)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the app has its own: a KeyboardInterrupt may be lost
    from netsandbox.tui.launch import launch

    return launch(options_of(arguments))


def _refused(text: str, where: TextIO) -> int:
    """Say in the shell why nothing is opened."""
    print(f"netsandbox: {text}", file=where)
    return 2


DUMB = frozenset({"", "dumb", "unknown"})
MOST_MEMORY = 2 << 30  # Bytes of address space for a visitor's app


def _stay_below(arguments: argparse.Namespace) -> None:
    """A visitor's directory is where everything is kept, the program's own files too; a broken connection is mended."""
    os.chdir(arguments.only_below)
    os.environ["XDG_STATE_HOME"] = os.path.join(arguments.only_below, ".state")
    arguments.recover = latest(state_directory()) is not None
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def what_is_missing() -> str:
    """What the terminal UI needs and has not; empty when it can begin.  It paints on standard error."""
    streams = (("input", sys.stdin), ("output", sys.stdout), ("error", sys.stderr))
    elsewhere = [name for name, stream in streams if not stream.isatty()]
    if elsewhere:
        return f"the terminal UI needs a terminal, which standard {elsewhere[0]} is not"
    term = os.environ.get("TERM", "")
    if os.name == "posix" and term in DUMB:
        return f"the terminal UI needs a terminal that can move its cursor, which TERM={term} cannot"
    return ""


def options_of(arguments: argparse.Namespace) -> Options:
    """The options of a parsed command line."""
    return Options(scenario=arguments.scenario, recover=arguments.recover, ascii=arguments.ascii, theme=arguments.theme,
                   still=arguments.reduced_motion, seed=arguments.seed, uplink=arguments.uplink,
                   allow_writes=arguments.allow_writes, root=arguments.only_below and ".")
