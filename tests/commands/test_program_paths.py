"""A program by its path: it is where PATH leads, and nowhere else."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    assert made.run("docker run -d --name web nginx").code == 0
    return made


@pytest.mark.parametrize("line", [
    "/usr/bin/docker ps --format {{.Names}}", "sudo /usr/local/bin/docker ps --format {{.Names}}",
    "DOCKER=$(command -v docker); $DOCKER ps --format '{{.Names}}'", "$(which docker) ps --format {{.Names}}",
    "bash -c '/usr/bin/docker ps --format {{.Names}}'", "cd /usr/bin; ./docker ps --format {{.Names}}; cd"])
def test_docker_is_found_where_it_is_said_to_be(session: Session, line: str) -> None:
    assert session.run(line).out == "web\n"


@pytest.mark.parametrize(("line", "said"), [
    ("/usr/local/bin/docker-compose version --short", "2.40.3\n"),
    ("/usr/bin/nsenter -t $(docker inspect -f '{{.State.Pid}}' web) -n /sbin/ip -o -4 addr show eth0 | cut -c4-32",
     "eth0    inet 172.17.0.2/16 b"),
    ("cd /sbin; ./ip -o link show lo | cut -c1-5; cd", "1: lo")])
def test_other_programs(session: Session, line: str, said: str) -> None:
    assert session.run(line).out.startswith(said)


@pytest.mark.parametrize("path", ["/nosuch/ip", "./ip", "./bin/bridge", "/opt/docker", "../ip", "/sbin/../opt/ip"])
def test_elsewhere_there_is_none(session: Session, path: str) -> None:
    for line in (f"{path} link", f"sudo {path} link"):
        job = session.run(line)
        assert (job.code, job.out, job.err) == (127, "", f"bash: {path}: No such file or directory\n")


def test_a_script_in_a_folder_of_programs_runs(session: Session) -> None:
    assert session.run("echo 'echo mine' > /usr/local/bin/mine; /usr/local/bin/mine").out == "mine\n"


@pytest.mark.parametrize(("line", "said"), [
    ("nsenter -t $PID -m -u -i -n -p -w hostname", ""), ("nsenter -t $PID --mount --net --wd --root hostname", ""),
    ("nsenter -t $PID -n -w ls", "nsenter: --wd is not modelled\n"),
    ("nsenter -t $PID -m -n --root=/tmp ls", "nsenter: --root is not modelled\n")])
def test_root_and_working_directory_come_with_the_files(session: Session, line: str, said: str) -> None:
    job = session.run(f"PID=$(docker inspect -f '{{{{.State.Pid}}}}' web); {line}")
    assert job.err == said
    assert said or job.out == session.run("docker exec web hostname").out
