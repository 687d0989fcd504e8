"""What a person sees when all goes wrong: streams that are full, closed or of another encoding, and our own mistakes.

A clear line at most, and never a traceback.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netsandbox import cli

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
LAB = '{"nodes": {"a": {}}}'


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "netsandbox", *words]


@needs_full
@pytest.mark.parametrize("words", [
    ["run", "docker0-ping"], ["run", "docker0-ping", "--json"], ["list"], ["bench", "w2", "-n", "3"],
    ["check", "docker0-ping"], ["completion", "bash"], ["simulate", "LAB"]], ids=lambda words: words[0])
def test_a_full_disk_behind_standard_output(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "LAB").write_text(LAB)
    with FULL.open("w") as full:
        done = subprocess.run(command(*words), cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True,
                              check=False)
    assert (done.returncode, done.stderr) == (1, "netsandbox: standard output: No space left on device\n")


@needs_full
def test_a_device_instead_of_a_capture() -> None:
    done = subprocess.run(command("run", "docker0-ping", "--pcapng", str(FULL)), capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2
    assert done.stderr == ("netsandbox: /dev/full: cannot be written: not a regular file, but a pipe, a device or a "
                           "socket\n")


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
@pytest.mark.parametrize(("words", "closing"), [
    (["run", "docker0-ping"], ">&-"), (["run", "-"], "<&-"), (["run", "nonesuch"], "2>&-"), (["list"], ">&-")])
def test_closed_streams(words: list[str], closing: str) -> None:
    done = subprocess.run(["sh", "-c", f'"$0" "$@" {closing}', *command(*words)], capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stderr) == (2 if "nonesuch" in words else 0, "")


@pytest.mark.parametrize("words", [["run", "docker0-ping", "--lang", "zh"], ["check", "docker0-ping"]],
                         ids=lambda words: words[0])
def test_an_encoding_without_the_signs(words: list[str]) -> None:
    done = subprocess.run(command(*words), capture_output=True, check=False,
                          env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_lines_that_are_no_text(errors: str) -> None:
    done = subprocess.run(command("run", "-"), input=b"add-host pc1\n\xff\xfe\x1b[2J\n", capture_output=True,
                          check=False, env=os.environ | {"PYTHONIOENCODING": f"utf-8:{errors}"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == (b"netsandbox: standard input: command line 2 is not UTF-8 text: "
                           b"\\udcff\\udcfe\\x1b[2J\n")


@pytest.mark.skipif(os.name != "posix", reason="a shell joins them")
def test_a_reader_that_has_seen_enough() -> None:
    done = subprocess.run(["sh", "-c", '"$0" "$@" | head -n 2', *command("run", "docker0-ping")], capture_output=True,
                          text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_mistake_of_our_own_is_one_line_and_kept_in_a_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    def wrong(_options: object) -> int:
        raise KeyError("forgotten\x1b[2J")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setitem(cli.COMMANDS, "list", cli.COMMANDS["list"]._replace(run=wrong))
    assert cli.main(["list"]) == 1
    log, = tmp_path.rglob("errors.log")
    error = capsys.readouterr().err
    assert error.startswith("netsandbox: a mistake of netsandbox itself, KeyError:")
    assert error.endswith(f"({log})\n")
    assert "\x1b" not in error
    assert "in wrong" in log.read_text()
