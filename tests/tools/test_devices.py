"""What stands in /dev of a machine and of a container."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


OF_A_MACHINE = {"fuse": ["10,", "229"]}


@pytest.mark.parametrize(("before", "more"), [("", OF_A_MACHINE), ("docker run --rm debian ", {}),
                                              ("docker run --rm --privileged debian ", OF_A_MACHINE)])
def test_devices_have_their_numbers(session: Session, before: str, more: dict[str, list[str]]) -> None:
    rows = [row.split() for row in session.run(f"{before}ls -l /dev").out.splitlines()]
    assert {row[-1]: row[4:6] for row in rows if row[0] == "crw-rw-rw-"} == {
        "full": ["1,", "7"], "null": ["1,", "3"], "random": ["1,", "8"], "tty": ["5,", "0"], "urandom": ["1,", "9"],
        "zero": ["1,", "5"], **more}
    assert session.run(f"{before}stat -c '%F %t,%T %a' /dev/full /etc/hosts").out == (
        "character special file 1,7 666\nregular file 0,0 644\n")


def test_what_is_written_to_them_is_gone_or_finds_no_room(session: Session) -> None:
    assert session.run("echo x > /dev/zero; echo x > /dev/null; cat /dev/null").out == ""
    assert session.run("echo x > /dev/full").err == "bash: echo: write error: No space left on device\n"
    assert session.run("head -c 3 /dev/full | od -An -c").out == "  \\0  \\0  \\0\n"
    assert session.run("cat /dev/full").err.startswith("netsandbox: /dev/full has no end")
    assert session.run("docker run --rm --read-only debian sh -c 'echo x > /dev/zero && echo ok'").out == "ok\n"


@pytest.mark.parametrize("image", ["debian", "nicolaka/netshoot", "nginx", "busybox"])
def test_of_disks_a_container_says_that_there_are_none(session: Session, image: str) -> None:
    said = session.run(f"docker run --rm {image} df -h")
    assert (said.out, said.code) == ("", 127)
    assert "the sandbox has no df: there are no disks" in said.err
    assert "executable file not found" not in said.err


def test_a_containers_devices_are_no_files_of_its_image(session: Session) -> None:
    session.run("docker run -d --name dev1 debian sleep 1000")
    assert session.run("docker exec dev1 ls /dev").out.split() == [
        "full", "null", "random", "shm", "tty", "urandom", "zero"]
    assert session.run("docker diff dev1").out == ""
    assert "dev/full" not in session.run("docker export dev1 | tar t").out


@pytest.mark.parametrize("line", ["echo a > /dev/tty", "echo a | tee /dev/tty",
                                  "docker exec box sh -c 'echo a > /dev/tty'", "cat /dev/tty", "cat < /dev/tty",
                                  "read x < /dev/tty", "cp /dev/tty x", "docker exec box sh -c 'cat < /dev/tty'"])
def test_no_process_has_a_terminal(line: str) -> None:
    """A file of that name was made, and what was written was seen nowhere; who read found no such file."""
    session = Session()
    session.run("docker run -d --name box nginx")
    job = session.run(line)
    assert job.code != 0
    assert re.search("/dev/tty(' for reading)?: No such device or address\n$", job.err)
    assert session.run("ls -l /dev/tty").out.startswith("crw-rw-rw- 1 root root 5, 0 ")
