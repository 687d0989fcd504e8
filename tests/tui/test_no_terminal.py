"""Without a terminal that can show it, the app says in one line what to use instead."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest


def run_on_a_terminal(tmp_path: Path, words: str, term: str | None = "xterm") -> tuple[int, str, str]:
    """(status, what stood on the terminal, what stood in the file `file`)."""
    master, slave = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("TERM", "TEXTUAL_DRIVER")}
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state")} | ({"TERM": term} if term is not None else {})
    shown = b""
    try:
        command = f'"$0" -m netsandbox {words}'
        done = subprocess.run(["sh", "-c", command, sys.executable], stdin=slave, stdout=slave, stderr=slave,
                              cwd=tmp_path, env=environment, timeout=60, check=False)
        os.set_blocking(master, False)
        with suppress(BlockingIOError):
            shown = os.read(master, 100_000)
    finally:
        os.close(master)
        os.close(slave)
    file = tmp_path / "file"
    return done.returncode, shown.decode().replace("\r", ""), file.read_text() if file.exists() else ""


@pytest.mark.parametrize("term", ["dumb", "", "unknown", None])
def test_a_terminal_that_cannot_move_its_cursor(tmp_path: Path, term: str | None) -> None:
    status, shown, _file = run_on_a_terminal(tmp_path, "", term)
    assert (status, shown.count("\n")) == (2, 1)
    assert f"which TERM={term or ''} cannot; `netsandbox run SCENARIO`" in shown


@pytest.mark.parametrize(("words", "said"), [
    ("2> file", "which standard error is not; `netsandbox run SCENARIO` needs none of this"),
    ("> file", "`netsandbox run NAME` prints a transcript"), ("< /dev/null", "`netsandbox run NAME`"),
    ("open < /dev/null", "standard input is not"), ("open > file", "standard output is not"),
    (">&-", "`netsandbox run NAME`"), ("<&-", "`netsandbox run NAME`"), ("open >&-", "standard output is not"),
    ("open <&-", "standard input is not")])
def test_streams_that_are_no_terminal(tmp_path: Path, words: str, said: str) -> None:
    status, shown, file = run_on_a_terminal(tmp_path, words)
    assert (status, (shown + file).count("\n")) == (2, 1)
    assert said in shown


@pytest.mark.parametrize("words", ["docker0-ping > file", "docker0-ping < /dev/null > file"])
def test_a_scenario_without_a_terminal_is_a_transcript(tmp_path: Path, words: str) -> None:
    status, shown, file = run_on_a_terminal(tmp_path, words)
    assert (status, shown) == (0, "")
    assert "Frames\n" in file


@pytest.mark.parametrize(("words", "said"), [
    ("dokcer0-ping", "dokcer0-ping: no such file, and no bundled scenario has this name; did you mean 'docker0-ping'?"),
    ("--lang zh dokcer0-ping", "是不是“docker0-ping”？"),
    ("serve dokcer0-ping", "did you mean 'docker0-ping'?"),
    ("--recover", "no session to recover in "), ("--lang zh --recover", "中没有可恢复的会话")])
def test_what_is_not_there_is_not_opened_and_one_is_back_in_the_shell(tmp_path: Path, words: str, said: str) -> None:
    status, shown, _file = run_on_a_terminal(tmp_path, words)
    assert (status, shown.count("\n")) == (2, 1)
    assert said in shown
