"""Lines in a row, many of them wrong, as the real nft 1.1.3 answered them: output, complaints, status."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.linux.netfilter.nft import command
from tests.linux.netfilter.router import Router

REAL = json.loads((Path(__file__).parent / "real_nft_sessions.json").read_text(encoding="utf-8"))
WORDS = re.compile(r'(?:"[^"]*"|[^ "])+')


def words(line: str) -> tuple[list[str], str]:
    """Of a command line, and what it reads behind `<<<`."""
    before, _here, text = line.partition(" <<< ")
    return WORDS.findall(before), text


@pytest.mark.parametrize("lines", REAL["sessions"], ids=[f"{number}" for number in range(len(REAL["sessions"]))])
def test_each_line_is_answered_as_the_real_one_answered_it(lines: list[list[Any]]) -> None:
    namespace = Router().namespace
    for line in REAL["before"]:
        assert command.run(namespace, words(line)[0], str).code == 0
    for line, code, out, err in lines:
        told, text = words(line)

        def read(_name: str, text: str = text) -> str:
            return text + "\n"
        assert command.run(namespace, told, read)[:3] == (code, out, err), line


@pytest.mark.parametrize(("line", "says"), [
    ("add rule ip t c tcp dport > ١ accept", "syntax error, unexpected junk"),
    ("add rule ip t c iifname é accept", "syntax error, unexpected junk"),
    ("add chain ip t x { type filter hook output priority 99999999999999999999999; }",
     "invalid priority expression value in this context.")])
def test_digits_of_other_alphabets_and_numbers_without_end_are_refused(line: str, says: str) -> None:
    namespace = Router().namespace
    for before in ("add table ip t", "add chain ip t c"):
        command.run(namespace, words(before)[0], str)
    code, _out, err = command.run(namespace, [line], str)[:3]
    assert (code, err.splitlines()[:2]) == (1, [f"Error: {says}", line])


@pytest.mark.parametrize(("number", "shown"), [
    ("4294967295", "filter - 1"), ("-2147483649", "2147483647"), ("9999999999999999999", "-1981284353")])
def test_a_priority_has_32_bits(number: str, shown: str) -> None:
    namespace = Router().namespace
    chain = f"add chain ip t x {{ type filter hook output priority {number}; }}"
    for line in ("add table ip t", chain):
        assert command.run(namespace, [line], str).code == 0
    assert f"priority {shown};" in command.run(namespace, ["list table ip t"], str).out
