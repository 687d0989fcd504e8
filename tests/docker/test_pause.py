"""docker pause: programs stand still, the kernel does not; docker top, stats and events, as a real Engine has them."""

from __future__ import annotations

import json
import re

import pytest

from netsandbox.session.keeping import KeptSession
from tests.session.lines import state

LOOP = "docker run -d --name loop busybox sh -c 'while true; do echo x; sleep 1; done'"
PIPE = LOOP.removesuffix("'") + " | while read y; do echo $y; done'"
DAEMON = "Error response from daemon: "
TIMED_OUT = "curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n"
HEX = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"^\S+Z ", re.MULTILINE)


def session(*lines: str, profile: str = "docker-28") -> KeptSession:
    made = KeptSession(profile=profile)
    for line in lines:
        made.run(line)
    return made


# -- pause


def test_the_kernel_answers_and_the_server_does_not() -> None:
    made = session("docker run -d --name web -p 8080:80 nginx", "docker pause web")
    assert made.run("ping -c 1 -W 1 172.17.0.2").code == 0
    for place in ("172.17.0.2", "127.0.0.1:8080"):
        answer = made.run(f"curl -sS -m 2 {place}")
        assert (answer.code, answer.err) == (28, TIMED_OUT)
    assert made.run("docker ps --format '{{.Status}}'").out.endswith("(Paused)\n")
    made.run("docker unpause web")
    assert made.run("curl -sS -o /dev/null -m 2 172.17.0.2").code == 0


def test_time_wait_is_the_kernels_and_ends_in_a_pause_too() -> None:
    made = session("docker run -d --name web nginx", "curl -s -H 'Connection: close' 172.17.0.2")
    assert "TIME-WAIT" in made.run("docker exec web ss -tan").out
    for line in ("docker pause web", "wait 70s", "docker unpause web"):
        made.run(line)
    assert "TIME-WAIT" not in made.run("docker exec web ss -tan").out


def test_who_waits_is_answered_when_it_goes_on() -> None:
    made = session("docker run -d --name web nginx", "docker pause web", "(sleep 3; docker unpause web) &")
    answer = made.run("curl -sS -o /dev/null -w '%{http_code}\\n' 172.17.0.2")
    assert (answer.out, made.clock > 3 * 10**9) == ("200\n", True)


@pytest.mark.parametrize("line", [LOOP, PIPE])
def test_a_script_stands_still(line: str) -> None:
    made = session(line, "sleep 3", "docker pause loop")
    before = made.run("docker logs loop").out
    made.run("sleep 30")
    assert made.run("docker logs loop").out == before
    made.run("docker unpause loop")
    made.run("sleep 3")
    assert len(made.run("docker logs loop").out.split()) - len(before.split()) in (3, 4)


@pytest.mark.parametrize(("seconds", "state"), [(5, "exited"), (20, "running")])
def test_a_sleep_that_is_over_meanwhile_ends_at_once_afterwards(seconds: int, state: str) -> None:
    made = session(f"docker run -d --name nap busybox sleep {seconds}", "docker pause nap", "sleep 10")
    assert made.run("docker inspect -f '{{.State.Status}}' nap").out == "paused\n"
    made.run("docker unpause nap")
    made.run("sleep 0.1")
    assert made.run("docker inspect -f '{{.State.Status}}' nap").out == f"{state}\n"


def test_docker_execs_programs_stand_still_too_and_another_containers_do_not() -> None:
    made = session("docker run -d --name web nginx", "docker run -d --name other nginx")
    made.run("docker exec -d web sh -c 'sleep 2; echo done > /tmp/done'")
    made.run("docker exec -d other sh -c 'sleep 2; echo done > /tmp/done'")
    made.run("docker pause web")
    made.run("sleep 5")
    assert made.run("docker exec other cat /tmp/done").out == "done\n"
    made.run("docker unpause web")
    made.run("sleep 0.1")
    assert made.run("docker exec web cat /tmp/done").out == "done\n"


@pytest.mark.parametrize(("line", "code", "err"), [
    ("docker pause web", 1, "Error response from daemon: Container ID is already paused\n"),
    ("docker exec web true", 1, f"{DAEMON}Container web is paused, unpause the container before exec\n"),
    ("docker rm web", 1,
     f'{DAEMON}cannot remove container "web": container is paused and must be unpaused first\n'),
    ("docker stop web", 0, ""), ("docker kill web", 0, ""), ("docker restart web", 0, ""), ("docker rm -f web", 0, ""),
    ("docker unpause web", 0, "")])
def test_what_can_be_done_with_a_paused_container(line: str, code: int, err: str) -> None:
    made = session("docker run -d --name web nginx", "docker pause web")
    answer = made.run(line)
    assert (answer.code, HEX.sub("ID", answer.err)) == (code, err)
    if not code and "rm" not in line:
        assert "(Paused)" not in made.run("docker ps").out
        made.run("docker start web")
        assert made.run("curl -sS -o /dev/null -m 1 172.17.0.2").code == 0
    if not code:
        assert made.run("docker unpause web").code == 1


