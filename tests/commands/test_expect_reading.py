"""The words of conditions: split as a shell splits them, pointed at when they are wrong, and all in the manual."""

from __future__ import annotations

import shlex
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.expect import CONDITIONS, ConditionError, parse
from netsandbox.commands.expect.manual import ORDER
from netsandbox.commands.expect.reader import words_of
from netsandbox.commands.expect.words import PHRASES, speaker
from netsandbox.commands.verbs.help_verb import manual

DECLARED = list(dict.fromkeys(CONDITIONS.values()))


@given(st.text(alphabet="ab \t'\"\\#中=|", max_size=20))
def test_words_are_those_of_a_shell(text: str) -> None:
    try:
        expected = shlex.split(text, comments=True)
    except ValueError:
        with pytest.raises(ConditionError):
            words_of(text)
        return
    assert [word.text for word in words_of(text)] == expected


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    error = refusal(text)
    assert error is None or (1 <= error.position <= len(text) + 1 and error.code == 2)


def refusal(text: str) -> ConditionError | None:
    try:
        parse(text)
    except ConditionError as error:
        return error
    return None


@given(st.lists(st.sampled_from(sorted({word for one in DECLARED for text, *_what in one.examples
                                        for word in text.split()} | {"no", "where", "then", "4", "<"})), max_size=9))
def test_known_words_in_any_order_are_read_or_refused(words: list[str]) -> None:
    error = refusal(" ".join(words))
    assert error is None or len(str(error).splitlines()) == 3


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.name)
def test_each_condition_has_a_manual_whose_examples_can_be_read(one: object) -> None:
    assert one in DECLARED
    condition = DECLARED[DECLARED.index(one)]  # type: ignore[arg-type]
    assert condition.examples
    assert condition.summary[0].endswith(".")
    for text, what, _chinese in condition.examples:
        parsed = parse(text)
        assert parsed.condition is condition
        assert text in manual(VERBS, "expect")
        assert what in " ".join(manual(VERBS, "expect").split())
    for usage in condition.usages:
        assert usage in manual(VERBS, "expect")


def test_the_manual_leaves_no_condition_out() -> None:
    assert set(ORDER) == {one.name for one in DECLARED}
    assert len(ORDER) == len(DECLARED)
    assert max(len(line) for line in manual(VERBS, "expect").splitlines()) <= 110


WRONG = [
    ("", 1, "is missing"),
    ("nonsense", 1, "'nonsense' is no condition; there are: "),
    ("raech a b", 1, "did you mean 'reach'?"),
    ("no", 3, "is missing"),
    ("reach pc1", 10, "NODE or ADDRESS is missing"),
    ("reach pc1 pc2 pc3", 15, "one word too many"),
    ("arp pc1 10.0.0.2 REACHABEL", 18, "no state 'REACHABEL'; did you mean 'REACHABLE'?"),
    ("arp pc1 10.0.0.2 any STALE|GONE", 22, "no state 'GONE'"),
    ("mac sw1 pc1 at p1", 13, "one word too many"),
    ("frames", 7, "a count is missing"),
    ("frames four", 8, "expected a count"),
    ("frames > x", 10, "expected a number after >"),
    ("frames 5..2", 8, "runs backwards"),
    ("frames 1 on", 12, "is missing"),
    ("frames 1 where icpm", 16, "did you mean `icmp`?"),
    ("frames 1 where arp and (icmp", 24, "never closed"),
    ("frames 1 where", 15, "a filter such as"),
    ("frames 1 where reason NEIGH_FIALED", 23, "did you mean 'NEIGH_FAILED'?"),
    ("frames 1 where verdict florded", 24, "did you mean 'flooded'?"),
    ("frames 1 where \"arp and icpm\"", 25, "did you mean `icmp`?"),
    ("frames 1 since yesterday", 16, "`start`"),
    ("frames 1 bytes x 00", 16, "offset"),
    ("frames 1 bytes 0 xyz", 18, "hex digits"),
    ("frame 5s", 7, "`at TIME`"),
    ("frame at soon", 10, "not a duration"),
    ("frame at 5s ± x", 15, "not a duration"),
    ("order in where arp then", 24, "a filter such as"),
    ("order where then arp", 13, "a filter such as"),
    ("order in", 9, "where FILTER then FILTER"),
    ("drop OTHERHOTS", 6, "did you mean 'OTHERHOST'?"),
    ("output says hi", 8, "contains or matches"),
    ("output matches '('", 16, "not a regular expression"),
    ("output matches '(a'", 16, "missing )"),
    ("output contains", 16, "a text is missing"),
    ("exit zero", 6, "expected an exit status"),
    ("state nginx-1 runing", 15, "did you mean 'running'?"),
    ("port host 0 free", 11, "is no port"),
    ("port host 99999 free", 11, "is no port"),
    ("port host 80 open", 14, "held or free"),
    ("port host 80 held nginx", 19, "`by NAME`"),
    ("interface pc1:eth0 upp", 20, "did you mean 'up'?"),
    ("interface pc1:eth0 mac 02:00", 24, "02:00"),
    ("counter overherd pc1 > 0", 9, "did you mean 'overheard'?"),
    ("namespace a b", 13, "`is NODE`"),
    ("sysctl host key", 16, "VALUE is missing"),
    ("arp pc1 'x", 9, "not closed"),
    ("arp pc1 x\\", 10, "backslash"),
]


@pytest.mark.parametrize(("text", "position", "problem"), WRONG, ids=[case[0] for case in WRONG])
def test_a_mistake_is_named_at_its_place(text: str, position: int, problem: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.code) == (position, 2)
    assert problem in caught.value.problem
    first, line, picture = str(caught.value).splitlines()
    assert first == f"expect: {caught.value.problem}"
    assert line == f"  {text}"
    assert picture.index("^") == position + 1


def test_the_picture_points_below_chinese_words() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("arp 主机 10.0.0.2 STALL")
    assert str(caught.value).splitlines()[2].index("^") == 2 + len("arp ") + 4 + len(" 10.0.0.2 ")


def test_both_languages_have_the_same_phrases_and_fields() -> None:
    for key, (english, chinese) in PHRASES.items():
        fields = [sorted(name for _text, name, _spec, _conversion in Formatter().parse(text) if name)
                  for text in (english, chinese)]
        assert fields[0] == fields[1], key
    with pytest.raises(ValueError, match="fr"):
        speaker("fr")
