"""`nft -j list` prints what the real one did of the same rules: `real_nft_json.json` has the lines, and its answers."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.nft import command
from tests.linux.netfilter.router import Router

REAL = json.loads((Path(__file__).parent / "real_nft_json.json").read_text(encoding="utf-8"))


def _no_file(_name: str) -> str:
    raise AssertionError


def test_tables_and_their_rules_are_listed_as_the_real_nft_lists_them() -> None:
    namespace = Router().namespace
    for line in REAL["lines"]:
        tool, *words = shlex.split(line)
        answer = iptables.run(namespace, words) if tool == "iptables" else command.run(namespace, words, _no_file)
        assert answer.code == 0, answer.err
    for line, wanted in REAL["listed"]:
        assert command.run(namespace, shlex.split(line)[1:], _no_file).out == wanted, line


@pytest.mark.parametrize(("line", "said"), [
    ("-j list chain ip filter NONE", "No such file or directory"), ("-j list sets", "nft -j list sets is not modelled"),
    ("-j add table ip t", "nft -j: commands are given in nft's own words here")])
def test_what_json_does_not_tell_is_refused_in_one_line(line: str, said: str) -> None:
    answer = command.run(Router().namespace, shlex.split(line), _no_file)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
