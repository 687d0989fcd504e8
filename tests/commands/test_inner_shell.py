"""Shells that a line opens in a namespace, and the scripts of `sh -c` on the host and there."""

from __future__ import annotations

import pytest

from netsandbox.explain.refusals import noted
from netsandbox.session.keeping import KeptSession
from netsandbox.session.runner import Runner
from tests.session.lines import state

PID = "$(docker inspect -f '{{.State.Pid}}' web)"


@pytest.fixture
def one() -> KeptSession:
    session = KeptSession()
    session.run("ip netns add red")
    session.run("docker run -d --name web nginx")
    return session


@pytest.mark.parametrize(("line", "where"), [
    ("ip netns exec red bash", "red"), ("sudo ip netns exec red /bin/sh", "red"),
    ("nsenter --net=/run/netns/red", "red"),
    (f"nsenter -t {PID} -n", "web"), (f"sudo nsenter -t {PID} -n bash", "web"),
    ("docker exec -it $(docker ps -q) sh", "web")])
def test_a_shell_is_opened_in_a_namespace(one: KeptSession, line: str, where: str) -> None:
    assert (one.run(line).code, one.shell.where) == (0, where)
    assert "docker0" not in one.run("ip link").out
    one.run("exit")
    assert "docker0" in one.run("ip link").out
    here = state(one)
    one.go_to(1)
    one.go_to(*one.end)
    assert state(one) == here


def test_what_is_typed_there_changes_that_namespace(one: KeptSession) -> None:
    for line in ("ip netns exec red bash", "ip link set lo up", "exit"):
        one.run(line)
    assert one.run("ip -n red -br link").out.startswith("lo               UNKNOWN")


@pytest.mark.parametrize(("line", "out"), [
    ("sh -c 'echo a; false || echo b'", "a\nb\n"), ("sudo bash -c 'hostname'", "host\n"),
    ("ip netns exec red sh -c 'ip -br link | wc -l'", "1\n"),
    (f"nsenter -t {PID} -n sh -c 'for i in 1 2; do ping -c 1 172.17.0.1 | grep -c ttl; done'", "1\n1\n"),
    ("X=1; sh -c 'echo $X'", "\n"), ("ip netns exec red sh -c 'sh -c \"ip -br link\" | wc -l'", "1\n")])
def test_a_script_runs_where_its_shell_is(one: KeptSession, line: str, out: str) -> None:
    assert one.run(line).out == out


def test_a_script_in_a_containers_shell_has_the_containers_rights(one: KeptSession) -> None:
    one.run("docker exec -it web bash")
    assert one.run("sh -c 'ip link set eth0 down'").code == 2


@pytest.mark.parametrize("line", [
    "bash -c", "bash -x", "sh script.sh", "ip netns exec blue bash", "nsenter -t 4 -n",
    "sh -c 'enter web'", "ip netns exec red bash; true && nosuch",
    "ip netns exec red bash | wc -l; false", "echo $(ip netns exec red bash); false",
    "sh -c 'ip netns exec red bash'", "sh -c 'docker exec -it web sh'"])
def test_what_opens_none(one: KeptSession, line: str) -> None:
    job = one.run(line)
    assert job.code
    assert job.err
    assert one.shell.where is None


@pytest.mark.parametrize(("line", "out", "err"), [
    ("sudo -u root -E id -u", "0\n", ""), ("sudo A=1 env | grep ^A=", "A=1\n", ""), ("sudo -n -- id -u", "0\n", ""),
    ("sudo -v", "", ""), ("su - root -c 'id -u'", "0\n", ""), ("su -c 'id -u' root", "0\n", ""),
    ("sudo -u nobody id", "", ("sudo: netsandbox: all that is typed has root's rights here, and cannot have "
     "nobody's\n")),
    ("su nobody", "", "su: netsandbox: all that is typed has root's rights here, and cannot have nobody's\n"),
    ("sudo -u nosuch id", "", "sudo: unknown user nosuch\n"),
    ("su nosuch", "", ("su: user nosuch does not exist or the "
     "user entry does not contain all the required fields\n")),
    ("sudo -b id", "", "sudo: -b is not modelled\n"),
    ("su -x", "", "su: invalid option -- 'x'\nTry 'su --help' for more information.\n")])
def test_whose_rights_a_line_has_is_taken_where_it_is_root_s(one: KeptSession, line: str, out: str, err: str) -> None:
    job = one.run(line)
    assert (job.out, job.err, job.code) == (out, err, 1 if err else 0)


