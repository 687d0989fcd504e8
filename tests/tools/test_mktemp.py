"""mktemp beside coreutils 9.1, and BusyBox's."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session

MADE = (("mktemp", r"/tmp/tmp\.\w{10}"), ("mktemp -d", r"/tmp/tmp\.\w{10}"), ("mktemp aXXX.txt", r"a\w{3}\.txt"),
        ("mktemp -d --suffix=.d aXXX", r"a\w{3}\.d"), ("mktemp -t fooXXXXX -p /var", r"/var/foo\w{5}"),
        ("mktemp --tmpdir fooXXXX", r"/tmp/foo\w{4}"), ("mktemp -p '' -u", r"/tmp/tmp\.\w{10}"),
        ("TMPDIR=/opt mktemp", r"/opt/tmp\.\w{10}"), ("docker run --rm busybox mktemp", r"/tmp/tmp\.\w{6}"))
REFUSED = (
    ("mktemp -d /tmp/a.XX", "mktemp: too few X's in template ‘/tmp/a.XX’"),
    ("mktemp aXXXbXX", "mktemp: too few X's in template ‘aXXXbXX’"),
    ("mktemp a b", "mktemp: too many templates\nTry 'mktemp --help' for more information."),
    ("mktemp -t a/bXXX", "mktemp: invalid template, ‘a/bXXX’, contains directory separator"),
    ("mktemp -p /tmp /x/aXXX", "mktemp: invalid template, ‘/x/aXXX’; with --tmpdir, it may not be absolute"),
    ("mktemp /nodir/aXXXX",
     "mktemp: failed to create file via template ‘/nodir/aXXXX’: No such file or directory"),
    ("mktemp -d -p /nodir",
     "mktemp: failed to create directory via template ‘/nodir/tmp.XXXXXXXXXX’: No such file or directory"),
    ("mktemp --suffix=.t aXXXb", "mktemp: with --suffix, template ‘aXXXb’ must end in X"),
    ("mktemp -q /nodir/XXXX", ""),
    ("docker run --rm busybox mktemp aXXX", "mktemp: Invalid argument"),
    ("docker run --rm busybox mktemp /no/aXXXXXX", "mktemp: No such file or directory"))


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.parametrize(("line", "path"), MADE)
def test_a_name_that_nothing_has(session: Session, line: str, path: str) -> None:
    assert re.fullmatch(path, session.run(line).out.strip())


@pytest.mark.parametrize(("line", "why"), REFUSED)
def test_what_is_no_template(session: Session, line: str, why: str) -> None:
    job = session.run(line)
    assert (job.err.strip(), job.code) == (why, 1)


def test_files_and_directories_are_made_and_each_is_another(session: Session) -> None:
    assert session.run("cd $(mktemp -d) && for i in 1 2 3; do mktemp -d dXXX; mktemp -u uXXX; done").code == 0
    assert len(session.run("ls").out.split()) == 3
    assert session.run("T=$(mktemp); test -f $T && test -d d*; echo hi > $T; cat $T").out == "hi\n"
