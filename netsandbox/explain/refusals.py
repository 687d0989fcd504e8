"""What netsandbox itself refuses, in 简体中文.

An error is raised where it is found, below this room, with its English words; texts/ has how it is said in Chinese, by
those words.  `{…}` stands for what differs, and is said again as it is, but for the parts that have words there. What a
kernel's or Docker's tool prints is not there: it stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from netsandbox.explain.sniffed import sniffed
from netsandbox.explain.texts import alone
from netsandbox.explain.verdicts import filter_of

REFUSED = ("verbs", "filters", "labs", "files", "programs", "notes", "tools", "command_line")
"""Files of refusals/: what the lab and its verbs refuse, what is wrong with a filter or a file, and what is added."""
TAILS: dict[str, str] = {
    " (a line typed in the past begins one, and `branch NAME --rename NEW` names it)":
        "（在过去输入一行命令就会开始一个分支，`branch NAME --rename NEW` 给它改名）",
    "; a file holds one branch: {name}, not {names}": "；一个文件只装一个分支：{name}，不含 {names}",
    "; the app's key f folds a frame's way into one row": "；在界面中按 f 把一个帧的全程折成一行",
    "; the app's key / filters the frame log (`help filter`)": "；在界面中按 / 过滤帧列表（`help filter`）",
    "; did you mean {near}?": "；是不是 {near}？",
    "; `help` lists what there is": "；`help` 列出所有命令",
    "; `exec {name} …` runs a line in it": "；`exec {name} …` 在里面运行命令",
    "; there is none yet": "；现在还没有",
    "; there are: {names}": "；现有：{names}",
    "; `add-host NAME --docker` has it": "；`add-host NAME --docker` 里有",
    "; `exit` leaves this shell first": "；先用 `exit` 离开这个 shell",
    "; expected one of {names}": "；应为其中之一：{names}",
}
"""What an error may end with."""

LISTS = ("names", "known", "words")  # Fields that are what there is, one after another
KINDS = ("kind", "found", "noun")
"""Fields that are a kind of thing: in others the same word is a name that somebody gave, as `host` is a host's."""
SPEAKERS = ("note", "profile")  # Words before a colon that are nobody's name
HELD = "\0"  # In place of a blank that belongs to a name


def translated(text: str, language: str) -> str:
    """An error in a language; in English where it has no Chinese words, as a tool's own has none."""
    return "\n".join(map(_chinese, text.split("\n"))) if language == "zh" else text


def noted(line: str, language: str) -> str:
    """A line that a tool printed: what the sandbox has added to the tool's own words is said in a language."""
    found = _OWN.fullmatch(line) if language == "zh" else None
    if found is None:
        if language != "zh":
            return line
        return _in_its_place(line) if _OF_SANDBOX.search(line) else _missing(line) or sniffed(line) or line
    if found["form"]:
        return f"可以输入：{found['form']}"
    words = _chinese(found["note"])
    mark = "提示" if words.startswith("是不是") else "注意"
    return f"{found['who']}{mark}：{words}" if words != found["note"] else line


def _missing(line: str) -> str | None:
    """A shell's word that a program is not there, as it stands, and the sandbox's hint behind it."""
    found = _MISSING.fullmatch(line)
    if found is None:
        return None
    words = _matched(found["hint"], TAILS)
    return f"{found['said']}{words}" if words else None


_MISSING = re.compile(r"(?P<said>[\w./-]+: \d+: .+: not found)(?P<hint>; .+)")


def is_own(line: str) -> bool:
    """Whether it is what the sandbox has added to a tool's words."""
    return _OWN.fullmatch(line) is not None


_OWN = re.compile(r"Try:  (?P<form>.+)|(?P<who>(?:[\w./-]+: ){0,3})note: (?P<note>.+)")
"""What to type instead; `note: …`, also behind the name of the program that says it."""


_OF_SANDBOX = re.compile(r"(?:^|: )netsandbox: |\bmodelled\b|\bthe sandbox\b")
"""What no real tool says: it is the sandbox that speaks, in the tool's place."""


def _in_its_place(line: str) -> str:
    """What the sandbox says behind a program's name (and curl's number), which stay as they are."""
    behind = re.fullmatch(r"(\S+): (\(\d+\) )?(.+)", line)
    if behind is None:
        return _chinese(line)
    words = _in_its_place(behind[3])
    return line if words == behind[3] else f"{behind[1]}：{behind[2] or ''}{words}"


