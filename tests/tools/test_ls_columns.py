"""ls: names side by side at a terminal of 80 columns, and one a line elsewhere."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

NAMES = ("alpha b ccc-long-name dd e1 f22 g333 h4444 i55555 j666666 k-and-more l m n o-the-longest-name-of-all p q r")
COREUTILS = """\
alpha          dd   g333    j666666     m                          p
b              e1   h4444   k-and-more  n                          q
ccc-long-name  f22  i55555  l           o-the-longest-name-of-all  r
"""
ACROSS = """\
alpha   b        ccc-long-name  dd  e1  f22  g333                       h4444
i55555  j666666  k-and-more     l   m   n    o-the-longest-name-of-all  p
q       r
"""
BUSYBOX = """\
alpha                      j666666
b                          k-and-more
ccc-long-name              l
dd                         m
e1                         n
f22                        o-the-longest-name-of-all
g333                       p
h4444                      q
i55555                     r
"""
"""Of coreutils 9.7 and BusyBox 1.37, asked at a terminal."""


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    assert made.run(f"mkdir d; cd d; touch {NAMES}; mkdir e; cd ..").code == 0
    assert made.run("rmdir d/e; docker run -d --name box -v $PWD/d:/d -w /d busybox sleep 1d").code == 0
    return made


@pytest.mark.parametrize(("line", "told"), [
    ("ls d", COREUTILS), ("cd d; ls [a-d]*; cd ..", "alpha  b  ccc-long-name  dd\n"), ("ls -x d", ACROSS),
    ("ls -C d | cat", COREUTILS), ("sh -c 'ls d'", COREUTILS), ("docker exec -it box ls", BUSYBOX)])
def test_at_a_terminal(session: Session, line: str, told: str) -> None:
    assert session.run(line).out == told


@pytest.mark.parametrize("line", [
    "ls d | cat", "ls -1 d", "ls d > names; cat names", "docker exec box ls", "echo \"$(ls d)\"",
    "watch -t -q 1 ls d | head -18", "for one in $(ls d); do echo $one; done"])
def test_a_name_a_line_elsewhere(session: Session, line: str) -> None:
    assert session.run(line).out.split() == NAMES.split()
    assert session.run(line).out.count("\n") == len(NAMES.split())


def test_what_is_watched_has_no_terminal(session: Session) -> None:
    assert session.run("watch -t -q 1 -x ls d").out.split("\n")[:2] == ["alpha", "b"]
    assert session.run("watch -t -q 1 'ls d'").out.split("\n")[:2] == ["alpha", "b"]


def test_nothing_is_no_line(session: Session) -> None:
    assert session.run("mkdir none; ls none").out == ""
