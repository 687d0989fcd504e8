"""Nothing that netsandbox says itself is without its Chinese words: verbs, conditions, errors, answers, the screen.

What Linux' and Docker's own tools print stays as they print it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest

from netsandbox.apps.python_server import UNMODELLED
from netsandbox.commands.catalogue import verbs
from netsandbox.commands.expect.condition import CONDITIONS
from netsandbox.commands.prompt.unmodelled import REASONS
from netsandbox.commands.verbs.help_verb import manual, overview
from netsandbox.commands.verbs.show import columns_of
from netsandbox.explain.joining import fill
from netsandbox.explain.lines import filled
from netsandbox.explain.refusals import ALL, NOUNS, TAILS, noted, translated
from netsandbox.explain.verdicts import DROPS, VERDICTS, filter_of
from netsandbox.explain.words import Both, Words, said
from netsandbox.lab.log_filter import validate
from netsandbox.session.session import Session
from netsandbox.tui.catalogue import WORDS
from netsandbox.tui.text import cell_len

ROOT = Path(__file__).resolve().parents[2] / "netsandbox"
CHINESE = re.compile(r"[一-鿿]")
RAISERS = {"CommandError", "LabError", "ScenarioError", "FileError", "FileThereError", "ReplayError", "MissingError",
           "FilterError", "translated", "say", "wrong", "ConditionError", "_refuse", "_error"}
"""What takes English words that a person may read."""
OWN = ["lab", "commands", "commands/expect", "commands/prompt", "commands/verbs", "session"]
"""Rooms whose errors are netsandbox's own; those below them belong to the tools."""


def pairs() -> Iterator[tuple[str, Both]]:
    """Every pair of words that verbs and conditions declare."""
    for declared in (*verbs(), *CONDITIONS.values()):
        yield declared.name, declared.summary
        yield declared.name, getattr(declared, "details", ("", ""))
        for _line, english, chinese in declared.examples:
            yield declared.name, (english, chinese)


def test_verbs_and_conditions_are_told_in_both_languages() -> None:
    for name, (english, chinese) in pairs():
        assert bool(english) == bool(chinese), name
        if english and len(english.split()) > 4 and not english.startswith("show nodes |"):
            assert CHINESE.search(chinese), (name, english)
        assert not CHINESE.search(english), (name, english)


@pytest.mark.parametrize("name", [declared.name for declared in verbs()])
def test_a_manual_page_is_in_one_language(name: str) -> None:
    """No English sentence in the Chinese page; no Chinese in the English one; no line wider than the page."""
    known = {declared.name: declared for declared in verbs()}
    english, chinese = (manual(known, name, language) for language in ("en", "zh"))
    assert not CHINESE.search(english)
    for line in chinese.splitlines()[1:]:
        words = re.sub(r"`[^`]*`", "", line)
        is_example = line.startswith(("    " + name, "      ·", "      "))
        assert is_example or not re.search(r"(?:\b[a-z]{2,} ){4}", words), line


def test_the_overview_is_chinese() -> None:
    for line in overview(verbs(), "zh").splitlines():
        assert not line.startswith("  ") or CHINESE.search(line), line


@pytest.mark.parametrize(("english", "chinese"), [
    ("no host or container 'pc1'; there are: host", "没有主机或容器“pc1”；现有：host"),
    ("host has several interfaces: name one, as host:eth0", "host 有多个接口：请指明一个，例如 host:eth0"),
    ("no interface on host 'eth9'; there is none yet", "host 没有接口“eth9”；现在还没有"),
    ("saved 23 lines to 集线器 实验.yaml", "已把 23 行保存到“集线器 实验.yaml”"),
    ("no branch 'x'; did you mean '断 网'?", "没有分支“x”；是不是“断 网”？")])
def test_a_name_is_told_as_it_has_to_be_typed(english: str, chinese: str) -> None:
    """The node host was called 主机, and the name of a file lost its blank."""
    assert translated(english, "zh") == chinese


def test_long_chinese_paragraphs_are_broken_where_they_may_be() -> None:
    """No line is too wide, none ends before what it had room for, nothing is lost."""
    for _name, (_english, chinese) in pairs():
        if "\n" in chinese:
            continue
        lines = filled(chinese, 60, "  ").split("\n")
        for line, after in pairwise(lines):
            unit = re.match(r"[“（]*(?:[!-~]+|.)[，。、；：！？）”…—]*(?:[,.;:!?)][!-~]*)?", after[2:])
            gap = " " if f"{line[2:]} {after[2:]}" in chinese else ""
            assert columns_of(line) <= 60
            assert unit is None or columns_of(line + gap + unit[0]) > 60, (line, after)
        assert "".join(line[2:].replace(" ", "") for line in lines) == chinese.replace(" ", "")


