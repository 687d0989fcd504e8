"""What scripts ask docker for: one field, one column, one container."""

from __future__ import annotations

import json

import pytest

from netsandbox.linux.core.files.inode import RegularFile
from netsandbox.session.session import Session
from tests.docker.machine import Machine


@pytest.fixture
def two(docker: Machine) -> Machine:
    docker("run -d --name web nginx")
    docker.wait(2)
    docker("run -d --name box busybox sleep 100")
    return docker


@pytest.mark.parametrize(("line", "out"), [
    ("--version", "Docker version 29.7.2, build netsandbox\n"), ("-v", "Docker version 29.7.2, build netsandbox\n"),
    ("version --format {{.Server.Version}}", "29.7.2\n"),
    ("version -f '{{.Client.APIVersion}} {{.Server.MinAPIVersion}}'", "1.52 1.44\n"),
    ("info -f '{{.ServerVersion}} {{.ContainersRunning}} {{.Swarm.LocalNodeState}}'", "29.7.2 2 inactive\n"),
    ("info --format '{{json .Plugins.Network}}'", '["bridge","host","ipvlan","macvlan","null","overlay"]\n'),
    ("images --format '{{.Repository}}:{{.Tag}}' busybox", "busybox:latest\n"),
    ("images --format 'table {{.Repository}}\\t{{.Size}}' nginx", "REPOSITORY   SIZE\nnginx        161MB\n"),
    ("image ls -q -f reference=nginx:1.2", ""),
    ("ps -aq -f before=box --no-trunc --format x", None), ("ps --format {{.Names}} -f since=web", "box\n"),
    ("ps --format {{.Names}} -f before=box", "web\n"),
    ("ps --format '{{.Names}} {{.Size}}' -s -f name=web", "web 0B (virtual 161MB)\n")])
def test_one_value(two: Machine, line: str, out: str | None) -> None:
    said = two(line)
    assert said.code == 0
    assert said.out == (out if out is not None else two.container("web").identity + "\n")


@pytest.mark.parametrize(("line", "fields"), [
    ("version -f json", {"Client", "Server"}), ("info -f '{{json .}}'", {"ServerVersion", "Name", "Driver"}),
    ("images nginx --format json", {"Repository", "Tag", "ID"}), ("ps -l --format json", {"Names", "Status", "Ports"})])
def test_json(two: Machine, line: str, fields: set[str]) -> None:
    found = json.loads(two(line).out)
    assert fields <= found.keys()
    if line.startswith(("ps", "images")):
        assert list(found) == sorted(found), "as Go writes a map"


def test_an_image_with_its_whole_identity(two: Machine) -> None:
    assert two("images -q --no-trunc nginx").out.startswith("sha256:")
    assert len(two("images -q").out.split()[0]) == 12


def test_what_is_pulled_is_here_already(two: Machine) -> None:
    lines = two("pull nginx").out.splitlines()
    assert lines[0] == "Using default tag: latest"
    assert lines[-2:] == ["Status: Image is up to date for nginx:latest", "docker.io/library/nginx:latest"]
    assert two("pull -q nicolaka/netshoot:v1").out == "docker.io/nicolaka/netshoot:v1\n"
    refused = two("pull ngimx")
    assert refused.code == 1
    assert "did you mean 'nginx'?" in refused.err
    assert two("pull Nginx").err == "invalid reference format: repository name (library/Nginx) must be lowercase\n"


def test_prune(two: Machine) -> None:
    assert two("container prune -f") == (0, "Total reclaimed space: 0B\n", "")
    two("stop web")
    identity = two.container("web").identity
    asked = two("container prune")
    assert (asked.code, asked.err) == (
        0, "note: nobody answers here, so nothing is removed; `docker container prune --force` asks nothing\n")
    assert two("ps -aq -f name=web").out
    assert two("container prune -f --filter until=24h").out == "Total reclaimed space: 0B\n"
    assert two("container prune -f").out == f"Deleted Containers:\n{identity}\n\nTotal reclaimed space: 0B\n"
    assert two("ps -a --format {{.Names}}").out == "box\n"


def test_prune_everything() -> None:
    session = Session()
    for line in ("docker run --name a1 busybox true", "docker network create n1", "docker network create n2"):
        assert session.run(line).code == 0
    assert session.run("echo n | docker network prune").code == session.run("docker system prune </dev/null").code == 0
    assert "n1" in session.run("docker network ls").out
    assert session.run("echo y | docker network prune --filter label=x").out.endswith("continue? [y/N] ")
    said = session.run("docker system prune -af")
    assert said.out.startswith("Deleted Containers:\n")
    assert said.out.endswith("\n\nDeleted Networks:\nn1\nn2\n\nTotal reclaimed space: 0B\n")
    assert said.err == "note: the sandbox's own images stay\n"
    assert session.run("docker image prune -f").out == "Total reclaimed space: 0B\n"
    assert session.run("docker compose version").code == 0


@pytest.mark.parametrize(("line", "err"), [
    ("version -f {{.Nope}}", "can't evaluate field Nope in type"), ("info -f '{{'", "unclosed action"),
    ("images -f dangling=x", "invalid filter 'dangling=[x]'"), ("images -f x", "invalid filter"),
    ("ps -f task=a", "invalid filter 'task'"), ("ps -f x", "bad format of filter"),
    ("ps -f health=x", "invalid value for health (x)"), ("ps -f odd=x", "invalid filter 'odd'"),
    ("ps -f exited=x", "strconv.Atoi"),
    ("ps -f since=nope", "No such container: nope"), ("images --format {{.Nope}}", "Nope"),
    ("pull", "requires 1 argument")])
def test_wrong_questions(two: Machine, line: str, err: str) -> None:
    said = two(line)
    assert said.code
    assert err in said.err
    assert said.out == ("\n" if line.startswith("version") else "")  # it prints as it goes


def test_labels_variables_from_files_and_where_exec_begins(docker: Machine) -> None:
    docker.lab.host().files.add("/env", RegularFile(0, "# a comment\nA=1\nB=two words\n"))
    docker("run -d --name web --env-file /env --label tier=front -l role=web nginx")
    assert docker("ps --format '{{.Labels}}'").out == "role=web,tier=front\n"
    assert docker("ps -q --filter label=tier=back").out == ""
    assert docker("exec -e C=3 web env").out.splitlines()[2:] == ["A=1", "B=two words", "C=3", "HOME=/root"]
    assert docker("run --env-file /nope nginx").err.startswith("docker: open /nope: no such file or directory\n")


def test_logs_since_and_until(two: Machine) -> None:
    everything = two("logs web").out
    assert two("logs --since 1h web").out == everything == two("logs --until 2030-01-01 web").out
    assert two("logs --until 1h web").out == two("logs --since 2030-01-01T00:00:00Z web").out == ""
    assert two("logs --since bad web").err == (
        'invalid value for "since": failed to parse value as time or duration: "bad"\n')
