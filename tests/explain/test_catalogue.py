"""Every event, reason and outcome has words in both languages, and the words fit what there is to say."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

import netsandbox
from netsandbox.explain.catalogue import CATALOGUE, PHRASES, fields_of, find, reference
from netsandbox.explain.explanation import tell
from netsandbox.explain.joining import fill
from netsandbox.explain.operands import TELLERS
from netsandbox.explain.voice import Voice
from netsandbox.explain.words import LANGUAGES
from netsandbox.linux.drop import DropReason, Outcome
from netsandbox.linux.events import Forwarding, SendFailed
from tests.explain import samples
from tests.syntax import walk

PACKAGE = Path(netsandbox.__file__).parent
TOLD_OTHERWISE = {"FrameReceived": "Outcome", "FrameBridged": "Forwarding"}
"""Classes whose words are those of one of their operands."""


def test_the_languages_are_english_and_chinese() -> None:
    assert LANGUAGES == ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cls", samples.event_classes(), ids=lambda cls: cls.__name__)
def test_every_event_class_has_words(cls: type, language: str) -> None:
    assert cls in TELLERS, f"explain.operands says nothing of {cls.__name__}"
    keys = [key for key in CATALOGUE[language] if key.partition(".")[0] == cls.__name__]
    assert keys or cls.__name__ in TOLD_OTHERWISE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("member", [*DropReason, *Outcome, *Forwarding], ids=lambda m: f"{type(m).__name__}.{m.name}")
def test_every_reason_outcome_and_forwarding_has_words(member: Any, language: str) -> None:
    key = f"{type(member).__name__}.{member.name}"
    assert key in CATALOGUE[language], "its words belong into a file of explain/texts"
    assert reference(key), "where it can be looked up belongs into explain/texts/references.txt"


def test_every_sample_class_is_there() -> None:
    assert {type(event) for event in samples.all_events()} == set(samples.event_classes())
    assert len(samples.event_classes()) > 35


def test_the_languages_have_the_same_keys_and_fields() -> None:
    english, chinese = CATALOGUE["en"], CATALOGUE["zh"]
    assert list(english) == list(chinese)
    assert list(PHRASES["en"]) == list(PHRASES["zh"])
    for key, words in english.items():
        assert len(words) == len(chinese[key]), key
        for one, other in zip(words, chinese[key], strict=True):
            assert fields_of(one) == fields_of(other), key
    for key, phrase in PHRASES["en"].items():
        assert fields_of(phrase) == fields_of(PHRASES["zh"][key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_makes_a_whole_sentence(language: str) -> None:
    for event in samples.all_events():
        told = tell(event, Voice(language))
        assert told.decision.endswith((".", "。", "…")) or type(event).__name__ == "CommandRun", told
        assert told.reference or type(event).__module__ == "netsandbox.lab.events"
        for text in (told.decision, *told.looked_at, told.reference):
            assert text == text.strip()
            assert text or text is told.reference
            assert not re.search(r"[{}]|  |\bNone\b|object at|\.\.|。。|：：|: :", text), (event, text)
        assert "Unknown" not in told.decision


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_sentences_are_short_enough_for_a_pane(language: str) -> None:
    lengths = [len(tell(event, Voice(language)).decision) for event in samples.all_events()]
    assert max(lengths) < 260
    assert sorted(lengths)[len(lengths) // 2] < 140


def test_every_case_of_the_catalogue_is_one_that_some_event_makes() -> None:
    """A case that nothing makes would be words that nobody ever reads."""
    read = {"FrameReceived", "FrameBridged", "Unknown", "FdbLearned.static"}
    original = dict(CATALOGUE["en"])
    for key, words in original.items():
        CATALOGUE["en"][key] = (f"<{key}>{words[0]}", *words[1:])
    try:
        for event in samples.all_events():
            read |= set(re.findall(r"<([^>]+)>", tell(event, Voice("en")).decision))
    finally:
        CATALOGUE["en"].update(original)
    bases = {key for key in original if any(other.startswith(f"{key}.") for other in original)}
    assert set(original) - read - bases == set()


def test_a_drop_is_looked_up_by_the_kernels_own_name() -> None:
    """Names of our own have none there, and one is called otherwise."""
    ours = {"NOT_JOINED", "ARP_INVALID", "ICMP_IGNORED", "CASCADE_TOO_LONG", "LINK_GONE",
            "BRIDGE_INGRESS_VLAN", "BRIDGE_EGRESS_VLAN", "BPDU_INVALID", "IGMP_INVALID", "VLAN_UNKNOWN", "DEV_NULL",
            "TUNNEL_UNKNOWN", "TUNNEL_INVALID", "BOND_INACTIVE", "MACVLAN_FOREIGN", "TUN_NO_READER"}
    for drop in samples.drops():
        told = tell(SendFailed(samples.lab().interface("nginx-1"), samples.frames()["udp"], drop), Voice("en"))
        assert told.reference.startswith("skb_drop_reason ") == (drop.reason.name not in ours)
        assert "NO_EGRESS" not in told.reference


# -- the Chinese is Chinese


ENGLISH_RUN = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def test_no_english_sentence_is_left_in_the_chinese_words() -> None:
    texts = [text for words in CATALOGUE["zh"].values() for text in words] + list(PHRASES["zh"].values())
    assert [text for text in texts if ENGLISH_RUN.search(text)] == []


def test_no_english_sentence_is_left_in_what_is_told_in_chinese() -> None:
    for event in samples.all_events():
        told = tell(event, Voice("zh"))
        for text in (told.decision, *told.looked_at):
            if type(event).__name__ != "CommandRun":
                assert not ENGLISH_RUN.search(text.replace("dev eth0", "")), text


@pytest.mark.parametrize("key", sorted(CATALOGUE["zh"]))
def test_every_chinese_sentence_has_chinese_in_it(key: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", CATALOGUE["zh"][key][0])
    assert not re.search(r"[\u4e00-\u9fff][,;:!?]", CATALOGUE["zh"][key][0]), "full-width punctuation"


def test_no_chinese_is_left_in_the_english_words() -> None:
    texts = [text for words in CATALOGUE["en"].values() for text in words] + list(PHRASES["en"].values())
    assert not [text for text in texts if re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)]


def test_between_chinese_and_latin_script_comes_a_space() -> None:
    assert fill("把{frame}发给{where}。", {"frame": "ARP 请求", "where": "eth0"}) == "把 ARP 请求发给 eth0。"
    assert fill("没有{dst} 的表项", {"dst": "46:0c（nginx-2）"}) == "没有 46:0c（nginx-2）的表项"
    assert fill("{where}收到{n}个", {"where": "网桥", "n": "3"}) == "网桥收到 3 个"


# -- the words in the code that choose a case


def calls(names: Collection[str]) -> Iterator[tuple[str, ast.Call]]:
    """(name, call) of functions and methods with these names; a file that has none of the words is not parsed."""
    for room in ("linux", "commands", "session", "docker", "lab"):
        for path in sorted((PACKAGE / room).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            for node in walk(ast.parse(source)) if any(f"{name}(" in source for name in names) else ():
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    if name in names:
                        yield name, node


def literals(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def whys(methods: dict[str, int]) -> set[str]:
    """The texts that are given to methods at a certain place of their arguments."""
    return {text for name, node in calls(methods) if len(node.args) > methods[name]
            for text in literals(node.args[methods[name]])}


def test_every_reason_for_a_neighbour_to_change_has_words() -> None:
    changes = whys({"_set": 2, "update": 4})
    assert changes >= {"used", "it asked", "by hand"}
    for language in LANGUAGES:
        assert {why for why in changes if f"NeighbourChanged.{why}" not in CATALOGUE[language]} == set()


def test_every_reason_for_a_neighbour_to_go_has_words() -> None:
    removals = whys({"flush_interface": 1, "remove": 1})
    assert removals >= {"link down", "new MAC"}
    for language in LANGUAGES:
        assert {why for why in removals if f"NeighbourChanged.gone.{why}" not in CATALOGUE[language]} == set()


def test_every_change_of_a_link_has_words() -> None:
    changes = whys({"LinkChanged": 1})
    assert changes >= {"up", "master"}
    for language in LANGUAGES:
        assert {what for what in changes if f"LinkChanged.{what}" not in CATALOGUE[language]} == set()


def test_every_case_of_a_drop_has_words() -> None:
    """The first text among a verdict's operands names the case, unless it is a value."""
    for _name, node in calls(["Dropped"]):
        if len(node.args) < 2 or not isinstance(node.args[1], ast.Tuple):
            continue
        reason = ast.unparse(node.args[0]).rpartition(".")[2]
        first = node.args[1].elts[0]
        if reason in DropReason.__members__ and isinstance(first, ast.Constant) and isinstance(first.value, str):
            key = f"DropReason.{reason}.{first.value}"
            assert key in CATALOGUE["en"] or (reason, first.value) in {("NO_SOCKET", "udp"), ("NO_SOCKET", "tcp")}, key


def test_a_kind_without_words_is_told_by_its_name() -> None:
    class NewThing(tuple[int, ...]):
        __slots__ = ()

    assert tell(NewThing(), Voice("en")).decision == "NewThing was recorded."
    assert tell(NewThing(), Voice("zh")).decision == "记录了 NewThing。"
    assert find("en", "Nothing.like.it") is None


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of en, zh"):
        tell(samples.all_events()[0], Voice("fr"))
