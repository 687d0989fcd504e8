"""docker ps, stop, start, restart, kill, rm, rename, wait, logs, attach and exec."""

from __future__ import annotations

import re

import pytest

from netsandbox.docker.container import EXITED, RESTARTING, RUNNING
from netsandbox.docker.engine import HEARD_OF
from netsandbox.docker.errors import DAEMON
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.session.session import Session
from tests.docker.machine import Machine

SECOND = 1_000_000_000


def test_ps_lists_the_newest_first(docker: Machine) -> None:
    docker("run -d --name nginx-1 nginx")
    docker.wait(2.5)
    docker("run -d --name nginx-2 nginx")
    docker.wait(3)
    short = [docker.container(name).short_identity for name in ("nginx-2", "nginx-1")]
    assert docker("ps").out == (
        "CONTAINER ID   IMAGE     COMMAND                  CREATED         STATUS         PORTS     NAMES\n"
        f'{short[0]}   nginx     "/docker-entrypoint.…"   3 seconds ago   Up 3 seconds   80/tcp    nginx-2\n'
        f'{short[1]}   nginx     "/docker-entrypoint.…"   5 seconds ago   Up 5 seconds   80/tcp    nginx-1\n')


def test_ps_options(docker: Machine) -> None:
    docker("run -d --name one nginx")
    docker("run -d --name two redis")
    docker("stop one")
    one, two = docker.container("one"), docker.container("two")
    assert docker("ps -q").out == f"{two.short_identity}\n"
    assert docker("ps -aq").out == f"{two.short_identity}\n{one.short_identity}\n"
    assert docker("ps -q --no-trunc").out == f"{two.identity}\n"
    assert docker("ps -lq").out == f"{two.short_identity}\n"
    assert docker("ps -n 1 -q").out == f"{two.short_identity}\n"
    assert docker("ps -q -f status=exited").out == f"{one.short_identity}\n"
    assert docker("ps -aq -f name=on").out == f"{one.short_identity}\n"
    assert docker("ps -aq -f name=one -f name=two").out.count("\n") == 2
    assert docker("ps -aq -f name=^n").out == ""
    assert docker("ps -aq -f ancestor=redis -f status=running").out == f"{two.short_identity}\n"
    assert docker("ps -a --format '{{.Names}}: {{.Status}}'").out == ("two: Up Less than a second\n"
                                                                    "one: Exited (0) Less than a second ago\n")
    assert docker("ps --format 'table {{.Names}}\\t{{.Image}}'").out == "NAMES     IMAGE\ntwo       redis\n"
    assert docker("ps -f status=odd").err.startswith(
        "Error response from daemon: invalid filter 'status=odd': invalid value for state (odd): must be one of ")
    assert docker("ps -f odd=x").err == "Error response from daemon: invalid filter 'odd'\n"
    assert "can't evaluate field Odd in type *formatter.ContainerContext" in docker("ps --format {{.Odd}}").err
    assert docker("container ls -q").out == docker("ps -q").out
    assert '"/docker-entrypoint.sh nginx -g \'daemon off;\'"' in docker("ps -a --no-trunc").out


