"""What each subcommand takes, as argparse reads it, with help and complaints in English and 简体中文."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from netsandbox.explain.words import LANGUAGES, NOTHING, Both, locale_language, said
from netsandbox.lab.errors import LabError

WORKLOADS = ("w1", "w2", "w3", "w4", "bulk", "build", "lines", "cold", "full", "vlans", "vteps", "ports", "copy", "log",
             "back", "floor", "all")
USAGE: Both = ("usage: ", "用法：")
ERROR: Both = (": error: ", "：错误：")
TITLES: tuple[Both, Both] = (("positional arguments", "参数"), ("options", "选项"))
"""Of argparse's two groups, in its order."""
HELP: Both = ("show this help message and exit", "显示这份帮助并退出")


class Parser(argparse.ArgumentParser):
    """One that speaks a language; argparse's own words are found by their English."""

    def __init__(self, name: str, language: str, description: Both = NOTHING, epilog: Both = NOTHING) -> None:
        self.language = language
        super().__init__(prog=name, description=self.say(description), epilog=self.say(epilog), add_help=False,
                         formatter_class=_Chinese if language == "zh" else argparse.RawDescriptionHelpFormatter)
        for group, title in zip(self._action_groups, TITLES, strict=True):
            group.title = self.say(title)
        self.option("-h", "--help", action="help", default=argparse.SUPPRESS, words=HELP)

    def say(self, words: Both) -> str:
        return said(words, self.language)

    def option(self, *names: str, words: Both = NOTHING, **more: object) -> None:
        """An argument with its help."""
        self.add_argument(*names, help=self.say(words) or None, **more)  # type: ignore[arg-type]  # as argparse has it

    def format_help(self) -> str:
        text = super().format_help()
        return re.sub(f"^({'|'.join(title for _english, title in TITLES)}):$", r"\1：", text, flags=re.MULTILINE)

    def error(self, message: str) -> NoReturn:
        from netsandbox.explain.refusals import translated

        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}{self.say(ERROR)}{translated(message, self.language)}\n")


def asked_language(words: Sequence[str]) -> str:
    """The language that a command line asks for, or else the locale."""
    for word, after in pairwise((*words, "")):
        option, equals, value = word.partition("=")
        if option == "--lang" and (value if equals else after) in LANGUAGES:
            return value if equals else after
    return locale_language()


class _Chinese(argparse.RawDescriptionHelpFormatter):
    """Lines of Chinese are broken where they may be, and are as wide as they look."""

    def add_usage(self, usage: str | None, actions: object, groups: object, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, USAGE[1])  # type: ignore[arg-type]  # argparse's own types

    def _split_lines(self, text: str, width: int) -> list[str]:
        from netsandbox.explain.lines import filled

        return filled(text, width).split("\n")


# -- what the subcommands take


def of_open(to: Parser) -> None:
    _of_app(to)
    to.option("--recover", action="store_true",
              words=("go on with the session that was left last", "接着最近一次没有结束的会话做下去"))
    to.add_argument("--only-below", default="", metavar="DIR", help=argparse.SUPPRESS)  # what serve gives a visitor
    _writes(to)


def of_serve(to: Parser) -> None:
    _of_app(to)
    to.option("--host", default="localhost",
              words=("address to listen at (default: this machine alone)", "监听的地址（默认只有本机能访问）"))
    to.option("--port", type=_port, default=8000, metavar="N", words=("port to listen at (default: 8000)",
                                                                      "监听的端口（默认 8000）"))
    to.option("--visitors", type=_positive, default=8, metavar="N",
              words=("how many at a time (default: 8)", "同时最多几个人（默认 8）"))
    to.option("--idle", type=_positive, default=60, metavar="MINUTES",
              words=("how long one may do nothing (default: 60)", "多少分钟不操作就断开（默认 60）"))


