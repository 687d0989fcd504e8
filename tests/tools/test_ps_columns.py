"""ps -o: columns as wide as procps has them, and what it knows and is not here is refused by name."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    assert made.run("docker run -d --name web nginx").code == 0
    return made


@pytest.mark.parametrize(("words", "heading", "row"), [
    ("-eo pid,comm,pcpu", "    PID COMMAND         %CPU", "      1 init             0.0"),
    ("axo args,%mem", "COMMAND                     %MEM", "/sbin/init                   0.0"),
    ("-e -o pid,comm", "    PID COMMAND", "      1 init"), ("-e -o uname,uid,rss,vsz", "USER       UID   RSS    VSZ",
                                                              "root         0     0      0"),
    ("-u root", "    PID TTY          TIME CMD", "      1 ?        00:00:00 init"),
    ("-fU 0", "UID          PID    PPID  C STIME TTY          TIME CMD",
     "root           1       0  0 00:00 ?        00:00:00 /sbin/init")])
def test_columns(session: Session, words: str, heading: str, row: str) -> None:
    assert session.run(f"ps {words}").out.splitlines()[:2] == [heading, row]


@pytest.mark.parametrize(("words", "said"), [
    ("-e -o pid,etime", "netsandbox: ps -o etime is not modelled"),
    ("-e -o pid,foo", 'error: unknown user-defined format specifier "foo"'),
    ("-u nobody", "netsandbox: `ps -u nobody` is not modelled: all runs with root's rights")])
def test_what_is_not_there(session: Session, words: str, said: str) -> None:
    job = session.run(f"ps {words}")
    assert (job.code, job.out, job.err) == (1, "", said + "\n")


@pytest.mark.parametrize(("program", "out", "err"), [
    ("print (1,2)", "1 2\n", ""), ('if (!((1,2) in a)) print "no"', "no\n", ""),
    ('print (1,2) "x"', "", "awk: syntax error at or near ,\n"), ("x=(1,2)", "", "awk: syntax error at or near ,\n"),
    ('print strftime("%c", 0)', "", "netsandbox: awk's strftime() is not modelled\n"),
    ("print rand()", "", "netsandbox: awk's rand() is not modelled\n")])
def test_awk_says_what_it_cannot(session: Session, program: str, out: str, err: str) -> None:
    job = session.run(f"awk 'BEGIN {{{program}}}'")
    assert (job.out, job.err) == (out, err)
