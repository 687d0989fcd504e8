"""jq's words, beside what jq 1.7 printed."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

pytest.importorskip("jq")
ROWS = '[{"name":"a","ip":"10.0.0.1"},{"name":"b","ip":"10.0.0.2"}]'
PRINTED = (
    ("--arg n b '.[] | select(.name==$n) | .ip' d", '"10.0.0.2"\n'),
    ("-r '.[] | select(.name == $N).ip' --arg N a d", "10.0.0.1\n"),
    ("-c --arg k ip '.[]|.[$k]' d", '"10.0.0.1"\n"10.0.0.2"\n'),
    ("-n --arg n 1 --arg n 2 -c '{$n}'", '{"n":"1"}\n'),
    ("-rn --arg x 'a b' '\"<\\($x)>\"'", "<a b>\n"),
    ("-j '.[].ip' d", "10.0.0.110.0.0.2"),
    ("-M '.[0]' d", '{\n  "name": "a",\n  "ip": "10.0.0.1"\n}\n'),
)


def test_what_arg_sets_is_there_and_j_ends_no_line() -> None:
    session = KeptSession()
    session.run(f"echo '{ROWS}' > d")
    assert [(words, session.run(f"jq {words}").out) for words, _ in PRINTED] == list(PRINTED)


def test_arg_takes_two_and_never_the_machines_own_environment() -> None:
    session = KeptSession()
    short = session.run("jq -n --arg x")
    assert (short.code, short.err.splitlines()[0]) == (2, "jq: --arg takes two parameters (e.g. --arg varname value)")
    for words in ("--arg ENV 1 '$ENV'", "--arg x 1 '$ENV'", "--arg ENV.PATH 1 '$ENV.PATH'"):
        assert "is not modelled" in session.run(f"jq -n {words}").err