def of_run(to: Parser) -> None:
    to.option("file", metavar="FILE", words=("a scenario file, a bundled name, or - for command lines",
                                             "场景文件、自带场景的名称，或用 - 表示从标准输入读命令"))
    _json(to)
    to.option("--pcapng", metavar="OUT", words=("write every frame at every interface to a capture",
                                                "把每个接口上的每个帧写成抓包文件"))
    to.option("--ask", action="store_true", words=("wait for an answer to each question of a lesson",
                                                   "每个问题都等你回答"))
    to.option("--trace", action="store_true", words=("print every record of the trace as well", "同时打印全部记录"))
    _writes(to)
    _seeded(to)
    _spoken(to, ("language of what the scenario says", "场景文字的语言"))
    _uplink(to)


def of_check(to: Parser) -> None:
    to.usage = (f"%(prog)s [-h] FILE [FILE ...] [--session SAVED [SAVED ...]]\n{'':24}"
                "[--json] [--junit OUT] [--lang {en,zh}]")
    to.option("files", nargs="+", metavar="FILE",
              words=("a scenario file or a bundled name", "场景文件或自带场景的名称"))
    to.option("--session", nargs="+", default=[], metavar="SAVED",
              words=("sessions, judged at their end by the tasks of FILE alone; earlier ones also on the way",
                     "保存的会话，逐个评判：只看 FILE 的任务在结尾是否完成；前面的任务，途中完成也算"))
    _json(to)
    to.option("--junit", metavar="OUT", words=("write JUnit XML as well", "同时写出 JUnit XML"))
    _spoken(to, ("language of the report", "报告的语言"))


def of_simulate(to: Parser) -> None:
    to.option("lab", metavar="LAB.json",
              words=("what the lab is made of, and what is done in it", "实验网络的组成和要做的事"))
    to.option("-o", dest="output", metavar="RESULT.json", words=("default: standard output", "默认写到标准输出"))
    to.option("--seed", type=_seed, default=0, metavar="N",
              words=("of its chance (default: 0)", "随机数的种子（默认 0）"))


def of_bench(to: Parser) -> None:
    to.option("workload", nargs="?", default="all", choices=WORKLOADS,
              words=("default: w1, w2, w3 and w4", "默认：w1、w2、w3 和 w4"))
    to.option("-n", type=_positive, metavar="N",
              words=("containers, pings for w3 and log, connections for w4, MB for bulk",
                     "容器数；w3 和 log 是 ping 的次数，w4 是连接数，bulk 是 MB 数"))
    to.option("--json", action="store_true", words=("one line of JSON a workload", "每项一行 JSON"))


def of_completion(to: Parser) -> None:
    from netsandbox.completion import SHELLS

    to.option("shell", choices=SHELLS, words=("the shell that it is for", "用于哪种 shell"))


def of_list(to: Parser) -> None:
    _spoken(to, ("language of the titles", "标题的语言"))


def _of_app(to: Parser) -> None:
    to.option("scenario", nargs="?", default="", metavar="SCENARIO",
              words=("a bundled name or a file", "自带场景的名称，或文件"))
    _spoken(to, ("language of all that the app says", "界面的语言"))
    to.option("--ascii", action="store_true", words=("no characters beyond ASCII", "只用 ASCII 字符"))
    to.option("--theme", default="", metavar="NAME",
              words=("one of Textual's themes, as textual-light", "Textual 的配色，例如 textual-light"))
    to.option("--reduced-motion", action="store_true", words=("frames do not travel", "帧不作移动的动画"))
    _seeded(to)
    _uplink(to)


def _json(to: Parser) -> None:
    to.option("--json", action="store_true", words=("print one JSON object", "打印一个 JSON 对象"))


def _seeded(to: Parser) -> None:
    to.option("--seed", type=_seed, metavar="N", words=("instead of the scenario's", "随机数的种子，代替场景里的"))


