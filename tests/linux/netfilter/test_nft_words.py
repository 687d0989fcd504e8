"""Rules that iptables made, as nftables 1.1 lists them: lines that were put to both."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.nft.print import Style, table_text
from tests.linux.netfilter.router import Router

LINES = [json.loads(line) for line in (Path(__file__).parent / "nft_words.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("row", LINES, ids=lambda row: row["line"])
def test_a_rule_is_listed_in_nfts_words(row: dict[str, Any]) -> None:
    namespace = Router().namespace
    iptables.run(namespace, ["-N", "WEB"])
    words = shlex.split(row["line"])
    answer = iptables.run(namespace, words)
    if "is not modelled" in answer.err or "are not modelled" in answer.err:
        return
    assert answer.code == 0, answer.err
    table = namespace.netfilter.tables[words[1] if words[0] == "-t" else "filter"]
    shown = [line.strip("\t").replace("counter packets 0 bytes 0 ", "")
             for line in table_text(table, Style(), 1).splitlines() if "counter" in line]
    assert shown == row["nft"]
