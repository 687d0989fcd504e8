"""Regular expressions of users: what they find, that none takes long, and that what is searched is counted."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.apps.pattern import Pattern, PatternError, compile_pattern, extended, literal
from netsandbox.engine import budget
from netsandbox.engine.budget import Budget, OverBudgetError, Use

EXPLODING = ["(a+)+b", "(a|a)*b", "((a*))*X", "(a+){2,}X", "(a|aa){1,40}X", "(a{1,30}){1,30}X", ".*.*.*.*.*.*.*.*X"]


@pytest.mark.parametrize("text", EXPLODING)
def test_what_takes_a_backtracking_engine_ages_takes_no_time(text: str) -> None:
    began = process_time()
    assert not compile_pattern(text).matches("a" * 5000)
    assert process_time() - began < 1


WRONG = ["[a", "*", "a{1001}", "((a{100}){100}){10}", "(", "\\", "a" * 301, r"(a)\1", "(?=a)b", "(?<!a)b", "\ud800"]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_pattern_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(text)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(("text", "line"), [
    (r"^\d+ packets", "1 packets transmitted"), (r"([0-9]+\.){3}[0-9]+", "at 10.0.0.1 now"), (r"(a|b)c", "xbc"),
    (r"[(+*|]+", "a||b"), (r"\(1\)\+", "Exited (1)+"), (r"a{2,}b", "aaab"), (r"\<eth0\>", "dev eth0 up"),
    ("[[:digit:]]x", "1x"), ("名", "容器名")])
def test_ordinary_patterns_are_searched_line_by_line(text: str, line: str) -> None:
    assert compile_pattern(text).first_line(f"nothing here\n{line}\n") == line
    assert compile_pattern(text).first_line("…") is None


@given(st.text(st.sampled_from("ab01. *+?[]()|^$\\{}"), max_size=12), st.text(st.sampled_from("ab01. *+"), max_size=12))
@settings(max_examples=300)
def test_where_python_and_re2_know_a_pattern_they_agree(text: str, line: str) -> None:
    try:
        ours, theirs = compile_pattern(text), re.compile(text)
    except (PatternError, re.error, OverflowError, FutureWarning):
        return
    assert ours.matches(line) == (theirs.search(line) is not None)


def counted(pattern: Pattern, text: str) -> int:
    with budget.on(Budget()):
        pattern.matches(text)
        return budget.present().used[Use.PATTERN]


def test_searching_is_counted_by_length_and_by_the_pattern() -> None:
    one, many = compile_pattern("X"), compile_pattern("(a{1,30}){1,30}X")
    assert counted(one, "a" * 1999) == 100 * counted(one, "a" * 19)
    assert counted(many, "a" * 19) > 100 * counted(one, "a" * 19)


def test_a_line_may_search_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Use.PATTERN, "limit", 20_000_000)
    pattern = compile_pattern("(a{1,30}){1,30}X")
    with budget.on(Budget()), pytest.raises(OverBudgetError, match="20,000,000 steps of regular"):
        pattern.first_line("\n".join(["a" * 2000] * 1000))


@pytest.mark.parametrize(("basic", "text", "is_there"), [
    ("a+", "a+", True), ("a+", "aa", False), (r"a\+b", "aab", True), (r"\(ab\)\{2\}", "abab", True),
    ("(a)", "(a)", True), ("[+]", "+", True), ("[]+]x", "]x", True), ("*a", "*a", True), ("a|b", "a", False),
    (r"a\|b", "b", True)])
def test_basic_syntax_writes_its_marks_with_a_backslash(basic: str, text: str, is_there: bool) -> None:
    assert compile_pattern(extended(basic)).matches(text) == is_there


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20))
def test_a_literal_finds_itself_and_nothing_else(text: str) -> None:
    pattern = compile_pattern(literal(text))
    assert pattern.is_all_of(text)
    assert not pattern.is_all_of(text + "x")


def test_longest_finds_what_posix_finds() -> None:
    assert list(compile_pattern("a|ab|abc", longest=True).occurrences("abcab")) == ["abc", "ab"]
    assert list(compile_pattern("a|ab|abc").occurrences("abcab")) == ["a", "a"]
