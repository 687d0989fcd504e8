"""`flow`: the connections of the lab, one of them segment by segment, and what it carried; diagrams of any frames."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs import flow_text, sequence_text
from netsandbox.commands.verbs.sequence_svg import svg
from netsandbox.explain.frame_words import words_in
from netsandbox.explain.verdicts import drop_words
from netsandbox.explain.words import Both
from netsandbox.lab import views
from netsandbox.lab.flows import Flow, end_name, flows
from netsandbox.lab.frame_log import whole_ways
from netsandbox.lab.log_filter import validate
from netsandbox.lab.log_match import compile_filter, names_of
from netsandbox.lab.names import Namer
from netsandbox.lab.sequence import Sequence, of_flow, of_rows

VIEWS = {"text": flow_text.text, "hex": flow_text.hexdump}
NOTES: dict[str, Both] = {"segments": ("arrows between both ends", "两端之间的箭头"),
                          "text": ("what was carried, as lines", "传送的内容，按行显示"),
                          "hex": ("what was carried, as bytes", "传送的内容，按字节显示")}
MOST_ARROWS = 2000  # Of a diagram: the newest ones


@verb("flow", ("TCP connections, what they carried, and diagrams of who sends what to whom",
               "TCP 连接、传送的内容，以及谁向谁发送什么的时序图"),
      Parameter("which", kinds.WORDS, required=False),
      Parameter("view", kinds.choice("segments", *VIEWS, notes=NOTES), required=False),
      Parameter("frames", kinds.FILTER, "--frames"), Parameter("svg", kinds.FILE, "--svg"),
      Parameter("file", kinds.FILE, "--text"), Parameter("force", option="--force", is_flag=True, default=False),
      details=(("flow: a line for each connection that the log still knows. flow N, or flow ADDRESS:PORT for the "
                "newest one of that end: its segments as arrows between client and server, with what each carries and "
                "acknowledges, counted in bytes from the first; a cross marks one that was dropped, with the reason. "
                "flow N text: the bytes that were carried, the client's lines behind >, the server's behind <. "
                "flow N hex: the same as bytes. What NAT rewrites is a connection of its own on each side of it. "
                "flow --frames FILTER: the same diagram of all frames that pass a filter of the log, an arrow for the "
                "way of each. --svg writes the diagram as a picture, --text what would be printed."),
               ("flow：还记得的每个连接一行。flow N，或 flow ADDRESS:PORT 表示那一端最新的连接：以客户端与服务器"
                "之间的箭头显示各个报文段，写出它带了什么、确认了什么，按字节从头数起；叉号表示被丢弃的，附上原因。"
                "flow N text：传送的字节，客户端的行前面是 >，服务器的是 <。flow N hex：同样的内容，以字节显示。经过 "
                "NAT 改写的，在两侧各算一个连接。flow --frames FILTER：符合过滤条件的所有帧的同样的图，每个帧的路程"
                "一个箭头。--svg 把图写成图片，--text 写出会打印的内容。")),
      examples=(("flow", "the connections", "各个连接"), ("flow 1", "the first one's segments", "第一个连接的报文段"),
                ("flow 172.17.0.2:80 text", "what was said to port 80", "对 80 端口说了什么"),
                ('flow --frames "arp or icmp"', "who asked and who answered", "谁问了，谁答了"),
                ("flow 1 --svg handshake.svg", "a picture of the first one", "第一个连接的图片")),
      group="look", effect=Effect.LOOK)
def flow(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    found = flows(shell.lab.trace)
    which, view = values["which"], values["view"] or "segments"
    if values["frames"] is not None:
        if which is not None:
            raise CommandError("flow: either a connection or --frames")
        sequence, title = _of_frames(shell, values["frames"]), values["frames"]
        lines = sequence_text.text(sequence)
        if not sequence.arrows and (values["svg"] or values["file"]):
            raise CommandError("flow: no frame passes the filter, so that nothing was written", 1)
    elif which is None:
        if values["svg"] is not None:
            raise CommandError("flow: a picture of what? `flow 1 --svg FILE`, or with --frames FILTER")
        sequence, title = Sequence((), ()), ""
        lines = flow_text.listing(found, shell.language) if found else [
            shell.say("no connection so far; `curl http://ADDRESS/` makes one")]
    else:
        chosen = _chosen(found, which)
        sequence, title = of_flow(chosen, flow_text.label, Namer(shell.lab).of_address, shell.say("again"),
                                  partial(drop_words, language=shell.language)), chosen.name
        lines = sequence_text.text(sequence) if view not in VIEWS else VIEWS[view](chosen)
        if len(lines) == 1:  # that nothing was carried
            lines = [shell.say(lines[0])]
    _put(shell, job, values, {values["svg"]: lambda: svg(sequence, title),
                              values["file"]: lambda: "\n".join(lines) + "\n"}, lines)


def _put(shell: Shell, job: Job, values: dict[str, Any], files: dict[str, Callable[[], str]], lines: list[str]) -> None:
    """Into the files that are named, else on the screen."""
    for path in filter(None, files):
        _write(shell, path, files[path](), values["force"])
        job.print(shell.say(f"written to {path}"))
    if not any(files):
        for line in lines:
            job.print(line)
    job.finish()


def _write(shell: Shell, path: str, text: str, force: bool) -> None:
    if shell.write_file is None:
        raise CommandError("flow: there is no session here that could write files", 1)
    if text.startswith("<svg") and (suffix := Path(path).suffix.lower()) not in ("", ".svg"):
        raise CommandError(f"flow: --svg writes SVG, and {suffix} is no name for it: {path.removesuffix(suffix)}.svg")
    shell.write_file(path, text.encode(), force)


def _of_frames(shell: Shell, text: str) -> Sequence:
    """The frames that pass a filter of the log (CommandError: it is none)."""
    error = validate(text)
    if error is not None:
        raise CommandError(f"flow: {error.message}")
    passes = compile_filter(text, names_of(views.interfaces(shell.lab)))
    found = of_rows(whole_ways(shell.lab, shell.lab.trace.first, passes), partial(drop_words, language=shell.language),
                    words_in(shell.language))
    return found._replace(arrows=found.arrows[-MOST_ARROWS:])


def _chosen(found: list[Flow], which: str) -> Flow:
    """A flow by its number or one of its ends (CommandError: there is none)."""
    if which.isascii() and which.isdecimal() and 0 < int(which) <= len(found):
        return found[int(which) - 1]
    for one in reversed(found):
        if which in (end_name(one.client), end_name(one.server)):
            return one
    there = f"there are 1 to {len(found)}" if found else "there is none so far"
    raise CommandError(f"no connection {which[:40]!r}: {there}; `flow` lists them")