def test_going_back_into_a_pause() -> None:
    made = session(LOOP, "sleep 2", "docker pause loop", "sleep 5", "docker unpause loop", "sleep 2")
    here = state(made)
    made.go_to(4)
    made.go_to(*made.end)
    assert state(made) == here
    assert made.lab.scheduler.foreground == 0


# -- top and stats


def test_top() -> None:
    made = session("docker run -d --name web nginx", "docker run -d --name sh1 busybox sh -c 'sleep 100; true'",
                   "docker exec -d sh1 sleep 50")
    assert made.run("docker top web").out.splitlines()[0] == (
        "UID                 PID                 PPID                C                   STIME               "
        "TTY                 TIME                CMD")
    assert made.run("docker top web").out.splitlines()[1].endswith("nginx: master process nginx -g daemon off;")
    rows = [re.split(r" {3,}", line) for line in made.run("docker top sh1 -o pid,ppid,cmd").out.splitlines()]
    assert [row[2] for row in rows] == ["CMD", "sh -c sleep 100; true", "sleep 100", "sleep 50"]
    assert rows[2][1] == rows[1][0]
    assert made.run("docker top sh1 -o pid").out.split() == [row[0] for row in rows]
    assert made.run("docker top web -eo pid,comm").out.splitlines()[0] == "PID                 COMMAND"
    made.run("docker pause sh1")
    assert made.run("docker top sh1").out.count("\n") == 4


@pytest.mark.parametrize(("line", "err"), [
    ("docker top nobody", f"{DAEMON}No such container: nobody\n"),
    ("docker top never", "Error response from daemon: container ID is not running\n"),
    ("docker top web -o bogus", f'{DAEMON}ps: error: unknown user-defined format specifier "bogus"\n'),
    ("docker stats --no-stream nobody", "Error response from daemon: No such container: nobody\n"),
    ("docker stats", "note: one look, as with --no-stream; Docker would go on until Ctrl-C\n")])
def test_top_and_stats_refuse(line: str, err: str) -> None:
    made = session("docker run -d --name web nginx", "docker create --name never nginx")
    assert HEX.sub("ID", made.run(line).err) == err


def test_stats_counts_what_the_interfaces_carried() -> None:
    made = session("docker run -d --name web nginx", "docker run -d --network host --name hn nginx",
                   "docker create --name never nginx", "sleep 3", "ping -c 1 -s 1000 172.17.0.2")
    rows = dict(line.split(";") for line in made.run("docker stats --no-stream -a --format '{{.Name}};{{.NetIO}} "
                                                     "{{.PIDs}}'").out.splitlines())
    assert rows == {"web": "1.08kB / 1.21kB 1", "hn": "0B / 0B 1", "never": "0B / 0B 0"}
    assert made.run("docker stats --no-stream").out.startswith("CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT")
    shown = made.run("docker stats --format 'table {{.Container}}\t{{.NetIO}}' web").out
    assert shown.startswith("CONTAINER   NET I/O")
    assert json.loads(made.run("docker stats --no-stream --format json web").out)["Container"] == "web"


# -- events


def events(made: KeptSession, options: str = "") -> list[str]:
    made.run("sleep 1")  # docker counts whole seconds
    text = HEX.sub("ID", TIME.sub("", made.run(f"docker events --since 1h --until 0s {options}").out))
    return text.splitlines()


def test_events_of_a_life() -> None:
    """The order of both real Engines."""
    made = session("docker run -d --name aa --label l=1 nginx", "docker update --restart no aa",
                   "docker exec aa ls /tmp", "docker exec aa true", "docker rename aa ab", "docker restart ab",
                   "docker pause ab", "docker unpause ab", "docker kill -s WINCH ab", "docker rm -f ab")
    own = "(image=nginx, l=1, name="
    assert events(made) == [
        f"container create ID {own}aa)", "network connect ID (container=ID, name=bridge, type=bridge)",
        f"container start ID {own}aa)", f"container update ID {own}aa)",
        "container exec_create: ls /tmp ID (execID=ID, image=nginx, l=1, name=aa)",
        "container exec_start: ls /tmp ID (execID=ID, image=nginx, l=1, name=aa)",
        "container exec_die ID (execID=ID, exitCode=0, image=nginx, l=1, name=aa)",
        "container exec_create: true  ID (execID=ID, image=nginx, l=1, name=aa)",
        "container exec_start: true  ID (execID=ID, image=nginx, l=1, name=aa)",
        "container exec_die ID (execID=ID, exitCode=0, image=nginx, l=1, name=aa)",
        "container rename ID (image=nginx, l=1, name=ab, oldName=/aa)",
        f"container kill ID {own}ab, signal=3)", "network disconnect ID (container=ID, name=bridge, type=bridge)",
        f"container stop ID {own}ab)", "container die ID (execDuration=0, exitCode=0, image=nginx, l=1, name=ab)",
        "network connect ID (container=ID, name=bridge, type=bridge)", f"container start ID {own}ab)",
        f"container restart ID {own}ab)", f"container pause ID {own}ab)", f"container unpause ID {own}ab)",
        f"container kill ID {own}ab, signal=28)", f"container kill ID {own}ab, signal=9)",
        "network disconnect ID (container=ID, name=bridge, type=bridge)",
        "container die ID (execDuration=0, exitCode=137, image=nginx, l=1, name=ab)", f"container destroy ID {own}ab)"]