def _spoken(to: Parser, what: Both) -> None:
    to.option("--lang", choices=LANGUAGES,
              words=(f"{what[0]} (default: as the locale says)", f"{what[1]}（默认按系统的语言）"))


def _uplink(to: Parser) -> None:
    to.option("--uplink", type=_lan, metavar="NETWORK",
              words=("the default host's LAN, with a router to the internet (default: the scenario's)",
                     "默认主机所在的局域网，带一台通往互联网的路由器（默认按场景）"))
    to.option("--no-uplink", dest="uplink", action="store_const", const="",
              words=("a host on its own", "主机不连接外界"))


def _writes(to: Parser) -> None:
    to.option("--allow-writes", default="", metavar="DIR",
              words=("let lines of scenarios (save, export) write files below DIR; without it they write none",
                     "允许场景里的命令（save、export）在 DIR 下写文件；不加就不能写"))


# -- what their values are


def _lan(text: str) -> str:
    from netsandbox.lab.uplink import parse_lan

    try:
        return str(parse_lan(text))
    except LabError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    return _number(text, 1, 65535, f"{text!r} is not a port from 1 to 65535")


def _seed(text: str) -> int:
    return _number(text, 0, 10 ** 18 - 1, f"{text!r} is not a seed (a whole number from 0)")


def _positive(text: str) -> int:
    return _number(text, 1, 10_000_000, f"{text!r} is not a number from 1 to 10000000")


def _number(text: str, least: int, most: int, complaint: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 18 and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(complaint)


def overview(language: str, version: str, summaries: Sequence[tuple[str, Both]]) -> Parser:
    """What reads a line that names no command."""
    top = Parser("netsandbox", language, DESCRIPTION, EXAMPLES)
    top.option("--version", action="version", version=f"netsandbox {version}",
               words=("show program's version number and exit", "显示版本号并退出"))
    commands = top.add_subparsers(metavar="COMMAND", parser_class=argparse.ArgumentParser)
    for name, summary in summaries:
        commands.add_parser(name, help=top.say(summary))
    return top


DESCRIPTION: Both = ("A network sandbox: container networking that can be seen, stopped, rewound and asked why.",
                     "网络沙盒：容器网络看得见、停得住、退得回，还能问为什么。")
EXAMPLES: Both = ("""\
examples:
  netsandbox                                     the terminal UI: a host with Docker and two containers
  netsandbox docker0-ping                        the same with a scenario; without a terminal, its transcript
  netsandbox --recover                           go on where a closed terminal or a crash stopped
  netsandbox --lang zh                           in Chinese, whatever the locale
  netsandbox run docker0-ping                    a bundled scenario, as a transcript
  netsandbox run my.yaml --pcapng out.pcapng     with a capture for Wireshark
  echo 'docker run -d --name web nginx' | netsandbox run -
  netsandbox check scenarios/*.yaml              whether what they expect holds
  netsandbox check goal.yaml --session work/*    whether it holds where saved sessions end
  netsandbox simulate lab.json -o result.json    a kernel lab on the simulated stack
  netsandbox bench all                           the promised speeds, measured here
""", """\
例子：
  netsandbox                                     终端界面：一台装有 Docker 的主机和两个容器
  netsandbox docker0-ping                        打开一个场景；没有终端时打印它的经过
  netsandbox --recover                           从终端关闭或崩溃的地方继续
  netsandbox --lang en                           用英文，不管系统的语言设置
  netsandbox run docker0-ping                    打印一个自带场景的经过
  netsandbox run my.yaml --pcapng out.pcapng     同时写出 Wireshark 能打开的抓包文件
  echo 'docker run -d --name web nginx' | netsandbox run -
  netsandbox check scenarios/*.yaml              检查场景的条件是否成立
  netsandbox check goal.yaml --session work/*    检查保存的会话结尾时条件是否成立
  netsandbox simulate lab.json -o result.json    在模拟的协议栈上跑一个内核实验
  netsandbox bench all                           在本机测量所承诺的速度
""")
