"""`show`: its columns, and what it does not look at."""

from __future__ import annotations

import pytest

from netsandbox.commands.show import columns_of, table
from netsandbox.lab import views
from netsandbox.session.session import Session


def test_columns_are_as_wide_as_what_a_terminal_shows_of_their_longest_cell() -> None:
    text = table(("NAME", "主机", "X"), [("a", "甲乙丙", "1"), ("longest", "b", "")])
    assert text.splitlines() == ["NAME     主机    X", "a        甲乙丙  1", "longest  b"]
    assert {columns_of(line[:line.rindex(last)]) for line, last in zip(text.splitlines(), "X1", strict=False)} == {17}
    with pytest.raises(ValueError, match="zip"):
        table(("NAME", "HOST"), [("a",)])


def test_the_nodes_and_their_addresses_are_told_without_a_look_at_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.run("docker run -d --name one nginx")
    session.run("docker run -d --name two --network none nginx")
    session.run("ip netns add bare")
    monkeypatch.setattr(views, "_interface", None)
    rows = dict(line.split(maxsplit=1) for line in session.run("show nodes").out.splitlines()[1:])
    assert rows["one"].split()[-1] == "172.17.0.2/16"
    assert "/" not in rows["two"].removeprefix("container")
    assert rows["host"].endswith("172.17.0.1/16")
    assert rows["bare"].split()[-1] == "up"
