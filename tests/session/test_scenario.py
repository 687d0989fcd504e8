"""Scenario files: what is read, what is refused and in which words, and that what is written reads back the same."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.cli import main
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import MAX_DEPTH, fault_in_text
from netsandbox.docker.profiles import DEFAULT_PROFILE, PROFILES
from netsandbox.explain.refusals import translated
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession
from netsandbox.session.scenario import LANGUAGES, MAX_BYTES, MAX_SEED, load_scenario, parse_scenario
from netsandbox.session.scenario_text import dump_scenario
from netsandbox.session.steps import Note, Scenario, Step
from tests.session.contents import content

HEAD = "netsandbox: 2\n"
STEPS = HEAD + "steps:\n"

FULL = """\
netsandbox: 2
title: {en: Two boxes, zh: 两个盒子}
about: Plain text
seed: 42
profile: docker-27
uplink: 10.9.0.0/24
setup:
  - docker run -d --name a nginx   # a comment is not part of the line
  - run: [wait, 'exec a sh -c "echo x: y"']
steps:
  - run: exec a ip neigh
    say: {zh: 看, en: Look}
    expect:
      - output contains REACHABLE
      - exit 0
  - say: Only words
"""


def test_every_key_is_read() -> None:
    scenario = parse_scenario(FULL, "full.yaml")
    assert content(scenario) == Scenario(
        title={"en": "Two boxes", "zh": "两个盒子"},
        about={"en": "Plain text"},
        seed=42,
        profile="docker-27",
        uplink="10.9.0.0/24",
        setup=(Step(run=("docker run -d --name a nginx",)), Step(run=("wait", 'exec a sh -c "echo x: y"'))),
        steps=(
            Step(("exec a ip neigh",), {"en": "Look", "zh": "看"}, ("output contains REACHABLE", "exit 0")),
            Step(say={"en": "Only words"}),
        ),
    )
    assert scenario.name == "full.yaml"


def test_each_line_knows_where_it_stands() -> None:
    scenario = parse_scenario(FULL, "full.yaml")
    assert [step.line for step in scenario.setup + scenario.steps] == [8, 9, 11, 16]
    assert scenario.setup[1].run_lines == (9, 9)
    assert scenario.steps[0].run_lines == (11,)
    assert scenario.steps[0].expect_lines == (14, 15)


def test_the_version_alone_is_a_scenario() -> None:
    assert content(parse_scenario(HEAD, "x")) == Scenario(seed=0, profile=DEFAULT_PROFILE, uplink=DEFAULT_LAN)


def test_a_language_map_is_ordered_whatever_the_file_says() -> None:
    scenario = parse_scenario(HEAD + "title: {zh: 二, en: two}\n", "x")
    assert list(scenario.title) == list(LANGUAGES)


@pytest.mark.parametrize("text", ["\ufeff" + HEAD, HEAD.replace("\n", "\r\n") + "seed: 0\r\n", "# first\n\n" + HEAD])
def test_what_editors_add_is_harmless(text: str) -> None:
    assert content(parse_scenario(text, "x")) == Scenario(uplink=DEFAULT_LAN)


def test_a_folded_text_and_a_block_of_one_line_are_command_lines() -> None:
    text = HEAD + "steps:\n  - >-\n    exec a ping\n    -c 1 b\n  - |\n    wait\n"
    assert [step.run for step in parse_scenario(text, "x").steps] == [("exec a ping -c 1 b",), ("wait",)]


WRONG = {
    "empty": ("", 1, "the file is empty"),
    "comments only": ("# nothing\n\n", 1, "the file is empty"),
    "a list": ("- wait\n", 1, "expected a map with netsandbox, title, about, learned"),
    "a text": ("wait\n", 1, "profile, uplink, setup, steps, found the text 'wait'"),
    "no version": ("title: x\n", 1, "the key 'netsandbox: 2' is missing"),
    "another version": ("title: x\nnetsandbox: 3\n", 2, "reads the formats 1 and 2, found 3"),
    "version is text": ("netsandbox: '1'\n", 1, "netsandbox: expected a whole number, found the text '1'"),
    "version is a truth value": ("netsandbox: yes\n", 1, "found the truth value 'yes'"),
    "version is nothing": ("netsandbox:\n", 1, "expected a whole number, found nothing"),
    "unknown key": (HEAD + "titel: x\n", 2, "unknown key 'titel' in a scenario; did you mean 'title'?"),
    "unknown key in capitals": (HEAD + "STEPS: []\n", 2, "did you mean 'steps'?"),
    "unknown key far from all": (HEAD + "qqq: x\n", 2, "expected one of netsandbox, title"),
    "unknown key of a step": (STEPS + "  - wait\n  - runn: x\n", 4, "'runn' in an item of steps; did you mean 'run'?"),
    "unknown language": (HEAD + "title:\n  en: x\n  zhh: y\n", 4, "unknown key 'zhh' in title; did you mean 'zh'?"),
    "merge key": (HEAD + "<<: {seed: 1}\n", 2, "unknown key '<<'"),
    "key that is a list": (HEAD + "[a, b]: c\n", 2, "a key must be a plain word, found a list"),
    "duplicate key": (HEAD + "seed: 1\ntitle: x\nseed: 2\n", 4, "the key 'seed' is given twice (first on line 2)"),
    "duplicate key in a step": (STEPS + "  - run: a\n    run: b\n", 4, "the key 'run' is given twice"),
    "seed is text": (HEAD + "seed: lucky\n", 2, "seed: expected a whole number, found the text 'lucky'"),
    "seed is broken": (HEAD + "seed: 1.5\n", 2, "seed: expected a whole number, found the number '1.5'"),
    "seed is negative": (HEAD + "seed: -1\n", 2, "seed: expected a whole decimal number from 0 to"),
    "seed is too large": (HEAD + f"seed: {MAX_SEED + 1}\n", 2, "seed: expected a whole decimal number from 0 to"),
    "seed is enormous": (HEAD + f"seed: {'9' * 10_000}\n", 2, "seed: expected a whole decimal number from 0 to"),
    "seed in base sixty": (HEAD + "seed: 1:30\n", 2, "found the number '1:30'"),
    "seed in octal": (HEAD + "seed: 017\n", 2, "found the number '017'"),
    "seed is a map": (HEAD + "seed: {a: 1}\n", 2, "found a map"),
    "unknown profile": (HEAD + "profile: docker29\n", 2, "unknown release 'docker29'; did you mean 'docker-29'?"),
    "uplink is a number": (HEAD + "uplink: 1\n", 2, "uplink: expected true, false or a network"),
    "uplink is too small": (HEAD + "uplink: 10.0.0.0/30\n", 2, "'10.0.0.0/30' is no LAN for an uplink"),
    "uplink is no network": (HEAD + "uplink: lan\n", 2, "uplink: "),
    "uplink is a host": (HEAD + "uplink: 10.0.0.1/24\n", 2, "'10.0.0.1/24' is no LAN"),
    "uplink is the internet": (HEAD + "uplink: 8.0.0.0/8\n", 2, "'8.0.0.0/8' is a part of the internet"),
    "profile is a number": (HEAD + "profile: 29\n", 2, "found the number '29'; put it in quotes if it is text"),
    "setup is a text": (HEAD + "setup: wait\n", 2, "setup: expected a list of command lines, found the text 'wait'"),
    "steps is nothing": (STEPS + "", 2, "steps: expected a list of command lines, found nothing"),
    "a line is a number": (STEPS + "  - wait\n  - 5\n", 4, "steps: expected a command line, found the number '5'"),
    "a line is a date": (HEAD + "steps: [2026-01-01]\n", 2, "found the date '2026-01-01'"),
    "a line is nothing": (STEPS + "  -\n", 3, "steps: expected a command line, found nothing"),
    "a line is empty": (STEPS + "  - '  '\n", 3, "steps: expected a line, found an empty text"),
    "a list in a list": (STEPS + "  - [wait]\n", 3, "expected a command line or a map with ask, run, say, expect"),
    "hints as a text": (STEPS + "  - hints: look\n", 3, "hints: expected a list of 1 to 3 texts, the gentlest first"),
    "too many hints": (STEPS + "  - hints: [a, b, c, d]\n", 3, "hints: expected a list of 1 to 3 texts"),
    "a task without an end": (STEPS + "  - task: {en: do it}\n", 3, "task: expected an expect line beside it"),
    "answers without a question": (STEPS + "  - answers: [a, b]\n    right: 1\n", 3, "expected ask, answers and"),
    "answers without a right one": (STEPS + "  - ask: what?\n    answers: [a, b]\n", 4, "expected ask, answers"),
    "answers of which two are the same": (
        STEPS + "  - {ask: why, answers: [a, b, A], right: 1}\n", 3, "answers: expected texts that differ, and none"),
    "answers of which two are the same in Chinese": (
        STEPS + "  - {ask: why, answers: [{en: a, zh: c}, {en: b, zh: c}], right: 1}\n", 3, "texts that differ"),
    "an answer that says nothing": (
        STEPS + "  - {ask: why, answers: [a, ' '], right: 1}\n", 3, "answers: expected texts that differ"),
    "an answer that only Chinese readers see": (
        STEPS + "  - {ask: why, answers: [{en: a}, {zh: b}], right: 1}\n", 3, "answers: expected texts that differ"),
    "one answer": (STEPS + "  - {ask: why, answers: [a], right: 1}\n", 3, "answers: expected a list of 2 to 4 texts"),
    "right is too large": (STEPS + "  - {ask: why, answers: [a, b], right: 3}\n", 3,
                           "right: expected a whole decimal number from 1 to 2, found"),
    "right is nothing": (STEPS + "  - {ask: why, answers: [a, b], right: 0}\n", 3, "right: expected the number of"),
    "an answer is a truth value": (STEPS + "  - {ask: why, answers: [yes, no], right: 1}\n", 3, "put it in quotes"),
    "a hint in no language": (STEPS + "  - hints: [{}]\n", 3, "hints: an empty map"),
    "notes that nobody wrote": (HEAD + "notes: ['hint 1, 0 to go', hint2]\n", 2,
                                "notes: 'hint2' is none that `save` writes"),
    "topics are a list": (HEAD + "topics: [tcp]\n", 2, "topics: expected words such as vlan, found a list"),
    "next is a list": (HEAD + "next: [hub]\n", 2, "next: expected a scenario's name"),
    "a map without anything": (STEPS + "  - {}\n", 3, "steps: an empty item"),
    "a line with a colon": (STEPS + "  - exec a echo b: c\n", 3, "a line with ': ' in it must be in quotes"),
    "run with a colon": (STEPS + "  - run:\n      exec a echo b: c\n", 4, "run: expected a line or a list of lines"),
    "lines of a block": (STEPS + "  - |\n    wait\n    wait\n", 3, "found several in one text"),
    "a forgotten dash": (STEPS + "  - wait\n    wait\n", 3, "a line that goes on in the next one"),
    "run is a number": (STEPS + "  - run: 1\n", 3, "run: expected a command line, found the number '1'"),
    "run holds a list": (STEPS + "  - run: [[wait]]\n", 3, "run: expected a command line, found a list"),
    "expect is a truth value": (STEPS + "  - expect: [ok, true]\n", 3, "expect: expected a line, found the truth"),
    "say is a list": (STEPS + "  - say: [x]\n", 3, "say: expected a text or a map of en and zh, found a list"),
    "say is an empty map": (STEPS + "  - say: {}\n", 3, "say: an empty map"),
    "a translation is a number": (HEAD + "title: {en: 5}\n", 2, "title.en: expected a text, found the number '5'"),
    "tab": (STEPS + "\t- wait\n", 3, "a tab cannot indent"),
    "colon in plain text": (HEAD + "title: a: b\n", 2, "put the whole text in quotes"),
    "open bracket": (HEAD + "steps: [wait\nseed: 1\n", 2, "is not closed well"),
    "open bracket at the end": (HEAD + "steps: [\n", 3, "is never closed"),
    "open quote": (STEPS + "  - 'wait\n  - wait\n", 3, "a quote is opened here and never closed"),
    "bad escape": (HEAD + 'title: "\\q"\n', 2, "an unknown escape"),
    "impossible character escape": (HEAD + 'title: "\\U00110000"\n', 2, "this is not YAML"),
    "no colon": (HEAD + "steps\nseed: 1\n", 2, "a key without ': '"),
    "bad indent": (STEPS + "  - a\n- b\n", 4, "not indented like the lines it belongs to"),
    "reserved character": (STEPS + "  - @a\n", 3, "cannot start with this character"),
    "two documents": (HEAD + "---\n" + HEAD, 2, "a second document starts here"),
    "python tag": (HEAD + "title: !!python/object/apply:os.getcwd []\n", 2, "tags are not allowed"),
    "harmless tag": (HEAD + "title: !!str 5\n", 2, "tags are not allowed (found 'tag:yaml.org,2002:str')"),
    "anchor": (HEAD + "title: &a x\n", 2, "anchors are not allowed (found '&a')"),
    "alias": (STEPS + "  - *everything\n", 3, "aliases are not allowed (found '*everything')"),
    "alias to nowhere with a bad name": (STEPS + "  - * \n", 3, "must be in quotes"),
    "raw escape character": (HEAD + "title: a\x1b[31m\n", 2, "the character U+001B is not allowed in YAML"),
    "null character": (HEAD + "title: a\x00\n", 2, "the character U+0000 is not allowed in YAML"),
    "written escape character": (STEPS + '  - "a\\e[31m"\n', 3, "character U+001B is not allowed in a scenario"),
    "lone surrogate": (HEAD + 'title: "\\ud800"\n', 2, "the character U+D800 is not allowed"),
    "reversed text": (STEPS + "  - exec a \u202eecho\n", 3, "the character U+202E is not allowed"),
    "line separator": (STEPS + '  - "wait\\Lwait"\n', 3, "the character U+2028 is not allowed"),
    "invisible text": (HEAD + "title: a\u200bb\n", 2, "the character U+200B is not allowed"),
}


@pytest.mark.parametrize(("text", "line", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_with_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "lab.yaml")
    error = caught.value
    assert (error.path, error.line) == ("lab.yaml", line)
    assert words in error.message
    assert str(error) == f"lab.yaml:{line}: {error.message}"
    assert str(error).isprintable(), "an error is one line that cannot steer the terminal"
    chinese = re.sub("'[^']*'", "", translated(error.message, "zh"))
    assert not re.search("[a-z]{2} [a-z]{2}", chinese.replace("chr() arg not in range", "")), "no English is left"


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    layers = "".join(f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 10)}]\n" for i in range(1, 12))
    with pytest.raises(ScenarioError, match="anchors are not allowed") as caught:
        parse_scenario(HEAD + "b0: &b0 [x]\n" + layers, "bomb")
    assert caught.value.line == 2


def test_depth_is_capped_long_before_the_stack_is() -> None:
    with pytest.raises(ScenarioError, match="nested more than"):
        parse_scenario(HEAD + "steps: " + "[" * 500_000, "deep")
    for depth, words in ((MAX_DEPTH - 1, "expected a command line or a map"), (MAX_DEPTH + 1, "nested more than")):
        with pytest.raises(ScenarioError, match=words):
            parse_scenario(HEAD + "steps: " + "[" * depth + "]" * depth + "\n", "edge")


def test_a_long_wrong_value_is_shortened() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(HEAD + f"{'k' * 5_000}: 1\n", "x")
    assert len(str(caught.value)) < 300


def test_a_file_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(FULL, encoding="utf-8")
    assert load_scenario(path) == load_scenario(str(path)) == parse_scenario(FULL, str(path))
    assert load_scenario(path).name == str(path)
    path.write_text(FULL, encoding="utf-8-sig")
    assert content(load_scenario(path)) == content(parse_scenario(FULL, "x"))


def test_a_missing_file_and_a_directory_have_no_line(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "directory")):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(path)
        assert caught.value.line == 0
        assert str(caught.value).startswith(f"{path}: ")
        assert words in caught.value.message


def test_an_impossible_file_name_is_an_error() -> None:
    for name in ("a\0b.yaml", "x" * 5_000, ""):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(name)
        assert str(caught.value).isprintable()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(HEAD, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(ScenarioError, match="no permission"):
        load_scenario(path)


def test_refused_permission_is_an_error_for_root_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(ScenarioError, match=r"lab\.yaml: cannot be read: no permission$"):
        load_scenario("lab.yaml")


def test_bytes_that_are_not_utf8_name_their_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"netsandbox: 1\ntitle: caf\xe9\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert (caught.value.line, caught.value.message) == (2, "not UTF-8 text: byte 0xe9; save the file as UTF-8")
    path.write_text(FULL, encoding="utf-16")
    with pytest.raises(ScenarioError, match="this is UTF-16; save the file as UTF-8") as caught:
        load_scenario(path)
    assert translated(str(caught.value), "zh").endswith("这是 UTF-16；请把文件存为 UTF-8")


def test_a_file_may_be_as_large_as_the_cap_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(HEAD.encode() + b"#" * (MAX_BYTES - len(HEAD)))
    assert content(load_scenario(path)) == Scenario(uplink=DEFAULT_LAN)
    path.write_bytes(HEAD.encode() + b"#" * (MAX_BYTES - len(HEAD) + 1))
    with pytest.raises(ScenarioError, match="too large: more than 1,048,576 bytes"):
        load_scenario(path)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("text", "line", "words"), [
    ("setup:\n  - expect exit one\n", 3, ("expected an exit status", "退出码")),
    ("steps:\n  - expect:\n      - exit 0\n      - raech a b\n", 5, ("did you mean 'reach'?", "是不是“reach”？"))])
def test_a_goal_that_cannot_be_read_is_told_when_the_file_is(
        tmp_path: Path, text: str, line: int, words: tuple[str, str], language: str,
        capsys: pytest.CaptureFixture[str]) -> None:
    """A reader met it at its step, and could never finish."""
    path = tmp_path / "goal.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.line == line
    for told in (translated(str(caught.value), language), "".join(
            [str(main(["run", str(path), "--lang", language])), capsys.readouterr().err])):
        assert f"{path}:{line}" in told
        assert words[language == "zh"] in told
    assert main(["check", str(path)]) == 2
    assert f"{path}:{line}" in capsys.readouterr().out
    assert KeptSession().run(f"load {path}").code


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_is_not_read() -> None:
    with pytest.raises(ScenarioError, match="not a regular file"):
        load_scenario("/dev/zero")


def test_a_file_name_cannot_steer_the_terminal() -> None:
    error = ScenarioError("a\x1b[31m\u202e.yaml", 3, "words")
    assert str(error) == "a\\x1b[31m\\u202e.yaml:3: words"


texts = st.text(st.characters(codec="utf-8"), max_size=40).filter(lambda text: fault_in_text(text) is None)
TRAPS = """wait 6s, yes, No, null, ~, 1, 1.5, 0x1f, 2026-01-01, a: b, a #b, - a, #a, 'a', "a, a:, [a], {a: b}, !a, &a,
*a, |, >, %a, @a, `a, ? a, =, <<, a\tb, \\n, y, .inf, ---"""
plain_words = st.sampled_from([trap.strip() for trap in TRAPS.split(",")])
lines = st.one_of(plain_words, texts.map(lambda text: text.replace("\n", " ").strip())).filter(bool)
translations = st.dictionaries(st.sampled_from(LANGUAGES), st.one_of(plain_words, texts), max_size=2)
many_lines = st.lists(lines, max_size=3).map(tuple)
told = st.dictionaries(st.sampled_from(LANGUAGES), st.one_of(plain_words, texts), min_size=1, max_size=2)
hints = st.one_of(st.just(()), st.tuples(told), st.tuples(told, told, told))
def _with_answers(step: Step, answers: tuple[dict[str, str], ...]) -> Step:
    return step._replace(answers=answers, right=len(answers)) if step.ask and answers else step


plain_steps = st.builds(
    Step, many_lines, translations, many_lines, ask=translations, hints=hints, task=translations,
    answers=st.just(()), right=st.just(0)).map(
    lambda step: step if step.expect else step._replace(task={})).filter(
    lambda step: any((step.run, step.say, step.expect, step.ask, step.hints)))
different = st.lists(st.one_of(plain_words, texts).filter(str.strip), min_size=2, max_size=3,
                     unique_by=lambda text: text.strip().casefold())
answers = st.one_of(st.just(()), st.builds(
    lambda words, languages: tuple(dict.fromkeys(languages, word) for word in words),
    different, st.sampled_from([LANGUAGES, *((language,) for language in LANGUAGES)])))
steps = st.builds(_with_answers, plain_steps, answers)
scenarios = st.builds(
    Scenario,
    title=translations,
    about=translations,
    seed=st.integers(0, MAX_SEED),
    profile=st.sampled_from(list(PROFILES)),
    uplink=st.sampled_from(["", DEFAULT_LAN, "10.0.0.0/8"]),
    setup=st.lists(steps, max_size=3).map(tuple),
    steps=st.lists(steps, max_size=3).map(tuple),
    learned=translations,
    after=st.sampled_from(["", "hub", "two words: one", "7"]),
    topics=st.sampled_from([(), ("tcp", "nat"), ("yes",)]),
    notes=st.lists(st.builds(Note, st.sampled_from(["hint", "solution", "answer"]), st.integers(0, 99),
                             st.integers(0, 9999)), max_size=3).map(tuple),
    name=st.just("again"),
)


@given(scenarios)
def test_what_is_written_reads_back_the_same(scenario: Scenario) -> None:
    text = dump_scenario(scenario)
    assert content(parse_scenario(text, "again")) == content(scenario)
    assert dump_scenario(parse_scenario(text, "again")) == text


def test_a_written_scenario_is_pleasant_to_read() -> None:
    assert dump_scenario(parse_scenario(FULL, "x")) == """\
netsandbox: 2
title:
  en: "Two boxes"
  zh: "两个盒子"
about:
  en: "Plain text"
seed: 42
profile: docker-27
uplink: 10.9.0.0/24
setup:
  - docker run -d --name a nginx
  - run:
      - wait
      - "exec a sh -c \\"echo x: y\\""
steps:
  - run: exec a ip neigh
    say:
      en: "Look"
      zh: "看"
    expect:
      - output contains REACHABLE
      - exit 0
  - say:
      en: "Only words"
"""


UNWRITABLE = {
    "control character": Scenario(steps=(Step(run=("a\x1bb",)),)),
    "two lines in one": Scenario(steps=(Step(run=("a\nb",)),)),
    "empty line": Scenario(steps=(Step(expect=(" ",)),)),
    "surrogate": Scenario(title={"en": "\ud800"}),
    "unknown language": Scenario(about={"fr": "x"}),
    "nothing at all": Scenario(setup=(Step(),)),
    "answers without a question": Scenario(steps=(Step(("wait",), answers=({"en": "a"}, {"en": "b"}), right=1),)),
    "answers without a right one": Scenario(steps=(Step(ask={"en": "q"}, answers=({"en": "a"}, {"en": "b"})),)),
    "a right one without answers": Scenario(steps=(Step(ask={"en": "q"}, right=1),)),
    "a task that nothing tells the end of": Scenario(steps=(Step(task={"en": "t"}),)),
    "negative seed": Scenario(seed=-1),
    "unknown profile": Scenario(profile="docker-1"),
    "too large": Scenario(about={"en": "词" * (MAX_BYTES // 3)}),
}


@pytest.mark.parametrize("scenario", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_could_not_be_read_back_is_not_written(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        dump_scenario(scenario)
    assert str(caught.value).isprintable()


@given(st.one_of(st.text(), st.text("netsabox:1 -[]{}'\"|>&*!#\n\t%@,?ruy", max_size=60).map(lambda text: HEAD + text)))
def test_no_text_ends_in_anything_but_a_scenario_or_its_error(text: str) -> None:
    shown = ""
    try:
        parse_scenario(text, "fuzz")
    except ScenarioError as error:
        shown = str(error)
    assert shown.isprintable()


@pytest.mark.parametrize("command", [
    "docker network create \\\n  --driver bridge \\\n  app", "cat > compose.yaml <<EOF\nservices:\n  web: {}\n\nEOF",
    "for i in 1 2; do\n  echo $i\ndone", "echo 'a\nb'", "docker ps \\\n  -a \\\n", "touch a\\ ", "echo a\\\\"])
def test_a_command_of_several_lines_is_saved_and_read(command: str) -> None:
    steps = (Step((command,)), Step((command, "wait"), {"en": "x"}))
    scenario = Scenario({}, {}, 0, DEFAULT_PROFILE, setup=steps, steps=steps, name="again")
    assert content(parse_scenario(dump_scenario(scenario), "again")) == content(scenario)
    block = "".join(f"      {line}\n" for line in command.split("\n"))
    assert parse_scenario(f"{STEPS}  - run: |\n{block}", "").steps[0].run == (command,)


@pytest.mark.parametrize("text", ["expect: |\n      exit 0 \\\n      exit 1\n", "run: |\n      wait\n      wait\n",
                                  "run: |\n      for i in 1; do\n      wait\n"])
def test_several_commands_and_half_ones_are_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="found several in one text"):
        parse_scenario(f"{STEPS}  - {text}", "")