def forms(node: ast.expr) -> list[str]:
    """The English templates that an expression can be, `{}` for what differs; none for what is no text here."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        parts = [[part.value] if isinstance(part, ast.Constant) else _field(part) for part in node.values]
        return ["".join(map(str, chosen)) for chosen in product(*parts)]
    if isinstance(node, ast.IfExp):
        return [*forms(node.body), *forms(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in forms(value)]
    return []


def _field(part: ast.expr) -> list[str]:
    """A field: the words that a condition chooses among, or whatever stands there."""
    assert isinstance(part, ast.FormattedValue)
    chosen = forms(part.value) if isinstance(part.value, ast.IfExp) else []
    return chosen or ["{}"]


def told() -> Iterator[tuple[str, str]]:
    """(place, English) of all that the program's own rooms tell a person."""
    for room in OWN:
        for path in sorted((ROOT / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in RAISERS:
                    for argument in node.args:
                        for text in forms(argument):
                            if " " in text and len(re.findall(r"[a-z]{2,}", text.replace("{}", ""))) > 1:
                                yield f"{path.relative_to(ROOT)}:{node.lineno}", text


IN_ENGLISH = re.compile(r"^runs in$|sh: 1: |bash: |: command not found|: not found")
"""A shell's own words."""


ENDS = ("{}", "did you mean {}?", "if it is text, put it in quotes", "a line with ': ' in it must be in quotes")
"""What an error may end with, where its place says so."""
AS_IT_IS = re.compile("`[^`]*`|'[^']*'|“[^”]*”|^why [a-z]+")
"""What is typed or was found: no words of an error."""
LEFT = re.compile("[a-z]{2,} [a-z]{2,}")
"""English that was left in a Chinese sentence."""


def test_errors_have_chinese_words() -> None:
    """Each error that is raised comes out in Chinese; one that does not is to be added to explain/texts/refusals."""
    missing = []
    for place, text in told():
        if IN_ENGLISH.search(text):
            continue
        whole = text.replace(": {};", ": there is none so far;")
        told_so = [translated(re.sub(r"; \{\}$", f"; {end}", whole).replace("{}", "x"), "zh") for end in ENDS]
        if not any(CHINESE.search(answer) and not LEFT.search(AS_IT_IS.sub("", answer)) for answer in told_so):
            missing.append(f"{place}: {text}: {told_so[0]}")
    assert not missing, "\n".join(missing)


def added() -> Iterator[tuple[str, str]]:
    """(place, English) of every note that is added to a tool's own words, in whatever room."""
    for path in sorted(set(ROOT.rglob("*.py")) - set((ROOT / "explain").rglob("*.py"))):
        source = path.read_text(encoding="utf-8")
        if "note: " not in source:
            continue
        tree = ast.parse(source)
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inner:
                for text in forms(node):
                    if re.search(r"(^|\n)note: .", text):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def test_notes_have_chinese_words() -> None:
    """What the sandbox adds to a tool's words comes out in Chinese; the tool's own words stay."""
    places = list(added())
    assert len(places) > 15
    for place, text in places:
        line = next(line for line in text.split("\n") if line.startswith("note: "))
        reasons = ["the sandbox has no x: the rules are iptables'", "did you mean x?"]
        forms_of = [line.replace("{}", word) for word in ("x", *reasons)]
        shown = [said_so for form in forms_of for said_so in (noted(form, "zh"), translated(form, "zh"))]
        assert any(CHINESE.search(one.removeprefix("注意：")) for one in shown), (place, text)


IN_ITS_PLACE = re.compile(r"(?:^|: )netsandbox: |\bmodelled\b|\bthe sandbox(?:'s)?\b")
"""What the sandbox says, and no real tool."""
PERHAPS = re.compile(r"\bsandbox|netsandbox: |modelled")
"""What a file has that says any of that."""
FOR_OTHERS = {"commands/verbs/help_pages.py", "commands/verbs/lab_verbs.py", "rig/building.py",
              "linux/core/devices/kind.py", "commands/prompt/pasted.py", "cli.py"}
"""Where such words are no answer of a tool: pages, which have pairs of their own, what code looks for, a pattern."""


def in_tools_places() -> Iterator[tuple[str, str]]:
    """(place, English) of each line that a tool, a program or Docker has from the sandbox, in whatever room."""
    for path in sorted(ROOT.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        is_for_others = {"explain", "tui"} & {*path.parts} or str(path.relative_to(ROOT)) in FOR_OTHERS
        if is_for_others or not PERHAPS.search(source):
            continue
        tree = ast.parse(source)
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inner:
                for line in (line for text in forms(node) for line in text.split("\n")):
                    words = re.sub(r"\{\}|netsandbox", "", line)
                    if IN_ITS_PLACE.search(line) and not CHINESE.search(line) and len(words.rstrip(': ').split()) > 3:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", re.sub(r"modelled\{\}$", "modelled", line)
    for why in sorted({*REASONS.values()}):
        yield "unmodelled.py", f"the sandbox has no x: {why}"


def test_what_the_sandbox_says_in_a_tools_place_has_chinese_words() -> None:
    """`… is not modelled` and its kin, behind whichever name; one that is missing goes into refusals/tools.txt."""
    found = [(place, line) for place, line in in_tools_places() if not line.startswith("note: ")]
    assert len(found) > 250
    missing = []
    for place, line in found:
        shown = noted(line.replace("{}", "x"), "zh")
        own = re.sub(r"^docker [a-z ]+--x x：|pip install|--mount type=image", "", AS_IT_IS.sub("", shown))
        if not CHINESE.search(shown) or LEFT.search(own):
            missing.append(f"{place}: {line}: {shown}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(("line", "said_so"), [
    ("curl: (35) TLS is not modelled: the sandbox speaks http:// alone", "curl：(35) 没有模拟 TLS：沙盒只会 http://"),
    ("host: -c CH is not modelled", "host：没有模拟 -c CH"),
    ("netsandbox: nft: sets and maps are not modelled (vmap)", "netsandbox：nft：没有模拟集合与映射（vmap）"),
    ("netsandbox: tunnels of mode sit are not modelled (gre and ipip are)",
     "netsandbox：没有模拟 sit 模式的隧道（有 gre 和 ipip）"),
    ("docker compose watch of web is not modelled in the sandbox", "沙盒没有模拟对 web 用 `docker compose watch`"),
    ("nginx: netsandbox: -T is not modelled; -t is, and cat", "nginx：netsandbox：没有模拟 -T；可以用 -t 和 cat"),
    ("listening on pc3:eth0 (02:00:00:00:00:03), promiscuous, only icmp",
     "在 pc3:eth0（02:00:00:00:00:03）上监听，混杂模式，只看 icmp"),
    ("+0.000 001 s  for everyone  pc1 → everyone  ARP Request who-has 10.0.0.2 tell 10.0.0.1",
     "+0.000 001 s  给所有人  pc1 → 所有人  ARP Request who-has 10.0.0.2 tell 10.0.0.1"),
    ("+0.000 002 s  overheard     pc2 → pc1  ICMP echo reply", "+0.000 002 s  偷听到    pc2 → pc1  ICMP echo reply"),
    ("4 frames: 1 for everyone, 3 overheard", "4 个帧：1 个给所有人，3 个偷听到"),
    ("1 frame: 0 overheard", "1 个帧：0 个偷听到"),
    ("overheard     pc1 → pc2", "偷听到    pc1 → pc2"),
    ("tcpdump: listening on eth0, link-type EN10MB", "tcpdump: listening on eth0, link-type EN10MB"),
    ("grep: the sandbox: No such file or directory", "grep: the sandbox: No such file or directory"),
    ("Try:  docker run -d nginx", "可以输入：docker run -d nginx"),
    ("sh: 1: note: ping -b changes nothing in the sandbox", "sh: 1: 注意：ping -b 在沙盒里不改变任何东西"),
    ("note: to self", "note: to self"),
    ("netsandbox: nmap -A is not modelled; there are `nmap -sn NETWORK` and `nmap -p PORTS HOST`",
     "netsandbox：没有模拟 nmap -A；可以用 `nmap -sn NETWORK` 和 `nmap -p PORTS HOST`"),
    ("netsandbox: nmap of more than 4096 addresses is not modelled",
     "netsandbox：没有模拟超过 4096 个地址的 nmap 扫描"),
    ("netsandbox: ss -K of a socket of tcp in state LISTEN is not modelled",
     "netsandbox：没有模拟用 ss -K 关闭 LISTEN 状态的 tcp 套接字"),
    ("docker: invalid reference format", "docker: invalid reference format"),
    ("sh: 1: docker: not found; `exit` leaves this shell first",
     "sh: 1: docker: not found；先用 `exit` 离开这个 shell"),
    ("sh: 1: nosuch: not found", "sh: 1: nosuch: not found"),
    (UNMODELLED,
     "python3：沙盒只有 `python3 -m http.server [PORT] [-b ADDRESS] [-d DIRECTORY]` 和 `python3 -m json.tool`"),
])
def test_a_note_is_told_from_a_tools_own_words(line: str, said_so: str) -> None:
    assert noted(line, "zh") == said_so
    assert noted(line, "en") == line


def test_chinese_words_have_the_fields_of_the_english() -> None:
    for english, chinese in [*ALL.items(), *TAILS.items()]:
        assert set(re.findall(r"\{[a-z]+\}", chinese)) <= set(re.findall(r"\{[a-z]+\}", english)), english
        assert CHINESE.search(chinese), chinese
    assert all(CHINESE.search(word) for word in NOUNS.values())


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("pnig", "没有命令“pnig”；是不是“ping”？"),
        ("为什么", "没有命令“为什么”；是不是“why”？"),
        ("expect foo", "第 1 个字符：没有条件“foo”；现有：frames、"),
        ("nsenter -t 99 -n ip a", "注意：`nsenter -t PID -n ip addr` 里的 PID 可以这样查：docker inspect -f '{{.State"),
        ("expect frames x", "第 8 个字符：应为次数，例如 4、> 0 或 1..3；实际是“x”"),
        ("expect reach pc1", "这里缺少 NODE 或 ADDRESS"),
        ("expect state pc1 flying", "应为状态，即 running、"),
        ("connect nobody pc1", "没有主机或容器“nobody”；现有：pc1"),
        ("add-host pc1", "已经有名为“pc1”的节点"),
        ("set-mac pc1:lo zz", "“zz”不是 MAC 地址（应为六个十六进制的字节，例如 02:42:ac:11:00:02）"),
        ("set-ip pc1:lo 10.0.0.1/99", "'10.0.0.1/99'：前缀长度应为 0 到 32 的数字"),
        ("link pc1 dwn", "这里不能写“dwn”；可以写 up、down；是不是“down”？"),
        ("why rule pc1 FOO 1", "pc1 的 filter 表没有链“FOO”；现有：无"),
        ("expect state pc1 flying", "expect：第 11 个字符：应为状态"),
        ("expect arp nobody 10.0.0.1", "没有名为 nobody 的节点；现有：pc1"),
        ("help 网桥", "没有关于“网桥”的帮助；`help` 列出所有命令"),
        ("exec pc1 lessons", "sh: 1: lessons: not found；`help` 列出所有命令"),
        ("exec pc1 pingg", "sh: 1: pingg: not found；是不是“ping”？"),
        ("connect", "connect：缺少 NODE[:IFACE]；用法：connect NODE[:IFACE] NODE[:IFACE] "),
        ("wait soon", "“soon”不是时间长度；可以写 30s、500ms、2m、1d 或 1.5"),
        ("set-ip pc1 10.0.0.1", "“pc1”还没有接口；`connect pc1 …` 会建立一个"),
        ("wireshark", "沙盒没有 wireshark：有 `tcpdump`，`export FILE` 可以写出抓包文件"),
        ("load no-such-thing", "这里没有可以前进后退的会话"),
        ("ip link set nosuch up", 'Cannot find device "nosuch"'),
        ("flow 1 --text", "flow：--text 后面要有 FILE；用法：flow [WHICH] [segments|text|hex]"),
        ("docker run", "docker: 'docker run' requires at least 1 argument"),
        ("expect output matches (", "第 16 个字符：不是正则表达式：missing ): ("),
        ("expect log pc1 matches '*x'", "不是正则表达式：no argument for repetition operator: *"),
        ("expect sysctl pc1 net.ipv4.ip_forwrd 1", "没有 /proc/sys/net/ipv4/ip_forwrd（是不是 net.ipv4.ip_forward？）"),
    ],
)
def test_what_a_chinese_reader_is_told(line: str, answer: str) -> None:
    """Own errors in Chinese; Linux' and Docker's as they are."""
    session = Session()
    session.execute("add-host pc1")
    session.shell.language = "zh"
    assert answer in "\n".join(text for _stream, text in session.execute(line).output)


