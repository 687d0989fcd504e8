"""od beside coreutils 9.1, and yes, which has no end."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

REAL = (
    ("printf 'abc\\n' | od -c", "0000000   a   b   c  \\n\n0000004\n"),
    ("printf 'abc\\n' | od", "0000000 061141 005143\n0000004\n"),
    ("printf 'abc\\n\\0xyz0123456789abcdef' | od -An -tx1",
     " 61 62 63 0a 00 78 79 7a 30 31 32 33 34 35 36 37\n 38 39 61 62 63 64 65 66\n"),
    ("printf 'abcabcabcabcabcabc' | od -tx1z",
     ("0000000 61 62 63 61 62 63 61 62 63 61 62 63 61 62 63 61  >abcabcabcabcabca<\n"
     "0000020 62 63                                            >bc<\n0000022\n")),
    ("printf 'abcabcabcabcabcabc' | od -tx1 -c -td4 -Ax",
     ("000000  61  62  63  61  62  63  61  62  63  61  62  63  61  62  63  61\n"
     "         a   b   c   a   b   c   a   b   c   a   b   c   a   b   c   a\n"
     "            1633903201      1650549602      1667391843      1633903201\n"
     "000010  62  63\n         b   c\n                 25442\n000012\n")),
    ("printf 'abcdefgh' | od -N 3 -j 1 -tu1", "0000001  98  99 100\n0000004\n"),
    ("head -c 70 /dev/zero | od -x",
     "0000000 0000 0000 0000 0000 0000 0000 0000 0000\n*\n0000100 0000 0000 0000\n0000106\n"),
    ("printf 'a b' | od -a -w2 -v", "0000000   a  sp\n0000002   b\n0000003\n"))


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.parametrize(("line", "out"), REAL)
def test_bytes_are_shown_as_coreutils_shows_them(session: Session, line: str, out: str) -> None:
    assert session.run(line).out == out


@pytest.mark.parametrize(("line", "err", "code"), [
    ("printf abc | od -w3 -tx2", "od: warning: invalid width 3; using 2 instead\n", 0),
    ("printf abc | od -j 5", "od: cannot skip past end of combined input\n", 1),
    ("printf abc | od -A z", "od: invalid output address radix 'z'; it must be one character from [doxn]\n", 1),
    ("printf abc | od -t y", "od: invalid character 'y' in type string 'y'\n", 1),
    ("printf abc | od -t f", "od: netsandbox: -t f is not modelled\n", 1),
    ("printf abc | od -N x", "od: invalid -N argument 'x'\n", 1),
    ("od /none", "od: /none: No such file or directory\n", 1)])
def test_what_od_cannot_do(session: Session, line: str, err: str, code: int) -> None:
    job = session.run(line)
    assert (job.err, job.code) == (err, code)


def test_yes_ends_with_whom_it_is_read_by(session: Session) -> None:
    assert session.run("yes | head -2").out == "y\ny\n"
    assert session.run("yes -- a b | head -1").out == "a b\n"
    assert session.run("yes | wc -l").err == "yes: stopped: more than 10,000 commands in one line\n"
