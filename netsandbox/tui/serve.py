"""`netsandbox serve`: the app in a web browser, by textual-serve."""

from __future__ import annotations

import argparse
import os
import shlex
import sys

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EXPOSES = """\
Everyone who can reach {where} gets a lab of their own: no password, no encryption.
Its commands stay in the simulation, but `save` and `pcap` write files as the user {user}."""


def serve(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; 2 when textual-serve is not installed."""
    try:
        from textual_serve.server import Server
    except ImportError:
        print("netsandbox: serve needs textual-serve:  pip install 'netsandbox[web]'", file=sys.stderr)
        return 2
    where = f"http://{arguments.host}:{arguments.port}"
    user = os.environ.get("USER") or str(os.getuid() if hasattr(os, "getuid") else "")
    print(EXPOSES.format(where=where, user=user))
    if arguments.host not in LOOPBACK:
        print(f"Warning: {arguments.host} can be reached from other machines.", file=sys.stderr)
    server = Server(command(arguments), host=arguments.host, port=arguments.port, title="netsandbox")
    server.serve()
    return 0


def command(arguments: argparse.Namespace) -> str:
    """The command line that each browser's app is started with."""
    words = [sys.executable, "-m", "netsandbox", "open"]
    if arguments.scenario:
        words.append(arguments.scenario)
    flags = ("recover", "ascii", "reduced_motion")
    words += ["--" + flag.replace("_", "-") for flag in flags if getattr(arguments, flag)]
    for option in ("lang", "theme", "seed"):
        value = getattr(arguments, option)
        if value not in (None, ""):
            words += ["--" + option, str(value)]
    if arguments.uplink is not None:
        words += ["--uplink", arguments.uplink] if arguments.uplink else ["--no-uplink"]
    return shlex.join(words)
