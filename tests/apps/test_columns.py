"""Tables of Unix tools (apps.columns)."""

from __future__ import annotations

from netsandbox.apps.columns import columns


def test_a_column_is_as_wide_as_its_widest_cell() -> None:
    assert columns([("PORT", "STATE", "SERVICE"), ("80/tcp", "open", "http")]) == [
        "PORT   STATE SERVICE", "80/tcp open  http"]


def test_numbers_stand_to_the_right() -> None:
    assert columns([("A", "PID", "N"), ("sh", "7", "1234")], right={1, 2}) == ["A  PID    N", "sh   7 1234"]


def test_rows_may_end_early() -> None:
    rows = [["one", "two"], [], ["three"], ["4", "5", "6"]]
    assert columns(rows, "  ") == ["one    two", "", "three", "4      5    6"]


def test_no_rows_are_no_lines() -> None:
    assert columns([]) == []