@pytest.mark.parametrize(("seen", "meant"), [
    ("丢弃", "drop"), ("泛洪", "verdict flooded"), ("到端口", 'verdict "to port"'),
    ("桥接", "verdict bridged"), ("所有人", "broadcast"), ("ｄｒｏｐ", "drop"), ("ＡＲＰ", "arp"),
    ("桥不转发", "reason BRIDGE_INGRESS_STP_STATE"),
    ("没有路由", "reason IP_OUTNOROUTES or IP_INNOROUTES")])
def test_what_the_log_says_in_chinese_leads_to_its_filter(seen: str, meant: str) -> None:
    error = validate(seen)
    assert error is not None
    assert translated(error.message, "zh") == f"没有关键字 `{seen}`：是不是 `{meant}`？"
    assert validate(meant) is None
    assert all(validate(filter_of(chinese)) is None for _english, chinese in {**VERDICTS, **DROPS}.values())
    assert translated(validate("丢弃x").message, "zh").endswith("名称请写成 `host 丢弃x`")  # type: ignore[union-attr]


@pytest.mark.parametrize(("line", "seen", "meant"), [
    ("arp 或 icmp", "或", "or"), ("arp 与 drop", "与", "and"), ("非 arp", "非", "not")])
def test_a_filter_joined_by_a_chinese_word_is_led_to_the_filter_s_own(line: str, seen: str, meant: str) -> None:
    error = validate(line)
    assert error is not None
    assert translated(error.message, "zh") == f"没有关键字 `{seen}`：是不是 `{meant}`？"
    assert validate(line.replace(seen, meant)) is None


