"""Aliases of the lines that a person types."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session
from netsandbox.shell.aliases import expanded
from netsandbox.shell.dialect import BASH

ALIASES = {"red": "ip netns exec red", "k": "docker", "sudo": "sudo ", "ls": "ls -l", "a": "b", "b": "a x"}


@pytest.mark.parametrize(("typed", "read"), [
    ("red ip link", "ip netns exec red ip link"), ("k ps; k ps|k x", "docker ps; docker ps|docker x"),
    ("echo red k", "echo red k"), ("sudo red id", "sudo  ip netns exec red id"), ("A=1 k ps", "A=1 docker ps"),
    ("for i in k; do k ps; done", "for i in k; do docker ps; done"), ("if k ps; then ! k x; fi", None),
    ("ls -a", "ls -l -a"), ("'k' ps", "'k' ps"), ("\\k ps", "\\k ps"), ("a 1", "a x 1"),
    ("k &&\nk", "docker &&\ndocker"),
    ("k inspect $(k ps -q) `k ps`", "docker inspect $(docker ps -q) `docker ps`"), ("echo '$(k ps)'", "echo '$(k ps)'"),
    ("k x <<E\nk y\nE", "docker x <<E\nk y\nE"), ("echo 'open", "echo 'open")])
def test_the_first_word_of_each_command_is_an_alias(typed: str, read: str | None) -> None:
    assert expanded(typed, ALIASES, BASH) == (read or "if docker ps; then ! docker x; fi")


def test_a_person_makes_them_looks_at_them_and_takes_them_away() -> None:
    session = Session()
    assert session.run("""alias red='ip netns exec red' it="echo it's" """).code == 0
    assert session.run("alias").out == "alias it='echo it'\\''s'\nalias red='ip netns exec red'\n"
    session.run("ip netns add red")
    assert "lo" in session.run("red ip link").out
    assert session.run("bash -c 'red true'").code == 127
    assert session.run("unalias red").code == 0
    assert session.run("red true").code == 2
    assert session.run("alias nosuch; unalias nosuch").err == (
        "bash: alias: nosuch: not found\nbash: unalias: nosuch: not found\n")
    assert session.run("unalias -a").code == session.run("alias").code == 0
    assert session.run("alias").out == ""


def test_a_container_s_shell_has_its_own() -> None:
    session = Session()
    for line in ("docker run -d --name box busybox top", "alias hi='echo host'", "docker exec -it box sh"):
        session.run(line)
    assert session.run("hi").code == 127
    session.run("alias hi='echo box'")
    assert (session.run("alias").out, session.run("hi there").out) == ("hi='echo box'\n", "box there\n")
    session.run("exit")
    assert session.run("hi there").out == "host there\n"
