"""Scenario files: a YAML envelope around command lines, read strictly and written so that it reads back the same.

The keys at the top are `netsandbox` (the format's version, the only one required), `title`, `about`, `learned`, `next`,
`topics` (words by which it is found), `notes` (of a saved session), `seed`, `profile`, `uplink` (true, false, or the
LAN of the default host), `setup` and `steps`. The last two are lists; an item is a command line, or a map with `ask`,
`answers`, `right`, `run`, `say`, `expect`, `hints` and `task`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netsandbox.commands.late import Late
from netsandbox.commands.line import is_whole
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import compose, describe, fault_in_text, line_of, nearest, quoted
from netsandbox.docker.profiles import DEFAULT_PROFILE, PROFILES
from netsandbox.lab.errors import LabError
from netsandbox.lab.uplink import DEFAULT_LAN, parse_lan
from netsandbox.session.files import FileError, read_bytes
from netsandbox.session.goals import readable
from netsandbox.session.steps import Note, Scenario, Step

VERSION = 2
NOTE = re.compile(r"(hint|solution|answer) (\d{1,2}), (\d{1,4}) to go")
FIRST_PROFILE = "docker-29"  # What a file of format 1 runs that names no release; it has no uplink unless it says so
LANGUAGES = ("en", "zh")
MAX_BYTES = 1024 * 1024
MAX_SEED = 2**63 - 1

MOST_HINTS = 3
_TOP_KEYS = ("netsandbox", "title", "about", "learned", "next", "topics", "notes", "seed", "profile", "uplink", "setup",
             "steps")
FEWEST_ANSWERS, MOST_ANSWERS = 2, 4
_STEP_KEYS = ("ask", "run", "say", "expect", "hints", "task", "answers", "right")


IS_OURS = re.compile(rb"""^(?:\xef\xbb\xbf)?[ \t{]*["']?netsandbox["']?[ \t]*:|^services[ \t]*:""", re.MULTILINE)
"""What every scenario and every Compose file has: of a file without it no error says more, as it may be anybody's."""
HAS_SERVICES = re.compile(r"^services[ \t]*:", re.MULTILINE)
"""Of a Compose file, which may have anchors; no scenario has such a key."""
OF_COMPOSE: Late[str, Callable[[str, str], Scenario]] = Late({
    "scenario": "netsandbox.session.compose_file:compose_scenario"})
"""Few scenarios are Compose files."""


def load_scenario(path: str | Path, read: Callable[[str, int], bytes] = read_bytes) -> Scenario:
    """Read a scenario file whose goals can be read, too. Raises ScenarioError for all that is wrong in it."""
    return readable(read_scenario(path, read))


def read_scenario(path: str | Path, read: Callable[[str, int], bytes] = read_bytes) -> Scenario:
    """Read a scenario file, be its goals what they may. Raises ScenarioError, never anything else."""
    name = str(path)
    try:
        data = read(name, MAX_BYTES)
    except FileError as error:
        raise ScenarioError(name, 0, error.message) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError(name, 1, "this is UTF-16; save the file as UTF-8")
    if data.strip() and not IS_OURS.search(data):
        raise ScenarioError(name, 0, f"this is no scenario: the key 'netsandbox: {VERSION}' is missing; it says which "
                                     "format a file has")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(name, line, f"not UTF-8 text: byte 0x{data[error.start]:02x}; save the file "
                                        "as UTF-8") from None
    return parse_scenario(text, name)


def is_compose(keys: list[str]) -> bool:
    """Whether a file with these keys at its top is a Compose file and no scenario."""
    return "services" in keys and "netsandbox" not in keys


def parse_scenario(text: str, name: str) -> Scenario:
    """The scenario in a text; name stands for the file in errors. Raises ScenarioError, never anything else."""
    if len(text) > MAX_BYTES:
        raise ScenarioError(name, 0, f"too large: more than {MAX_BYTES:,} bytes")
    root = compose(text, name, takes_anchors=bool(HAS_SERVICES.search(text)))
    if isinstance(root, MappingNode) and is_compose([str(key.value) for key, _value in root.value]):
        return OF_COMPOSE["scenario"](text, name)
    return _Reader(name).scenario(root)


class _Reader:
    """Turns nodes into values; every method raises ScenarioError with the line of the node that is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name

    def scenario(self, root: Node) -> Scenario:
        values = self._map(root, "a scenario", _TOP_KEYS)
        if "netsandbox" not in values:
            raise self._error(root, f"the key 'netsandbox: {VERSION}' is missing; it says which format this is")
        version = self._integer(values["netsandbox"], "netsandbox", MAX_SEED)
        if version not in (1, VERSION):
            message = f"netsandbox: this program reads the formats 1 and {VERSION}, found {version}"
            raise self._error(values["netsandbox"], message)
        usual = (FIRST_PROFILE, "") if version == 1 else (DEFAULT_PROFILE, DEFAULT_LAN)
        return Scenario(title=self._translated(values.get("title"), "title"),
                        about=self._translated(values.get("about"), "about"),
                        seed=self._integer(values["seed"], "seed", MAX_SEED) if "seed" in values else 0,
                        profile=self._profile(values["profile"]) if "profile" in values else usual[0],
                        uplink=self._uplink(values["uplink"]) if "uplink" in values else usual[1],
                        setup=self._steps(values.get("setup"), "setup"),
                        steps=self._steps(values.get("steps"), "steps"), name=self._name,
                        learned=self._translated(values.get("learned"), "learned"),
                        after=self._text(values["next"], "next", "a scenario's name") if "next" in values else "",
                        topics=self._topics(values["topics"]) if "topics" in values else (),
                        notes=self._notes(values["notes"]) if "notes" in values else ())

    def _notes(self, node: Node) -> tuple[Note, ...]:
        found = []
        for text in self._lines(node, "notes")[0]:
            parts = NOTE.fullmatch(text)
            if parts is None:
                raise self._error(node, f"notes: {quoted(text)} is none that `save` writes")
            found.append(Note(parts[1], int(parts[2]), int(parts[3])))
        return tuple(found)

    def _topics(self, node: Node) -> tuple[str, ...]:
        return tuple(self._text(node, "topics", "words such as vlan").split())

    def _steps(self, node: Node | None, key: str) -> tuple[Step, ...]:
        if node is None:
            return ()
        if not isinstance(node, SequenceNode):
            raise self._error(node, f"{key}: expected a list of command lines, found {describe(node)}")
        return tuple(self._step(item, key) for item in node.value)

    def _step(self, node: Node, key: str) -> Step:
        if isinstance(node, ScalarNode):
            return Step(run=(self._line(node, key),), line=line_of(node), run_lines=(line_of(node),))
        if not isinstance(node, MappingNode):
            message = f"{key}: expected a command line or a map with {', '.join(_STEP_KEYS)}, found {describe(node)}"
            raise self._error(node, message)
        values = self._map(node, f"an item of {key}", _STEP_KEYS)
        if not values:
            raise self._error(node, f"{key}: an empty item; expected at least one of {', '.join(_STEP_KEYS)}")
        run, run_lines = self._lines(values.get("run"), "run")
        expect, expect_lines = self._lines(values.get("expect"), "expect")
        say = self._translated(values.get("say"), "say")
        ask = self._translated(values.get("ask"), "ask")
        hints, task = self._hints(values.get("hints")), self._translated(values.get("task"), "task")
        if task and not expect:
            raise self._error(node, "task: expected an expect line beside it, or nothing tells when it is done")
        answers, right = self._answers(values)
        return Step(run, say, expect, line_of(node), run_lines, expect_lines, ask, hints, task, answers, right)

    def _answers(self, values: Mapping[str, Node]) -> tuple[tuple[dict[str, str], ...], int]:
        """What a reader may answer to `ask`, and which of it is right."""
        node, right = values.get("answers"), values.get("right")
        if node is None or right is None or "ask" not in values:
            given = next((values[key] for key in ("answers", "right") if key in values), None)
            if given is not None:
                raise self._error(given, "answers: expected ask, answers and right together; right is a number")
            return (), 0
        if not isinstance(node, SequenceNode) or not FEWEST_ANSWERS <= len(node.value) <= MOST_ANSWERS:
            raise self._error(node, f"answers: expected a list of {FEWEST_ANSWERS} to {MOST_ANSWERS} texts")
        number = self._integer(right, "right", len(node.value), 1)
        if not number:
            raise self._error(right, "right: expected the number of an answer, the first is 1")
        answers = tuple(self._translated(item, "answers") for item in node.value)
        for language in sorted({language for answer in answers for language in answer}):
            told = {(answer.get(language) or answer.get("en", "")).strip().casefold() for answer in answers}
            if "" in told or len(told) < len(answers):
                raise self._error(node, "answers: expected texts that differ, and none that is empty")
        return answers, number

    def _hints(self, node: Node | None) -> tuple[dict[str, str], ...]:
        if node is None:
            return ()
        if not isinstance(node, SequenceNode) or not 0 < len(node.value) <= MOST_HINTS:
            raise self._error(node, f"hints: expected a list of 1 to {MOST_HINTS} texts, the gentlest first")
        return tuple(self._translated(item, "hints") for item in node.value)

    def _lines(self, node: Node | None, key: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        if node is None:
            return (), ()
        if isinstance(node, MappingNode):
            raise self._error(node, f"{key}: expected a line or a list of lines, found a map; {_COLON_HINT}")
        items = node.value if isinstance(node, SequenceNode) else [node]
        return tuple(self._line(item, key) for item in items), tuple(line_of(item) for item in items)

    def _line(self, node: Node, key: str) -> str:
        text = stripped(self._text(node, key, "a command line" if key != "expect" else "a line"))
        if _is_folded(node):
            raise self._error(node, f"{key}: a line that goes on in the next one; start each with '- ', or use '>-'")
        if not text:
            raise self._error(node, f"{key}: expected a line, found an empty text")
        if not is_one(text, key):
            raise self._error(node, f"{key}: expected one line, found several in one text; write a list of lines")
        return text

    def _translated(self, node: Node | None, key: str) -> dict[str, str]:
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            return {"en": self._text(node, key, "a text or a map of en and zh")}
        values = self._map(node, key, LANGUAGES)
        if not values:
            raise self._error(node, f"{key}: an empty map; expected at least one of {', '.join(LANGUAGES)}")
        return {lang: self._text(values[lang], f"{key}.{lang}", "a text") for lang in LANGUAGES if lang in values}

    def _profile(self, node: Node) -> str:
        text = self._text(node, "profile", "a Docker release such as docker-29")
        if text not in PROFILES:
            raise self._error(node, f"profile: unknown release {quoted(text)}; {nearest(text, tuple(PROFILES))}")
        return text

    def _uplink(self, node: Node) -> str:
        """true, false, or the LAN that the default host is on."""
        if isinstance(node, ScalarNode) and node.tag.endswith(":bool"):
            return DEFAULT_LAN if node.value.lower() in ("true", "yes", "on") else ""
        text = self._text(node, "uplink", "true, false or a network such as 192.168.1.0/24")
        try:
            return str(parse_lan(text))
        except LabError as error:
            raise self._error(node, f"uplink: {error}") from None

    def _integer(self, node: Node, key: str, largest: int, least: int = 0) -> int:
        if not isinstance(node, ScalarNode) or not node.tag.endswith(":int"):
            raise self._error(node, f"{key}: expected a whole number, found {describe(node)}")
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", node.value) or int(node.value) > largest:
            message = f"{key}: expected a whole decimal number from {least} to {largest}, found {describe(node)}"
            raise self._error(node, message)
        return int(node.value)

    def _text(self, node: Node, key: str, expected: str) -> str:
        if not isinstance(node, ScalarNode) or not node.tag.endswith(":str"):
            advice = "; put it in quotes if it is text" if _is_value(node) else ""
            raise self._error(node, f"{key}: expected {expected}, found {describe(node)}{advice}")
        text: str = node.value
        fault = fault_in_text(text)
        if fault:
            raise self._error(node, f"{key}: {fault}")
        return text

    def _map(self, node: Node, what: str, keys: tuple[str, ...]) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            raise self._error(node, f"{what}: expected a map with {', '.join(keys)}, found {describe(node)}")
        values: dict[str, Node] = {}
        for key, value in node.value:
            if key.value not in keys:
                advice = _COLON_HINT if " " in key.value else nearest(key.value, keys)
                raise self._error(key, f"unknown key {quoted(key.value)} in {what}; {advice}")
            values[key.value] = value
        return values

    def _error(self, node: Node, message: str) -> ScenarioError:
        return ScenarioError(self._name, line_of(node), message)


_COLON_HINT = "a line with ': ' in it must be in quotes"


def _is_folded(node: Node) -> bool:
    """Whether YAML joined several lines of plain text into one, as it does with a forgotten '- '."""
    return isinstance(node, ScalarNode) and node.style is None and node.end_mark.line > node.start_mark.line


def _is_value(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.tag.endswith(":null")


def is_one(text: str, key: str) -> bool:
    """Whether a text is one line; a command may go on in the next ones, behind a backslash or up to its `done`."""
    first, newline, _rest = text.partition("\n")
    return not newline or (key != "expect" and not is_whole(first) and is_whole(text))


def stripped(text: str) -> str:
    """Without the blanks around it; one that a backslash quotes stays."""
    bare = text.strip()
    is_quoted = (len(bare) - len(bare.rstrip("\\"))) % 2
    return text.lstrip()[:len(bare) + is_quoted]