def _chinese(line: str) -> str:
    missing = _missing(line)
    if missing is not None:
        return missing
    character = _CHARACTER.fullmatch(line)
    if character is not None:
        return f"{'expect：' if character[1] else ''}第 {character[2]} 个字符：{_chinese(character[3])}"
    for tail, words in TAILS.items():
        match = re.fullmatch(f"(?P<whole>.+?){_pattern(tail).pattern}", line)
        if match is not None and (head := _chinese(match["whole"])) != match["whole"]:
            return head + _filled(words, match)
    seen = _NO_KEYWORD.fullmatch(line)
    if seen is not None and (meant := filter_of(seen[1])):
        return f"没有关键字 `{seen[1]}`：是不是 `{meant}`？"
    found = _matched(line, ALL)
    if found is not None:
        return found
    place = re.fullmatch(r"(.{1,300}?): (.+)", line)
    if place is not None and (rest := _chinese(place[2])) != place[2]:
        return f"{NOUNS.get(place[1], place[1]) if place[1] in SPEAKERS else place[1]}：{rest}"
    return line


_NO_KEYWORD = re.compile(r"no keyword `(.+?)`: for a name write .+")
"""Of a filter: it may be what the log says in Chinese of what became of a frame."""
_CHARACTER = re.compile(r"(expect: )?character (\d{1,5}): (.+)")  # Where a condition or a filter is wrong, and what is


def _matched(line: str, table: dict[str, str]) -> str | None:
    for english, chinese in table.items():
        match = _pattern(english).fullmatch(line)
        if match is not None:
            return _filled(chinese, match)
    return None


def _filled(chinese: str, match: re.Match[str]) -> str:
    fields = {name: _field(name, text) for name, text in match.groupdict().items() if name != "whole"}
    held = {name: text.replace(" ", HELD) for name, text in fields.items()}
    return _GAP.sub("", chinese.format(**held)).replace(HELD, " ")


_GAP = re.compile(r"(?<=[\u4e00-\u9fff”]) (?=[\u4e00-\u9fff“])")
"""A blank that stands between a template's words and a field that has Chinese words or quotes of its own."""


def _field(name: str, text: str) -> str:
    """A part that has words of its own: a kind of thing, what was found in its place, or a reason."""
    if name == "why":
        return _matched(text, WHYS) or _chinese(text)
    if name == "what":
        return NOUNS.get(text) or _matched(text, THINGS) or _GAP.sub("", _quoted(text.replace(" and ", " 和 ")))
    if name in LISTS:
        plain = re.sub(r"'([^']*)'(?=, |$)", r"\1", text)
        return "无" if text == "none" else _GAP.sub("", plain.replace(", ", "、").replace(" and ", " 和 "))
    if name == "near":
        text = text.replace(" or ", "或")
    known = NOUNS.get(text) if name in KINDS else None
    return known or (_matched(text, FOUND) if name == "found" else None) or _quoted(text)


def _quoted(text: str) -> str:
    return _QUOTED.sub(r"“\2”", text)


_QUOTED = re.compile(r"""(?<![^或])(['"])((?:(?!\1).)*)\1(?![^或])""")
"""A field that is one word or text in quotes, or several of which one may be meant."""


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What a template's English looks like once its fields are filled in; a thing has no `: ` in it, as a place has."""
    parts = re.split(r"(\{[a-z]+\})", template)
    return re.compile("".join(f"(?P<{part[1:-1]}>{_THING if part == '{what}' else '.+?'})"
                              if re.fullmatch(r"\{[a-z]+\}", part) else re.escape(part) for part in parts))


_THING = "(?:(?!: ).)+?"


def _by_words(table: dict[str, str]) -> dict[str, str]:
    """What has the most words of its own is tried first."""
    return dict(sorted(table.items(), key=lambda one: -len(re.sub(r"\{[a-z]+\}", "", one[0]))))


ALL = _by_words(alone(*(f"refusals/{name}" for name in REFUSED)))  # Whole sentences, by the English
FOUND = alone("found")
NOUNS = alone("nouns")
THINGS = _by_words(alone("things_of_tools"))
WHYS = _by_words({**ALL, **alone("whys_of_tools")})
