"""pushd, popd and dirs, in the words of bash 5.2."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

WALK = "cd; pushd /tmp; pushd; pushd /usr; dirs -v; dirs -l; pushd +1; pushd -0; popd; popd; dirs -p; popd; dirs"
WALKED = """\
/tmp ~
~ /tmp
/usr ~ /tmp
 0  /usr
 1  ~
 2  /tmp
/usr /root /tmp
~ /tmp /usr
/usr ~ /tmp
~ /tmp
/tmp
/tmp
/tmp
"""


def test_a_walk_there_and_back() -> None:
    job = Session().run(WALK)
    assert (job.out, job.err) == (WALKED, "bash: popd: directory stack empty\n")


@pytest.mark.parametrize(("line", "said", "code"), [
    ("popd", "bash: popd: directory stack empty\n", 1), ("pushd", "bash: pushd: no other directory\n", 1),
    ("pushd /nosuch", "bash: pushd: /nosuch: No such file or directory\n", 1),
    ("pushd +3", "bash: pushd: +3: directory stack index out of range\n", 1),
    ("pushd /tmp /", "bash: pushd: too many arguments\n", 1),
    ("popd x", "bash: popd: x: invalid argument\npopd: usage: popd [-n] [+N | -N]\n", 2),
    ("dirs -x", "bash: dirs: -x: invalid number\ndirs: usage: dirs [-clpv] [+N] [-N]\n", 2),
    ("pushd -n /tmp", "bash: netsandbox: `pushd -n` is not modelled\n", 1),
    ("popd -n", "bash: netsandbox: `popd -n` is not modelled\n", 1)])
def test_what_is_wrong_changes_nothing(line: str, said: str, code: int) -> None:
    session = Session()
    job = session.run(line)
    assert (job.out, job.err, job.code) == ("", said, code)
    assert session.run("dirs; pwd").out == "~\n/root\n"


def test_a_subshell_has_a_stack_of_its_own_and_dash_none() -> None:
    session = Session()
    assert session.run("pushd /tmp >/dev/null; (popd >/dev/null; pwd); dirs").out == "/root\n/tmp ~\n"
    assert session.run("sh -c 'pushd /tmp'").err == "sh: 1: pushd: not found\n"