def test_events_of_networks_and_of_a_policy() -> None:
    made = session("docker network create app", "docker run -d --name e1 --restart on-failure:2 busybox sh -c 'exit 3'",
                   "docker create --name web nginx", "docker start web", "docker network connect app web",
                   "docker network disconnect app web", "docker network rm app", "sleep 2")
    assert events(made, "--filter container=e1 --format '{{.Type}} {{.Action}}'") == [
        "container create", *("container start", "container die") * 3]
    assert [line.split(" ID")[0] for line in events(made, "--filter network=app")] == [
        "network create", "network connect", "network disconnect", "network destroy"]
    assert events(made, "-f type=network -f event=destroy") == ["network destroy ID (name=app, type=bridge)"]
    assert events(made, "--filter bogus=1") == events(made)


def test_events_as_they_come() -> None:
    made = session("docker ps")
    made.run("docker events --until 2026-01-01T00:00:05 > /tmp/seen &")
    made.run("docker run -d --name web nginx")
    made.run("sleep 6")
    made.run("docker rm -f web")
    assert [line.split()[2] for line in made.run("cat /tmp/seen").out.splitlines()] == ["create", "connect", "start"]


def test_until_is_in_whole_seconds() -> None:
    """A docker client that is given a length of time sends a number of seconds; who sees nothing hears why."""
    made = session("sleep 0.5", "docker run -d --name web nginx")
    early = made.run("docker events --since 1m --until 0s --filter container=web")
    assert (early.out, early.err.partition(";")[0]) == (
        "", "note: what happened is later than --until, of which docker counts whole seconds only")
    made.run("sleep 0.5")
    late = made.run("docker events --since 1m --until 0s --filter container=web --format '{{.Action}}'")
    assert (late.out, late.err) == ("create\nstart\n", "")


def test_stop_without_patience_tells_both_signals() -> None:
    made = session("docker run -d --name w2 busybox sleep infinity", "docker stop -t 0 w2")
    assert [line.split()[1] + line.partition("signal=")[2] for line in events(made, "--filter type=container")] == [
        "create", "start", "kill15)", "kill9)", "stop", "die"]


def test_only_the_last_256_are_remembered() -> None:
    made = session("docker run -d --name web nginx", "for i in {1..130}; do docker pause web; docker unpause web; done")
    assert len(events(made)) == 256


@pytest.mark.parametrize(("profile", "is_there"), [("docker-28", True), ("docker-29", False)])
def test_events_as_json(profile: str, is_there: bool) -> None:
    made = session("docker run -d --name web nginx", "sleep 1", profile=profile)
    first = json.loads(made.run("docker events --since 1h --until 0s --format json").out.splitlines()[0])
    assert ("status" in first) == is_there
    assert {key: first[key] for key in ("Type", "Action", "scope", "time")} == {
        "Type": "container", "Action": "create", "scope": "local", "time": 1767225600}
    assert first["Actor"]["Attributes"] == {"image": "nginx", "name": "web"}


@pytest.mark.parametrize(("options", "code", "err"), [
    ("--since x", 1, 'failed to parse value as time or duration: "x"\n'),
    ("--since 2026-13-01 --until 0s", 1, 'failed to parse value as time or duration: "2026-13-01"\n'),
    ("--since 2026-01-01 --until 2026-01-02", 0, ""), ("--since 1767225600 --until 1767225600.5", 0, ""),
    ("--since 1h30m --until 0s", 0, ""), ("--since 0s --until 1h", 1,
     "Error response from daemon: `since` time cannot be after `until` time\n"),
    ("--filter x --until 0s", 125, (
        'invalid argument "x" for "-f, --filter" flag: bad format of filter (expected name=value)\n\n'
        "Usage:  docker events [OPTIONS]\n\nRun 'docker events --help' for more information\n"))])
def test_events_times_and_filters(options: str, code: int, err: str) -> None:
    made = session("docker ps", "sleep 1")
    answer = made.run(f"docker events {options}")
    assert (answer.code, answer.err) == (code, err)


def test_events_tell_of_what_failed_and_of_what_compose_does() -> None:
    lab = KeptSession()
    lab.run("printf 'services:\\n  a:\\n    image: alpine\\n    command: sleep 1000\\n' > compose.yaml")
    for line in ("docker compose up -d", "docker compose exec a nothing", "docker compose top",
                 "docker compose restart -t 0 a", "docker compose pause a", "docker compose stop -t 0 a",
                 "docker compose start a", "docker compose kill -s SIGINT a", "wait 1s"):
        lab.run(line)
    told = lab.run("docker events --since 1m --until 0s -f type=container --format '{{.Action}}'").out.split("\n")
    assert told[:-1] == [
        "create", "start", "exec_create: nothing ", "exec_start: nothing ", "top", "kill", "kill", "stop", "die",
        "start", "restart", "pause", "kill", "kill", "unpause", "stop", "die", "start", "kill"]
