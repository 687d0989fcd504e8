"""`netsandbox serve`: the app in a web browser, by textual-serve, behind a door of our own (tui.door)."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from ipaddress import ip_address

from netsandbox.commands.words import printable
from netsandbox.engine.chance import secret
from netsandbox.explain.refusals import translated
from netsandbox.explain.words import said
from netsandbox.session.files import reason
from netsandbox.session.leftovers import state_directory
from netsandbox.session.library import check_name

BANNER = ("""\
netsandbox is served at
  {address}
Whoever has this address gets a lab, as long as this program runs; nobody else does. There is no encryption.
A lab's `save` and `export` write, and its `load` reads, only below {directory}/VISITOR.
At most {visitors} at a time; one who does nothing for {idle} minutes is let go. Ctrl+C ends it.""", """\
netsandbox 的地址是
  {address}
在本程序运行期间，知道这个地址的人都能打开一个实验网络，别人不能。没有加密。
实验网络里的 `save`、`export` 只写到 {directory}/VISITOR 之下，`load` 也只读那里。
同时最多 {visitors} 人；{idle} 分钟不操作就断开。按 Ctrl+C 结束。""")
WARNING = ("Warning: {host} can be reached from other machines, and what is sent can be read on the way.",
           "警告：别的机器也能访问 {host}，传送的内容在路上可以被看到。")


def serve(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; 2 when textual-serve is not installed, or nobody can listen there."""
    try:
        from netsandbox.tui.serving.door import Door, Rules
    except ImportError:
        _complain("serve needs textual-serve: pip install 'netsandbox[web]'", arguments.lang)
        return 2
    check_name(arguments.scenario)
    rules = Rules(arguments.host, arguments.port, secret(), arguments.visitors, arguments.idle * 60,
                  state_directory() / "visitors", "light" in (arguments.theme or ""))
    shown = "localhost" if is_everywhere(arguments.host) else arguments.host
    shown = f"[{shown}]" if ":" in shown else shown
    print(said(BANNER, arguments.lang).format(address=f"http://{shown}:{arguments.port}/?token={rules.token}",
                                              directory=rules.directory, visitors=rules.visitors, idle=arguments.idle),
          flush=True)
    if not is_loopback(arguments.host):
        print(said(WARNING, arguments.lang).format(host=printable(arguments.host)), file=sys.stderr, flush=True)
    try:
        Door(rules, command(arguments)).serve()
    except OSError as error:
        _complain(f"cannot listen at {printable(arguments.host)}:{arguments.port}: {reason(error)}", arguments.lang)
        return 2
    return 0


def _complain(text: str, language: str) -> None:
    print(f"netsandbox: {translated(text, language)}", file=sys.stderr)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_everywhere(host: str) -> bool:
    """Whether it means all addresses of the machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def command(arguments: argparse.Namespace) -> str:
    """The command line that each browser's app is started with; the door adds the visitor's directory."""
    words = [sys.executable, "-m", "netsandbox", "open"]
    if arguments.scenario:
        is_file = os.path.isfile(arguments.scenario)
        words.append(os.path.abspath(arguments.scenario) if is_file else arguments.scenario)
    words += ["--" + flag.replace("_", "-") for flag in ("ascii", "reduced_motion") if getattr(arguments, flag)]
    for option in ("lang", "theme", "seed"):
        value = getattr(arguments, option)
        if value not in (None, ""):
            words += ["--" + option, str(value)]
    if arguments.uplink is not None:
        words += ["--uplink", arguments.uplink] if arguments.uplink else ["--no-uplink"]
    return shlex.join(words)
