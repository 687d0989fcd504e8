"""tput: the escape sequences of xterm-256color, as ncurses 6.5 writes them."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.mark.parametrize(("words", "written"), [
    ("setaf 1", "\033[31m"), ("setaf 9", "\033[91m"), ("setab 100", "\033[48;5;100m"), ("sgr0", "\033(B\033[m"),
    ("bold setaf 2", "\033[1m\033[32m"), ("smul rmul", "\033[4m\033[24m"), ("colors", "256\n"), ("cols", "80\n")])
def test_what_it_writes(words: str, written: str) -> None:
    assert Session().run(f"tput {words}").out == written


def test_a_script_has_its_colours() -> None:
    line = 'RED=$(tput setaf 1); END=$(tput sgr0); echo "${RED}bad$END"'
    assert Session().run(line).out == "\033[31mbad\033(B\033[m\n"


@pytest.mark.parametrize(("line", "code", "said"), [
    ("tput clear", 0, "note: what was printed stays in the sandbox\n"),
    ("tput cup 1 2", 0, "note: what was printed stays in the sandbox\n"),
    ("tput nosuch", 4, "netsandbox: `tput nosuch` is not modelled\n"),
    ("tput -T vt100 cols", 3, 'tput: unknown terminal "vt100"\n'),
    ("tput", 2, "netsandbox: `tput` is not modelled (`tput setaf 1` is)\n")])
def test_what_it_does_not_write(line: str, code: int, said: str) -> None:
    job = Session().run(line)
    assert (job.code, job.out, job.err) == (code, "", said)
