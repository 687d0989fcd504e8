"""Lines in a row, many of them wrong, as the real nft 1.1.3 answered them: output, complaints, status."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.linux.netfilter import nft_command
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
        assert nft_command.run(namespace, words(line)[0], str).code == 0
    for line, code, out, err in lines:
        told, text = words(line)

        def read(_name: str, text: str = text) -> str:
            return text + "\n"
        assert nft_command.run(namespace, told, read)[:3] == (code, out, err), line