@pytest.mark.parametrize(("seconds", "words"), [
    (0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"), (119, "About a minute"),
    (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"), (5399, "About an hour"), (5400, "2 hours"),
    (47 * 3600, "47 hours"), (48 * 3600, "2 days"), (13 * 86400, "13 days"), (14 * 86400, "2 weeks"),
    (59 * 86400, "8 weeks"), (60 * 86400, "2 months"), (700 * 86400, "23 months"), (800 * 86400, "2 years")])
def test_how_long_ago(docker: Machine, seconds: int, words: str) -> None:
    docker("run -d --net none --name web nginx")
    docker.wait(seconds + 0.1)
    assert docker("ps --format {{.Status}}").out == f"Up {words}\n"
    assert docker("ps --format {{.RunningFor}}").out == f"{words} ago\n"


def test_a_program_that_ignores_sigterm_is_killed_after_ten_seconds(docker: Machine) -> None:
    docker("run -d --name slow busybox sleep 1000")
    before = docker.lab.scheduler.clock
    assert docker("stop slow") == (0, "slow\n", "")
    assert (docker.lab.scheduler.clock - before) // SECOND == 10
    assert docker.container("slow").code == 137
    docker("start slow")
    before = docker.lab.scheduler.clock
    docker("stop -t 2 slow")
    assert (docker.lab.scheduler.clock - before) // SECOND == 2
    docker("start slow")
    before = docker.lab.scheduler.clock
    docker("stop -t 0 slow")
    assert docker.lab.scheduler.clock == before


def test_a_server_stops_at_once_and_says_so(docker: Machine) -> None:
    docker("run -d --name web nginx")
    before = docker.lab.scheduler.clock
    docker("stop web")
    assert docker.lab.scheduler.clock == before
    assert docker.container("web").code == 0
    assert "signal 3 (SIGQUIT) received, shutting down" in docker("logs web").err


def test_several_are_stopped_together(docker: Machine) -> None:
    docker("run -d --name web nginx")
    docker("run -d --name slow busybox sleep 1000")
    docker("run -d --name slower busybox sleep 1000")
    before = docker.lab.scheduler.clock
    said = docker("stop slow web nope slower")
    assert sorted(said.out.split()) == ["slow", "slower", "web"]
    assert said.err == "Error response from daemon: No such container: nope\n"
    assert said.code == 1
    assert (docker.lab.scheduler.clock - before) // SECOND == 10


def test_a_sleep_that_ends_while_it_is_being_stopped(docker: Machine) -> None:
    docker("run -d --name nap busybox sleep 3")
    assert docker("stop nap").code == 0
    assert docker.container("nap").code == 0
    docker("start nap")
    docker.wait(20)
    assert docker.container("nap").finished >= 5 * SECOND


def test_kill(docker: Machine) -> None:
    docker("run -d --name web nginx")
    assert docker("kill -s HUP web") == (0, "web\n", "")
    assert docker.container("web").is_running
    assert docker("kill web").code == 0
    assert docker.container("web").code == 137
    identity = docker.container("web").identity
    assert docker("kill web").err == (f"Error response from daemon: cannot kill container: web: container {identity} "
                                      "is not running\n")
    docker("start web")
    assert docker("kill --signal SIGFOO web").err == (
        "Error response from daemon: cannot kill container: web: invalid signal: SIGFOO\n")
    docker("kill -s 15 web")
    assert docker.container("web").code == 0


def test_restart_waits_for_the_stop(docker: Machine) -> None:
    docker("run -d --name slow busybox sleep 1000")
    first = docker.container("slow").started
    assert docker("restart -t 1 slow") == (0, "slow\n", "")
    assert docker.container("slow").is_running
    assert docker.container("slow").started >= first + SECOND


def test_references_by_the_beginning_of_the_identity(docker: Machine) -> None:
    identity = docker("run -d --name web nginx").out.strip()
    assert docker(f"stop {identity[:4]}").out == f"{identity[:4]}\n"
    assert docker(f"start {identity}").code == 0
    assert docker("stop /web").code == 0


def test_an_ambiguous_identity(docker: Machine) -> None:
    for _number in range(17):
        docker("run -d --net none nginx")
    first = [c.identity[0] for c in docker.engine.containers.values()]
    twice = next(digit for digit in first if first.count(digit) > 1)
    assert docker(f"stop {twice}").err == (
        f"Error response from daemon: multiple IDs found with provided prefix: {twice}\n")


def test_rm_removes_itself_when_told_so(docker: Machine) -> None:
    docker("run -d --rm --name brief busybox sleep 1")
    docker.wait(2)
    assert docker.engine.containers == {}
    docker("run -d --rm --name web nginx")
    docker("stop web")
    assert docker.engine.containers == {}


def test_restart_policies(docker: Machine) -> None:
    docker("run -d --name first --net host nginx")
    docker("run -d --name second --net host --restart on-failure:2 nginx")
    docker.wait(2.55)
    assert docker.container("second").state == RESTARTING
    assert "Restarting (1) Less than a second ago" in docker("ps").out
    docker.wait(30)
    second = docker.container("second")
    assert (second.state, second.restarts) == (EXITED, 2)
    docker("run -d --name ever --restart always busybox sleep 1")
    docker.wait(5)
    assert docker.container("ever").restarts >= 2
    docker("stop ever")
    docker.wait(100)
    assert docker.container("ever").state == EXITED


def test_wait_prints_the_status(docker: Machine) -> None:
    docker("run -d --name nap busybox sh -c 'sleep 2; exit 5'")
    assert docker("wait nap") == (0, "5\n", "")
    docker("run -d --name web nginx")
    client = docker.begin("wait web")
    assert client.is_running
    docker("stop web")
    assert client.out == "0\n"


def test_the_owner_of_a_joined_namespace_stops_and_comes_back(docker: Machine) -> None:
    docker("run -d --name owner nginx")
    docker("run -d --name guest --network container:owner redis")
    docker("stop owner")
    guest = docker.container("guest")
    assert guest.is_running
    assert guest.namespace is not None
    assert list(guest.namespace.interfaces) == ["lo"], "the guest keeps the namespace, but eth0 is gone"
    docker("start owner")
    assert docker.container("owner").namespace is not guest.namespace
    docker("restart guest")
    assert docker.container("owner").namespace is guest.namespace
    docker("stop owner guest")
    assert docker("start guest").err.startswith(
        "Error response from daemon: cannot join network namespace of a non running container: container owner is "
        "exited\n")


def test_a_joined_container_follows_a_rename_and_no_namesake(docker: Machine) -> None:
    owner = docker("run -d --name owner nginx").out.strip()
    docker("run -d --name guest --network container:owner redis")
    docker("rename owner chief")
    assert docker.container("guest").mode == "container:chief"
    assert docker("restart guest").code == 0
    docker("rm -f chief")
    docker("run -d --name chief nginx")
    said = docker("restart guest")
    assert said.code == 1
    assert f"No such container: {owner}" in said.err


def test_rename_gives_the_namespace_the_new_name(docker: Machine) -> None:
    docker("run -d --name web nginx")
    docker("rename web site")
    namespace = docker.container("site").namespace
    assert namespace is not None
    assert namespace.name == "site"
    assert namespace.interfaces["eth0"].label == "site:eth0"
    assert docker.lab.namespace("site") is namespace


def test_logs(docker: Machine) -> None:
    docker("run -d --name talk busybox sh -c 'echo one; sleep 2; echo two; echo three'")
    docker.wait(3)
    assert docker("logs talk").out == "one\ntwo\nthree\n"
    assert docker("logs --tail 1 talk").out == "three\n"
    assert docker("logs -n 0 talk").out == ""
    assert docker("logs --tail=-1 talk").out == "one\ntwo\nthree\n"
    lines = docker("logs -t talk").out.splitlines()
    assert all(re.fullmatch(r"2026-01-01T00:00:0\d\.\d{9}Z \w+", line) for line in lines)
    assert [line[17:19] for line in lines] == ["00", "02", "02"]
    assert docker("logs --tail x talk").code == 1


def test_logs_follow_until_the_end_or_ctrl_c(docker: Machine) -> None:
    docker("run -d --name talk busybox sh -c 'echo one; sleep 2; echo two'")
    client = docker.begin("logs -f talk")
    docker.wait(1)
    assert (client.out, client.code) == ("one\n", None)
    docker.wait(2)
    assert (client.out, client.code) == ("one\ntwo\n", 0)
    docker("run -d --name web nginx")
    client = docker.begin("logs -f --tail 0 web")
    assert client.is_endless
    client.interrupt()
    assert client.code == 130
    assert docker.container("web").state == RUNNING
    assert not docker.container("web").console.readers


def test_attach_and_start_attached(docker: Machine) -> None:
    docker("create --name talk busybox sh -c 'sleep 1; echo hello; exit 4'")
    assert docker("start -a talk") == (4, "hello\n", "")
    docker("start talk")
    assert docker("attach talk").out == "hello\n"
    assert docker("attach talk").err == "You cannot attach to a stopped container, start it first\n"
    docker("create --name other alpine")
    assert docker("start -a talk other").err == "you cannot start and attach multiple containers at once\n"


def test_exec(docker: Machine) -> None:
    docker("run -d --name web nginx")
    docker("run -d --name net nicolaka/netshoot sleep inf")
    docker.wait(3)
    lent = docker("exec web ping -c 1 172.17.0.1")
    assert lent.code == 0
    assert lent.err.startswith("note: the nginx image has no ping; the sandbox lends its own")
    assert docker("exec web ping -c 1 172.17.0.1").err == "", "it is said once"
    assert docker("exec -it net ping -c 1 172.17.0.2").err == ""
    assert docker("exec web cat /etc/hostname").out == docker.container("web").short_identity + "\n"
    assert docker("exec web nosuch") == (127, "", (
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not '
        "found in $PATH\n"))
    assert docker("exec web sh -c 'exit 9'").code == 9
    assert docker("exec -d web sleep 100") == (0, "", "")
    docker("stop web")
    identity = docker.container("web").identity
    assert docker("exec web hostname").err == f"Error response from daemon: container {identity} is not running\n"


@pytest.mark.parametrize("line", ["exec web sh -c 'ping -c 1 172.17.0.1; ping -c 1 172.17.0.1'",
                                  "run --rm ubuntu sh -c 'x=$(ping -c 1 172.17.0.1); ping -c 1 172.17.0.1'"])
def test_a_program_that_a_shell_is_lent_is_told_once(docker: Machine, line: str) -> None:
    docker("run -d --name web nginx")
    image = "nginx" if "web" in line else "ubuntu"
    said = docker(line)
    assert said.code == 0
    assert said.err == f"note: the {image} image has no ping; the sandbox lends its own\n"


def test_a_program_that_a_person_s_shell_is_lent_is_told_once() -> None:
    session = Session()
    for line in ("docker run -d --name web nginx", "docker run -d --name alp alpine sleep 1d",
                 "docker exec -it web sh"):
        session.run(line)
    assert session.run("ip route").err == "note: the nginx image has no ip; the sandbox lends its own\n"
    assert session.run("ip address").err == session.run("ls /").err == ""
    session.run("exit")
    assert session.run("docker exec web ip route").err == ""
    session.run("docker exec -it alp sh")
    assert session.run("ip route").err == ""


def test_exec_of_a_shell_enters_and_leaves_the_container_running(docker: Machine) -> None:
    docker("run -d --name web nginx")
    client = docker.begin("exec -it web sh")
    assert client.enters is docker.container("web")
    client.leave()
    assert client.code == 0
    assert docker.container("web").is_running
    assert docker("exec web sh").code == 0, "without a terminal the shell reads nothing and ends"


def test_exec_ends_with_its_container(docker: Machine) -> None:
    docker("run -d --name web nginx")
    client = docker.begin("exec web ping 172.17.0.1")
    docker.wait(1)
    docker("kill web")
    assert client.code == 137
    client = docker.begin("exec nope x")
    assert client.code == 1


@pytest.mark.parametrize(("script", "err"), [
    ("echo 'open", "sh: 1: Syntax error: Unterminated quoted string"), ("a | b", "sh: 1: b: not found"),
    ("echo x > /etc", "sh: 1: cannot create /etc: Is a directory"), ("&& true", 'sh: 1: Syntax error: "&&" unexpected'),
    ("nosuch", "sh: 1: nosuch: not found")])
def test_scripts_that_the_shell_refuses(docker: Machine, script: str, err: str) -> None:
    docker("run -d --name web nginx")
    client = docker.begin(f'exec web sh -c "{script}"')
    assert client.code in (1, 2, 127)
    assert err in client.err


def test_many_are_restarted_one_after_the_other(docker: Machine) -> None:
    for number in range(300):
        docker(f"run -d --net none --name n{number} nginx")
    names = " ".join(f"n{number}" for number in range(300))
    assert docker(f"restart {names} nope").code == 1
    for number in range(2):
        docker(f"run -d --net none --name s{number} busybox sleep 1000")
    before = docker.lab.scheduler.clock
    docker("restart -t 3 s0 s1")
    assert (docker.lab.scheduler.clock - before) // SECOND == 6


def test_a_restart_does_not_remove_a_container_that_removes_itself(docker: Machine) -> None:
    docker("run -d --rm --name web nginx")
    assert docker("restart web") == (0, "web\n", "")
    assert docker("ps --format {{.Names}}").out == "web\n"
    docker("stop web")
    assert docker("ps -aq").out == ""


def test_a_paused_container_keeps_its_stack_and_runs_nothing_new(docker: Machine) -> None:
    docker("run -d --name web nginx")
    identity = docker.container("web").identity
    assert docker("pause web").out == "web\n"
    assert docker("pause web").err == f"{DAEMON}Container {identity} is already paused\n"
    assert docker("ps --format '{{.Status}}'").out.endswith("(Paused)\n")
    assert docker("inspect web -f '{{.State.Paused}} {{.State.Running}}'").out == "true true\n"
    assert docker("exec web hostname").err == (
        f"{DAEMON}Container web is paused, unpause the container before exec\n")
    assert docker("unpause web").out == "web\n"
    assert docker("unpause web").err == f"{DAEMON}Container {identity} is not paused\n"
    docker("pause web")
    assert docker("stop web").out == "web\n"
    assert docker("pause web").err == f"{DAEMON}container {identity} is not running\n"


def test_a_restart_of_what_has_ended_starts_it(docker: Machine) -> None:
    docker("run -d --name web nginx")
    docker("kill web")
    assert docker("restart web").code == 0
    assert docker.container("web").state == "running"


@pytest.mark.parametrize(("image", "line", "said"), [
    ("alpine", "docker run --rm alpine sh -c 'echo $$; kill -9 $$; echo alive'", "1\nalive\n[0]"),
    ("alpine", "docker exec k1 sh -c 'kill -9 $$; echo no'", "[137]"),
    ("alpine", "docker exec k1 sh -c 'kill -0 $$ && echo me'", "me\n[0]"),
    ("alpine", "docker exec k1 kill -9 1", "[0]"),
    ("alpine", "docker exec k1 kill 999", "kill: can't kill pid 999: No such process\n[1]"),
    ("debian", "docker exec k1 sh -c 'kill 999'", "sh: 1: kill: No such process\n[1]"),
    ("debian", "docker exec k1 sh nothing", "sh: 0: cannot open nothing: No such file\n[2]"),
    ("alpine", "docker exec k1 sh -c '. /nothing'", "sh: .: can't open '/nothing': No such file or directory\n[2]"),
    ("alpine", "docker exec k1 pkill sleep", "[0]"),
    ("alpine", "docker exec -d k1 sleep 5; docker exec k1 pkill -f '^sleep 5$'; sleep 1; docker exec k1 pgrep -f '5$'",
     "[1]"),
    ("alpine", "docker exec k1 busybox nothing", "nothing: applet not found\n[127]"),
    ("alpine", "docker exec k1 /no", ("OCI runtime exec failed: exec failed: unable to start container process: exec: "
               '"/no": stat /no: no such file or directory\n[127]')),
    ("alpine", "docker rm -l k1",
     "Error response from daemon: Conflict, cannot remove the default link name of the container\n[1]"),
])
def test_signals_and_programs_in_a_container(image: str, line: str, said: str) -> None:
    session = Session()
    session.run(f"docker run -d --name k1 {image} sleep 1000")
    job = session.run(line)
    assert f"{job.out}{job.err}[{job.code}]" == said
    assert session.run("docker inspect -f '{{.State.Running}}' k1").out == "true\n"


def test_logs_say_what_log_options_name() -> None:
    session = Session()
    session.run("docker run --name lg --log-opt env=E,F --log-opt labels-regex=^z -e E=5 -e F=6 --label za=1 "
                "--label y=2 alpine echo hi")
    assert session.run("docker logs --details lg").out == "E=5,F=6,za=1 hi\n"
    assert session.run("docker logs lg").out == "hi\n"


def test_one_kernel_is_told_everywhere() -> None:
    session = Session()
    lines = ("uname -r", "docker info -f '{{.KernelVersion}}'", "docker run --rm alpine uname -r")
    assert len({session.run(line).out for line in lines}) == 1
    session.run("ip link add bond0 type bond")
    release = session.run("uname -r").out.strip()
    assert f"Driver: v{release}\n" in session.run("cat /proc/net/bonding/bond0").out
    assert release in session.run("cat /proc/version").out


def test_what_a_program_s_connections_have_to_say_goes_out_before_its_networks_go() -> None:
    session = Session()
    for line in ("docker network create net", "docker run -d --name web --network net nginx"):
        session.run(line)
    began = session.lab.scheduler.clock
    session.run("docker run --rm --network net curlimages/curl -s http://web")
    assert session.lab.scheduler.clock - began >= HEARD_OF
    session.run("wait 60s")
    assert "LAST-ACK" not in session.run("exec web ss -tan").out
    assert not [record for record in session.lab.trace.since(0) if isinstance(
        getattr(record.event, "verdict", None), Dropped) and record.event.verdict.reason is DropReason.NO_SOCKET]


def test_a_program_that_has_ended_is_started_anew_before_its_networks_go() -> None:
    session = Session()
    for line in ("docker network create net", "docker run -d --name web --network net nginx",
                 "docker run -d --name one --network net curlimages/curl -s http://web"):
        session.run(line)
    container = session.lab.docker().find("one")
    session.lab.scheduler.run_while(lambda: container.program is not None and container.program.code is None)
    assert container.is_running
    session.run("docker restart -t 0 one")
    session.run("wait 1s")
    assert session.run("docker ps -a --filter name=one --format '{{.Status}}'").out.startswith("Exited (0) ")
    died = session.run("docker events --since 0 --until 0s --filter container=one --filter event=die").out
    assert died.count("exitCode=0") == died.count("\n") == 2