@pytest.mark.parametrize("line", ["sh", "bash", "sudo sh", "sudo -i", "sudo su -", "su", "su - root", "bash -l"])
def test_a_shell_within_the_shell_is_left_by_exit(one: KeptSession, line: str) -> None:
    for _ in range(2):
        assert (one.run(line).code, one.run("hostname").out) == (0, "host\n")
    one.run("docker exec -it web bash")
    assert one.run("exit").code == 0
    assert one.shell.where is None
    assert one.run("exit").code == one.run("exit").code == 0
    assert one.run("exit").code != 0


def test_docker_is_not_in_a_containers_shell(one: KeptSession) -> None:
    """Pages leave `exit` out, and their readers paste on: what they type next is done on the host, and said so."""
    one.run("docker exec -it web bash")
    assert one.run("sh -c 'docker ps'").code == 127
    assert one.run("ls; docker ps").err.endswith("; `exit` leaves this shell first\n")
    assert one.run("true || docker ps").err == ""
    assert one.run("echo to | docker run -i --rm busybox cat").out == "to\n"
    assert one.run("NAME=$(docker ps --format {{.Names}})").code == one.run("docker inspect $NAME").code == 0
    said = one.run("docker ps --format {{.Names}} | cat")
    assert (said.out, said.code) == ("web\n", 0)
    assert said.err == ("note: web has no docker: this is the host's, as in a second terminal; "
                        "`exit` leaves the container\n")
    one.shell.language = "zh"
    assert noted(one.run("docker ps -q").err.strip(), "zh").startswith("注意：web 里没有 docker")
    one.shell.language = "en"
    one.run("sudo docker run -it --rm --name box alpine sh")
    assert one.run("docker ps -q | wc -l").out == "2\n"
    assert (one.shell.where, one.run("exit").code, one.shell.where) == ("box", 0, "web")
    one.run("docker rename web shop")
    assert (one.run("hostname").code, one.shell.where) == (0, "shop")
    one.run("docker rm -f shop; docker run -d --name shop nginx")
    assert (one.shell.where, one.run("hostname").out) == (None, "host\n")


@pytest.mark.parametrize("line", ["ip netns exec blue bash", "nsenter --net=/run/netns/blue", "enter web",
                                  "nsenter -t $(docker inspect -f '{{.State.Pid}}' web) -n"])
def test_where_only_the_network_was_entered_the_hosts_docker_is_there(one: KeptSession, line: str) -> None:
    """It was not found; and what was opened from there was left for the lab's own prompt."""
    one.run("ip netns add blue")
    one.run(line)
    inside = one.run("ip link").out
    assert one.run("docker ps --format {{.Names}}").out == "web\n"
    assert one.run("docker exec -it web sh").code == 0
    one.run("exit")
    assert one.run("ip link").out == inside
    one.run("exit")
    assert one.shell.where is None


@pytest.mark.parametrize("line", ["docker exec -it web sh", "docker run -it --rm --name box busybox", "enter web",
                                  "nsenter -t $(docker inspect -f '{{.State.Pid}}' web) -n"])
def test_a_shell_ends_with_its_container(one: KeptSession, line: str) -> None:
    one.run(line)
    name = one.shell.where
    assert name in ("web", "box")
    engine, container = one.lab.container(name)
    engine.kill(container)
    answer = one.run("hostname")
    assert (answer.out, answer.err, one.shell.where) == ("host\n", "", None)


def test_the_prompt_is_the_labs_as_soon_as_a_containers_own_shell_is_gone(one: KeptSession) -> None:
    one.run("(sleep 3; docker stop -t 0 web) &")
    one.run("docker exec -it web sh")
    one.run("sleep 5")
    assert one.shell.where is None


@pytest.mark.parametrize(("typed", "told", "ended"), [
    (("exit 3",), 3, 3), (("exit 0",), 0, 0), (("exit 258",), 2, 2), (("false", "exit"), 1, 1),
    (("false", "exit 0"), 0, 0), (("true", "exit"), 0, 0)])
def test_exit_takes_a_status_and_else_the_last_lines_one(
        one: KeptSession, typed: tuple[str, ...], told: int, ended: int) -> None:
    one.run("docker run -it --name box alpine sh")
    assert [one.run(line).code for line in typed][-1] == told
    assert one.run("docker inspect -f {{.State.ExitCode}} box").out == f"{ended}\n"


def test_a_word_that_is_no_status_leaves_no_shell(one: KeptSession) -> None:
    one.run("docker exec -it web bash")
    assert one.run("exit now").code == one.run("exit 1 2").code == 2
    assert one.shell.where == "web"
    assert (one.run("exit 4").code, one.run("echo $?").out, one.shell.where) == (4, "4\n", None)


def test_a_status_that_a_shell_is_left_with_is_no_failure_of_a_run() -> None:
    runner = Runner()
    for line in ("docker run -it --name box alpine sh", "exit 3"):
        runner.line(line)
    assert not runner.failed
    runner.line("exit 3")
    assert runner.failed