@pytest.mark.parametrize(("english", "chinese"), [
    ("saved 23 lines to 集线器 实验.yaml", "已把 23 行保存到“集线器 实验.yaml”"),
    ("集线器: no such file, and no bundled scenario has this name; did you mean '集线器 实验.yaml'?",
     "是不是“集线器 实验.yaml”？"),
    ("no host or container 'pc1'; there are: host", "没有主机或容器“pc1”；现有：host"),
    ("no host or container 'pc1'; there are: hub, 'switch'", "没有主机或容器“pc1”；现有：hub、switch"),
    ("host has no neighbour row for 10.0.0.9; it has none", "host 没有 10.0.0.9 的邻居表项；它的邻居表是空的"),
    ("host: there is no branch 'x'", "host：没有分支“x”"),
])
def test_what_a_person_gave_a_name_keeps_it(english: str, chinese: str) -> None:
    """A file's name its blanks, and a host called host is not called 主机."""
    assert translated(english, "zh").endswith(chinese)


def test_expect_reads_what_was_said_in_english() -> None:
    """Conditions are written in English, also in a session that speaks Chinese."""
    session = Session()
    session.shell.language = "zh"
    session.run("pnig")
    assert session.run("expect output contains 'did you mean'").code == 0
    assert session.run("expect output contains 没有命令").code == 1


