"""Conditions on programs and containers: what they printed, how they ended, what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher

from netsandbox.apps.pattern import PatternError, compile_pattern
from netsandbox.commands.expect.compare import Comparison, comparison
from netsandbox.commands.expect.condition import Test, UnfoundedError, Verdict, condition
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import Reader, Word
from netsandbox.docker.container import Container
from netsandbox.explain.refusals import is_own, translated
from netsandbox.explain.sniffed import sniffed
from netsandbox.lab import views
from netsandbox.lab.errors import LabError

STATES = ("running", "exited", "created", "restarting", "absent")
LINES = 6  # Lines of output that a message repeats
COMPARED = 200  # Lines among which the nearest one is looked for


class Wanted:
    """A text or a pattern that is looked for in lines."""

    def __init__(self, reader: Reader) -> None:
        self.how = reader.choose("contains or matches", ("contains", "matches"))
        word = reader.take("a text" if self.how == "contains" else "a regular expression")
        self.text = word.text
        try:
            self._pattern = compile_pattern(self.text) if self.how == "matches" else None
        except PatternError as error:
            raise reader.wrong(str(error), word) from None

    def find(self, text: str) -> str | None:
        """The line in which it is, or None; a text of several lines is found as a whole."""
        if self._pattern is not None:
            return self._pattern.first_line(text)
        if self.text not in text:
            return None
        return next((line for line in text.splitlines() if self.text in line), self.text)


_HEX = re.compile(r"\^\[0-9a-f\]\{(\d+)\}\$")


def as_words(pattern: str, say: Callable[..., str]) -> str:
    """What lines look like that a pattern matches: “veth… master docker0”, or the pattern where that says nothing."""
    digits = _HEX.fullmatch(pattern)
    if digits is not None:
        return say("output.digits", count=digits[1])
    told = re.sub(r"\\s[+*]?| [+*]", " ", pattern.removeprefix("^").removesuffix("$"))
    told = re.sub(r"(?:(?<!\\)(?:\.[*+]|\[[^]]+\](?:[*+?]|\{[^}]*\})?))+", "…", told)
    told = re.sub(r"\\(\W)", r"\1", told)
    return f"“{told}”" if re.search(r"\w", told) else say("output.pattern", text=pattern)


def _searched(context: Context, wanted: Wanted, text: str, expected: str, empty: str) -> Verdict:
    """The verdict on a search."""
    say, line = context.say, wanted.find(text)
    if line is not None:
        return Verdict(True, expected, say("output.line", text=line.strip()))
    lines = [line for line in text.splitlines() if line.strip()][:COMPARED]
    if not lines:
        return Verdict(False, expected, say(empty))
    nearest = max(lines, key=lambda line: _likeness(wanted.text, line))
    if 2 * _likeness(wanted.text, nearest) < len(wanted.text):
        rest = " …" if len(lines) > 1 else ""
        return Verdict(False, expected, say("output.other", text=lines[0].strip() + rest))
    return Verdict(False, expected, say("output.nearest", text=nearest.strip()))


def _likeness(wanted: str, line: str) -> int:
    """Characters in a row that a line has of a text."""
    return SequenceMatcher(None, wanted[:200], line[:200], autojunk=False).find_longest_match().size


# -- the last command line


@condition(
    "output", "output [of LINE] [contains TEXT|matches REGEX]",
    summary=(("What the last command line printed, errors included, contains this text or has a line that matches. "
              "Alone: it printed anything. LINE is how an earlier line begins, such as one that runs in the "
              "background."),
             ("上一行命令打印的内容（包括错误）含有这段文字，或有一行匹配。单独使用：它打印了任意内容。LINE 是更早一"
              "行命令的开头，例如在后台运行的那一行。")),
    examples=(("output contains '0% packet loss'", "every ping was answered", "每次 ping 都得到回答"),
              ("output matches '^inet 172\\.17'", "a line by a regular expression", "用正则表达式匹配一行"),
              ("output of 'sniff pc3' contains icmp", "the line before the last, begun with &", "用 & 启动的那一行"),
              ("no output", "it said nothing, as successful commands do", "什么都没有说，成功的命令就是这样")),
    of_event=True)
def _output(reader: Reader) -> Test:
    beginning = _beginning(reader)
    wanted = None if reader.is_done else Wanted(reader)
    return lambda context: _printed(context, beginning, wanted)


def _beginning(reader: Reader) -> str:
    """`of LINE`."""
    return reader.take("how a command line begins").text if reader.accept("of") else ""


def _to_come(context: Context, beginning: str) -> str:
    """What to call a line that was not typed yet."""
    return f"`{beginning} …`" if beginning else context.say("output.yours")


def _as_seen(text: str, language: str) -> str:
    """What a line is to print, as the reader has it before them."""
    return (sniffed(text) if language == "zh" else None) or translated(text, language)


def _printed(context: Context, beginning: str, wanted: Wanted | None) -> Verdict:
    say = context.say
    how = f"output.{wanted.how if wanted is not None else 'any'}"
    sought = "" if wanted is None else (
        _as_seen(wanted.text, context.shell.language) if wanted.how == "contains" else as_words(wanted.text, say))
    context.wish = context.expects(how, line=_to_come(context, beginning), text=sought)
    job = context.last(beginning)
    text, line = context.in_english("".join(text for _stream, text in job.output)), f"`{job.line.strip()}`"
    if wanted is not None:
        expected = context.expects(how, line=line, text=sought)
        return _searched(context, wanted, text, expected, "output.empty")
    found = " / ".join(text.strip().splitlines()[:LINES])
    shown = say("output.text", text=found) if found else say("output.empty")
    return Verdict(bool(text), context.expects("output.any", line=line), shown)


@condition(
    "exit", "exit CODE [of LINE]",
    summary=(("The exit status of the last command line, or of the last one that begins with LINE: 0, 1, != 0. A "
              "condition is no command line: beside `reach`, `exit` is still about the line before them."),
             ("上一行命令的退出码，或最近一行以 LINE 开头的命令的：0、1、!= 0。条件不是命令行：与 `reach` 并列时，"
              "`exit` 说的仍是它们之前的那一行。")),
    examples=(("exit 0", "it succeeded", "成功"),
              ("exit 125", "docker itself refused", "docker 自己拒绝了")),
    of_event=True)
def _exit(reader: Reader) -> Test:
    code, beginning = comparison(reader, "an exit status"), _beginning(reader)
    return lambda context: _ended(context, code, beginning)


def _ended(context: Context, code: Comparison, beginning: str) -> Verdict:
    say = context.say
    key, count = "exit.0" if code == Comparison("=", 0) else "exit", code.status(say)
    context.wish = context.expects(key, line=_to_come(context, beginning), count=count)
    job = context.last(beginning)
    line = f"`{job.line.strip()}`"
    if job.code is None:
        raise UnfoundedError(say("still-running", line=job.line.strip()))
    said = job.err.strip().splitlines()
    said = [line for line in said if not is_own(line)] or said  # a note may come before what failed
    found = say("exit.said", code=str(job.code), text=said[0]) if said else say("exit.found", code=str(job.code))
    if key == "exit.0" and job.code:
        found = say("exit.failed", found=found)
    return Verdict(code.holds(job.code), context.expects(key, line=line, count=count), found)


# -- containers


def _container(context: Context, name: str) -> Container:
    try:
        return context.lab.container(name)[1]
    except LabError:
        known = [container.name for _host, container in context.lab.containers()]
        raise UnfoundedError(context.say("no-container", name=name, near=context.near(name, known))) from None


@condition(
    "state", "state CONTAINER running|created|exited|restarting|absent [CODE]",
    summary=("What `docker ps -a` says of a container; CODE is its program's exit status.",
             "`docker ps -a` 对容器的描述；CODE 是它的程序的退出码。"),
    examples=(("state nginx-1 running", "it runs", "在运行"),
              ("state nginx-2 exited 1", "its program gave up", "它的程序放弃了")))
def _state(reader: Reader) -> Test:
    name = reader.take("CONTAINER").text
    state = reader.choose("a state", STATES)
    code = comparison(reader, "an exit status") if not reader.is_done else None
    return lambda context: _is_state(context, name, state, code)


def _is_state(context: Context, name: str, state: str, code: Comparison | None) -> Verdict:
    say = context.say
    rows = {row.name: row for row in views.nodes(context.lab) if row.kind == "container"}
    if state == "absent":
        found = say("state", name=name, state=say(f"state.{rows[name].state}"), code="") if name in rows else \
            say("state.absent", name=name)
        return Verdict(name not in rows, context.expects("state.absent", name=name), found)
    wished = say("state.code", code=code.status(say)) if code else ""
    context.wish = context.expects("state", name=name, state=say(f"state.{state}"), code=wished)
    container = _container(context, name)
    has_code = say("state.code", code=str(container.code)) if container.state == "exited" else ""
    holds = container.state == state and (code is None or code.holds(container.code))
    return Verdict(holds, context.wish, say("state", name=name, state=say(f"state.{container.state}"), code=has_code))


@condition(
    "log", "log CONTAINER contains TEXT|matches REGEX",
    summary=("What `docker logs CONTAINER` shows.", "`docker logs CONTAINER` 显示的内容。"),
    examples=(("log nginx-2 contains 'Address already in use'", "why it gave up", "它为什么放弃"),))
def _log(reader: Reader) -> Test:
    name = reader.take("CONTAINER").text
    wanted = Wanted(reader)
    return lambda context: _logged(context, name, wanted)


def _logged(context: Context, name: str, wanted: Wanted) -> Verdict:
    text = wanted.text if wanted.how == "contains" else as_words(wanted.text, context.say)
    context.wish = context.expects(f"log.{wanted.how}", name=name, text=text)
    text = "\n".join(line.text for line in _container(context, name).log)
    return _searched(context, wanted, text, context.wish, "log.empty")


# -- ports


@condition(
    "port", "port NODE PORT[/udp] held by NAME", "port NODE PORT[/udp] free",
    summary=("Who listens on a TCP (or UDP) port of NODE: a program or the container that runs it; or nobody.",
             "谁在 NODE 的 TCP（或 UDP）端口上监听：一个程序，或运行它的容器；或者没有人。"),
    examples=(("port host 80 held by nginx-host",
               "the container's nginx has the host's port 80",
               "容器的 nginx 占用宿主机的 80 端口"),
              ("port nginx-1 8080 free", "nobody listens there", "没有人在那里监听")))
def _port(reader: Reader) -> Test:
    node, word = reader.take("NODE").text, reader.take("PORT")
    port = port_of(word, reader)
    name = ""
    if reader.choose("held or free", ("held", "free")) == "held":
        reader.require("by", "by NAME")
        name = reader.take("NAME").text
    return lambda context: _held(context, node, port, name)


def port_of(word: Word, reader: Reader) -> tuple[str, int]:
    """Protocol and number of 80, 80/tcp or 53/udp."""
    number, _slash, protocol = word.text.partition("/")
    if not number.isdecimal() or not number.isascii() or not 0 < int(number[:6]) <= 65535 \
            or protocol not in ("", "tcp", "udp"):
        raise reader.wrong(f"{word.text[:40]!r} is no port; write 80, 80/tcp or 53/udp", word)
    return protocol or "tcp", int(number)


def _held(context: Context, node: str, port: tuple[str, int], name: str) -> Verdict:
    say, (protocol, number) = context.say, port
    key = "port.held" if name else "port.free"
    expected = context.wish = context.expects(key, port=str(number), node=node, name=name)
    context.node(node)
    owners = {container.pid: container.name for _host, container in context.lab.containers() if container.is_running}
    rows = [row for row in views.sockets(context.lab, node) if row.protocol == protocol and row.state != "CLOSE"]
    bound = {int(row.local.rpartition(":")[2]): (row.process, owners.get(row.pid, "")) for row in rows}
    holder = bound.get(number)
    found = say("port.nobody" if bound else "port.none", ports=context.some(map(str, bound)))
    if holder is not None:
        found = say("port.holder", name=holder[0], container=f" ({holder[1]})" if holder[1] else "")
    if not name:
        return Verdict(holder is None, expected, found)
    return Verdict(holder is not None and name in holder, expected, found)
