"""`tc filter` line by line against what the real tc and kernel said, and what filters do to packets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.session.keeping import KeptSession

KERNEL: dict[str, Any] = json.loads(Path(__file__).with_name("tc_filter.json").read_text(encoding="utf-8"))
SHOW = "tc filter show dev d0"


@pytest.fixture(scope="module")
def host() -> KeptSession:
    session = KeptSession()
    session.run("ip link add d0 type dummy")
    session.run("ip link set d0 up")
    return session


def fresh(session: KeptSession, *lines: str) -> None:
    session.run("tc qdisc del dev d0 root")
    for line in ("tc qdisc add dev d0 root handle 1: prio", *lines):
        assert session.run(line).code == 0, line


def said(session: KeptSession, line: str) -> tuple[int, str, str]:
    """But for what tc says of its usage."""
    done = session.run(line)
    return done.code, done.out, re.sub(r"(?s)\nUsage.*", "\n", done.err)


def test_what_each_match_looks_for(host: KeptSession) -> None:
    assert len(KERNEL["matches"]) > 100
    for match, expected in KERNEL["matches"].items():
        fresh(host)
        _code, _out, err = said(host, f"tc filter add dev d0 parent 1: protocol ip prio 1 u32 match {match} flowid 1:1")
        keys = [row.strip() for row in host.run(SHOW).out.splitlines() if row.startswith("  match")]
        assert (err.strip() or keys) == expected, match


def test_each_line_where_there_is_no_filter(host: KeptSession) -> None:
    for line, code, err, shown in KERNEL["empty"]:
        fresh(host)
        assert said(host, line) == (code, "", err), line
        assert host.run(SHOW).out == shown, line


def test_each_line_where_there_are_some(host: KeptSession) -> None:
    for line, code, out, err, shown in KERNEL["full"]:
        fresh(host, *KERNEL["setup"])
        assert said(host, line) == (code, out, err), line
        if shown:
            assert host.run(SHOW).out == shown, line


def test_disciplines_and_classes_line_after_line(host: KeptSession) -> None:
    assert len(KERNEL["sequences"]) > 60
    for lines in KERNEL["sequences"]:
        host.run("tc qdisc del dev d0 root")
        for line, *expected in lines:
            code, out, err = said(host, line)
            out = re.sub(r"seed \d+", "seed N", re.sub(r"\b8[0-9a-f]{3}:", "8xxx:", out))
            assert [code, out, err] == expected, (line, lines)