def test_english_stays_as_it_was() -> None:
    assert translated("the scenario has no further step", "en") == "the scenario has no further step"
    assert translated("RTNETLINK answers: File exists", "zh") == "RTNETLINK answers: File exists"
    assert said(("a", "甲"), "zh") == "甲"
    assert Words({"n": ("{n} frames", "{n} 个帧")}).say("n", "zh", n=3) == "3 个帧"


def test_the_screens_texts_are_in_both_languages() -> None:
    """Chinese in all but protocol names and what is but a field."""
    for key, (english, chinese) in WORDS.table.items():
        if len(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}|`[^`]*`", "", english))) > 1:
            assert CHINESE.search(chinese), key


def test_behind_a_closing_quote_english_has_its_blank_and_chinese_none() -> None:
    """“… is-at”since the last command stood in a goal."""
    assert fill("{said} since", {"said": "saying “x”"}) == "saying “x” since"
    assert fill("{said} 的帧", {"said": "内容含“x”"}) == "内容含“x”的帧"
    assert fill("{said} 在", {"said": "a（x）"}) == "a（x）在"


def test_why_a_frame_was_dropped_has_room_in_the_narrow_log() -> None:
    """Ten cells with the mark; names of protocols of four letters may have one more."""
    assert {name for name, (_english, chinese) in DROPS.items() if cell_len(chinese) > 9} == set()
    assert {name for name, (_english, chinese) in DROPS.items() if cell_len(chinese) > 8} <= {
        "BRIDGE_INGRESS_VLAN", "BRIDGE_EGRESS_VLAN", "VLAN_UNKNOWN", "VXLAN_INVALID_HDR"}
