"""docker attach and start -ai to a shell that waits for a person, and the way out of it without its end."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession
from tests.session.lines import state


@pytest.fixture
def lab() -> KeptSession:
    session = KeptSession()
    session.run("docker run -dit --name box alpine ash")
    session.run("docker run -d --name web nginx")
    return session


def running(lab: KeptSession) -> list[str]:
    return sorted(lab.run("docker ps --format '{{.Names}}'").out.split())


@pytest.mark.parametrize("line", ["docker attach box", "docker start -ai box", "docker exec -it box sh",
                                  "docker run -it --name other alpine"])
def test_a_shell_is_detached_from_and_goes_on(lab: KeptSession, line: str) -> None:
    if "start" in line:
        lab.run("docker stop box")
    assert lab.run(line).code == 0
    assert "inet 172.17.0." in lab.run("ip addr show eth0").out
    assert lab.run("detach").code == 0
    assert {"box", "web"} <= set(running(lab))
    assert "docker0" in lab.run("ip link").out
    assert lab.run("docker attach box").code == 0
    assert lab.run("ip link").out.count("eth0") == 1


def test_exit_ends_the_shell_that_was_attached_to(lab: KeptSession) -> None:
    lab.run("docker attach box")
    lab.run("exit")
    assert running(lab) == ["web"]
    assert lab.shell.where is None


def test_attach_and_detach_are_replayed(lab: KeptSession) -> None:
    for line in ("docker attach box", "ping -c 2 172.17.0.3", "detach", "docker attach box", "exit"):
        lab.run(line)
    here = state(lab)
    lab.go_to(3)
    lab.go_to(*lab.end)
    assert state(lab) == here


def test_what_waits_for_nobody_is_not_entered(lab: KeptSession) -> None:
    lab.run("docker attach web &")
    assert lab.shell.where is None


def test_without_stdin_nothing_is_entered_and_the_shell_goes_on(lab: KeptSession) -> None:
    """28.5.2: a shell that is only watched stays when its watcher goes."""
    assert lab.run("timeout 2 docker attach --no-stdin box").code == 124
    assert (lab.shell.where, running(lab)) == (None, ["box", "web"])


@pytest.mark.parametrize("line", ["", "enter web"])
def test_nothing_to_detach_from(lab: KeptSession, line: str) -> None:
    lab.run(line)
    job = lab.run("detach")
    assert (job.code, job.err) == (2, "no container's shell was entered; `exit` leaves what `enter` opened\n")
