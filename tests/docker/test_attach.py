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


@pytest.mark.parametrize("line", ["docker attach box &", "docker attach box | cat"])
def test_a_shell_is_not_entered_where_nobody_can_type(lab: KeptSession, line: str) -> None:
    """The shell goes on, and so does the prompt's place."""
    assert lab.run(line).err == "a shell in a container needs a line of its own\n"
    assert lab.shell.where is None
    assert running(lab) == ["box", "web"]


def test_a_shell_without_a_terminal_is_watched_from_the_background(lab: KeptSession) -> None:
    """28.5.2."""
    lab.run("docker run -di --name bare busybox sh")
    assert lab.run("docker attach bare &").err == ""
    assert (lab.shell.where, running(lab)) == (None, ["bare", "box", "web"])


def test_without_stdin_nothing_is_entered_and_the_shell_goes_on(lab: KeptSession) -> None:
    """28.5.2: a shell that is only watched stays when its watcher goes."""
    assert lab.run("timeout 2 docker attach --no-stdin box").code == 124
    assert (lab.shell.where, running(lab)) == (None, ["box", "web"])


@pytest.mark.parametrize("line", ["", "enter web"])
def test_nothing_to_detach_from(lab: KeptSession, line: str) -> None:
    lab.run(line)
    job = lab.run("detach")
    assert (job.code, job.err) == (2, "no container's shell was entered; `exit` leaves what `enter` opened\n")


def test_logs_have_lines_as_they_were_ended(lab: KeptSession) -> None:
    """28.5.2: what a program wrote without its line's end is a line when it ends, and before that not there."""
    assert lab.run("docker run --name half busybox sh -c 'printf half'").out == "half"
    lab.run("docker start -a half")
    assert lab.run("docker logs half").out == "halfhalf"
    lab.run("docker run -d --name slow busybox sh -c 'printf a; sleep 1; echo b; sleep 5'")
    assert lab.run("docker logs slow").out == ""
    lab.run("wait 1s")
    assert lab.run("docker logs slow").out == "ab\n"
    assert lab.run("timeout 9 docker logs -f -t slow | cut -d' ' -f2").out == "ab\n"


def test_dockerd_says_where_containers_log_to(lab: KeptSession) -> None:
    settings = '{"log-driver": "local", "log-opts": {"max-size": "10m", "max-file": "3"}}'
    lab.run(f"echo '{settings}' > /etc/docker/daemon.json")
    assert lab.run("systemctl restart docker").err == ""
    assert lab.run("docker info -f '{{.LoggingDriver}}'").out == "local\n"

    def config(name: str, options: str = "") -> str:
        lab.run(f"docker create --name {name} {options} busybox echo hi")
        return lab.run(f"docker inspect {name} -f '{{{{json .HostConfig.LogConfig}}}}'").out.strip()
    assert config("a1") == '{"Type":"local","Config":{"max-file":"3","max-size":"10m"}}'
    assert config("a2", "--log-driver json-file") == '{"Type":"json-file","Config":{}}'
    assert config("a3", "--log-opt max-file=5") == '{"Type":"local","Config":{"max-file":"5","max-size":"10m"}}'
    assert "unknown log opt 'labels' for log driver local" in lab.run("docker create --log-opt labels=x busybox").err
    for name, there in (("a1", ""), ("a2", "/var/lib/docker/containers/")):
        assert lab.run(f"docker inspect {name} -f '{{{{.LogPath}}}}'").out == "\n"
        assert lab.run(f"docker start -a {name}").out == "hi\n"
        assert lab.run(f"docker inspect {name} -f '{{{{.LogPath}}}}'").out.startswith(there or "\n")
