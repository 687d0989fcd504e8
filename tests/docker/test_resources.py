"""What 28.5.2 refuses of options that are about resources, modes and users: its words, and what is left behind."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

RUN = "\n\nRun 'docker run --help' for more information\n"
USAGE = f"\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]{RUN}"
ERROR = "Error response from daemon: "
DAEMON = f"docker: {ERROR}"
EXEC = "OCI runtime exec failed: exec failed: "
INIT = (f"{DAEMON}failed to create task for container: failed to create shim task: OCI runtime create failed: runc "
        "create failed: unable to start container process: error during container init: ")


def told(err: str) -> str:
    """Without the sandbox's own notes."""
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("note: "))


@pytest.fixture
def session() -> KeptSession:
    return KeptSession(profile="docker-28")


@pytest.mark.parametrize(("words", "err"), [
    ("--memory foo", 'invalid argument "foo" for "-m, --memory" flag: invalid size: \'foo\''),
    ("--memory 1m", f"{DAEMON}Minimum memory limit allowed is 6MB"),
    ("--cpus foo", 'invalid argument "foo" for "--cpus" flag: failed to parse foo as a rational number'),
    ("--cpus -1", f"{DAEMON}range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"),
    ("--cpus 99", f"{DAEMON}range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"),
    ("--ulimit nofile=9223372036854775808", (
        'invalid argument "nofile=9223372036854775808" for "--ulimit" flag: strconv.ParseInt: parsing '
        '"9223372036854775808": value out of range')),
    ("--stop-timeout 99999999999999999999", (
        'invalid argument "99999999999999999999" for "--stop-timeout" flag: strconv.ParseInt: parsing '
        '"99999999999999999999": value out of range')),
    ("--stop-timeout 1_0", (
        'invalid argument "1_0" for "--stop-timeout" flag: strconv.ParseInt: parsing "1_0": invalid syntax')),
    ("--ulimit foo", 'invalid argument "foo" for "--ulimit" flag: invalid ulimit argument: foo'),
    ("--ulimit nofile=10:5", ('invalid argument "nofile=10:5" for "--ulimit" flag: ulimit soft limit must be less than '
     "or equal to hard limit: 10 > 5")),
    ("--health-interval foo", 'invalid argument "foo" for "--health-interval" flag: time: invalid duration "foo"'),
    ("--tmpfs rel", f"{DAEMON}invalid mount path: 'rel' mount path must be absolute"),
    ("--log-driver nosuch", f'{DAEMON}error looking up logging plugin nosuch: plugin "nosuch" not found'),
    ("--pid foo", "docker: --pid: invalid PID mode"), ("--uts foo", "docker: --uts: invalid UTS mode"),
    ("--ipc foo", f"{DAEMON}invalid IPC mode: foo"),
    ("--pid container:nosuch", f"{DAEMON}No such container: nosuch"),
    ("--runtime nosuch", f"{DAEMON}unknown or invalid runtime name: nosuch"),
    ("--platform foo", ('docker: error parsing specified platform: "foo": unknown operating system or architecture: '
     "invalid argument")),
    ("--entrypoint ''", f"{DAEMON}no command specified"),
    ("--cidfile /etc/hosts", ("docker: container ID file found, make sure the other container isn't running or delete "
     "/etc/hosts")),
    ("--network net1 --network name=net1,mac-address=foo", "docker: foo is not a valid mac address")])
def test_nothing_is_made(session: KeptSession, words: str, err: str) -> None:
    said = session.run(f"docker run -d --name web {words} nginx")
    end = USAGE if err.startswith("invalid argument") else RUN
    assert (said.out, told(said.err), said.code) == ("", err + end, 125)
    assert session.run("docker ps -aq").out == ""


@pytest.mark.parametrize(("words", "err", "code"), [
    ("--user nosuch", f"{DAEMON}unable to find user nosuch: no matching entries in passwd file", 125),
    (f"--hostname {'a' * 65}", f"{INIT}sethostname: invalid argument", 125),
    ("--network host --sysctl net.ipv4.ip_forward=1", (f"{DAEMON}failed to create task for container: failed to create "
     "shim task: OCI runtime create failed: runc create failed: sysctl \"net.ipv4.ip_forward\" not allowed in host "
     "network namespace"), 125),
    ("--mac-address ff:ff:ff:ff:ff:ff", (f'{DAEMON}failed to set up container networking: failed to add interface VETH '
     'to sandbox: error setting interface "VETH" MAC to "ff:ff:ff:ff:ff:ff": cannot assign requested address'), 125)])
def test_a_container_is_left_that_did_not_start(session: KeptSession, words: str, err: str, code: int) -> None:
    said = session.run(f"docker run -d --name web {words} nginx")
    veth = said.err.partition("interface ")[2].partition(" ")[0]
    assert (told(said.err).replace(veth or "?", "VETH"), said.code) == (err + RUN, code)
    assert session.run("docker ps -a --format '{{.Names}} {{.Status}}'").out == "web Created\n"


@pytest.mark.parametrize(("user", "out"), [
    ("1000", "uid=1000 gid=0(root) groups=0(root)\n"), ("1000:1000", "uid=1000 gid=1000 groups=1000\n"),
    ("nobody", "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n"),
    ("www-data:root", "uid=33(www-data) gid=0(root) groups=0(root)\n"),

    ("0", "uid=0(root) gid=0(root) groups=0(root)\n")])
def test_whose_a_program_is(session: KeptSession, user: str, out: str) -> None:
    session.run("docker run -d --name web nicolaka/netshoot sleep infinity")
    assert session.run(f"docker exec -u {user} web id").out == out
    assert session.run(f"docker run --rm --user {user} nicolaka/netshoot id").out == out


def test_only_root_has_the_capability(session: KeptSession) -> None:
    session.run("docker run -d --name web --cap-add NET_ADMIN nicolaka/netshoot sleep infinity")
    assert session.run("docker exec web ip link set eth0 mtu 1400").code == 0
    refused = session.run("docker exec -u 1000 web ip link set eth0 mtu 1300")
    assert told(refused.err) == "RTNETLINK answers: Operation not permitted\n"
    assert session.run("docker exec -u nosuch web true").err == (
        "Error response from daemon: unable to find user nosuch: no matching entries in passwd file\n")
    assert session.run("docker exec -u 1000 web whoami").err == "whoami: cannot find name for user ID 1000\n"


def test_resources_are_told_and_the_identity_is_kept_in_a_file(session: KeptSession) -> None:
    session.run("docker run -d --cidfile /tmp/id --name web --memory 100m --cpus 0.5 --pids-limit 50 nginx")
    fields = " ".join(f"{{{{.HostConfig.{name}}}}}" for name in ("Memory", "MemorySwap", "NanoCpus", "PidsLimit"))
    assert session.run(f"docker inspect web -f '{fields}'").out == "104857600 209715200 500000000 50\n"
    assert session.run("cat /tmp/id").out + "\n" == session.run("docker ps -q --no-trunc").out


@pytest.mark.parametrize(("line", "err", "code"), [
    ("docker exec web /etc",
     f'{EXEC}unable to start container process: exec: "/etc": is a directory: permission denied', 126),
    ("docker exec -w relative web pwd", f"{EXEC}Cwd must be an absolute path", 128),
    ("docker exec --env-file /nosuch web true", "open /nosuch: no such file or directory", 1),
    ("docker exec --detach-keys ctrl-foo web true", f"{ERROR}Invalid escape keys (ctrl-foo) provided",
     1),
    ("docker top web -o comm", f"{ERROR}Couldn't find PID field in ps output", 1),
    ("docker stop -s FOO web", f"{ERROR}cannot stop container: web: invalid signal: FOO", 1),
    ("docker update --cpus 99 web", (f"{ERROR}range of CPUs is from 0.01 to 2.00, as there are only 2 "
     "CPUs available"), 1),
    ("docker container inspect nosuch", f"{ERROR}No such container: nosuch", 1),
    ("docker ps --filter expose=99999", (f"{ERROR}error while looking up for expose 99999: "
     'strconv.ParseUint: parsing "99999": value out of range'), 1),
    ("docker ps --filter is-task=foo", f"{ERROR}invalid filter 'is-task=[foo]'", 1),
    ("docker network ls --format '{{.Foo}}'", ('template parsing error: template: :1:2: executing "" at <.Foo>: can\'t '
     "evaluate field Foo in type *network.networkContext"), 1),
    ("docker -x", ("unknown shorthand flag: 'x' in -x\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n"
                   "Run 'docker --help' for more information"), 125),
    ("docker run --pull never FOO/bar", (f"{DAEMON}No such image: FOO/bar:latest\n\nRun 'docker "
     "run --help' for more information"), 125),
    ("docker inspect --type image nosuch", f"{ERROR}No such image: nosuch:latest", 1)])
def test_other_refusals(session: KeptSession, line: str, err: str, code: int) -> None:
    session.run("docker run -d --name web nginx")
    said = session.run(line)
    assert (told(said.err), said.code) == (err + "\n", code)


def test_limits_are_told_and_none_is_raised(session: KeptSession) -> None:
    run = "docker run --rm --ulimit nofile=100:200"
    rows = session.run(f"{run} debian cat /proc/self/limits").out.splitlines()
    assert [" ".join(row.split()) for row in rows if "open" in row or "stack" in row] == [
        "Max stack size 8388608 unlimited bytes", "Max open files 100 200 files"]
    assert session.run(f"{run} debian sh -c 'ulimit -n 300'").err.endswith(
        "error setting limit (Operation not permitted)\n")
    assert session.run(f"{run} debian bash -c 'ulimit -n unlimited'").err.endswith(
        "ulimit: open files: cannot modify limit: Operation not permitted\n")
    assert "sets none" in session.run(f"{run} debian sh -c 'ulimit -n 200'").err
    assert "Max open files            1024 " in session.run("cat /proc/self/limits").out


def test_an_image_for_another_machine_is_refused_by_name(session: KeptSession) -> None:
    said = session.run("docker run --rm --platform linux/arm64 alpine true")
    assert (said.code, said.err.splitlines()[0]) == (
        125, "docker: the sandbox's images are for linux/amd64 alone, and not for linux/arm64")
    assert session.run("docker run --rm --platform amd64 alpine echo ok").out == "ok\n"


def test_the_name_of_nginx_is_not_what_ps_shows(session: KeptSession) -> None:
    session.run("docker run -d --name web nginx")
    assert session.run("docker exec web cat /proc/1/comm").out == "nginx\n"


@pytest.mark.parametrize(("form", "out"), [
    ("{{.NetworkSettings.Ports}}", "map[80/tcp:[{0.0.0.0 8080} {:: 8080}]]"),
    ('{{index .NetworkSettings.Ports "99/tcp"}}', "<no value>"),
    ('{{index .NetworkSettings.Networks "foo"}}', "<nil>"),
    ("{{.HostConfig.RestartPolicy}} {{.HostConfig.Sysctls}}", "{on-failure 3} map[net.ipv4.ip_forward:1]"),
    ("{{.HostConfig.DNSSearch}} {{.HostConfig.Tmpfs}} {{.State.Health}}", "[] map[] <nil>"),
    ('{{printf "%v %q %d %5s| %-5s| %t %x" 1 "a" 7 "b" "c" true 255}}', '1 "a" 7     b| c    | true ff'),
    ('{{html "<a>"}} {{urlquery "a b"}} {{print 1 2 "x"}}', "&lt;a&gt; a+b 1 2x"),
    ("{{range .Args}}{{.}}{{break}}{{end}}", "nginx")])
def test_structs_maps_and_pointers_as_go_prints_them(session: KeptSession, form: str, out: str) -> None:
    session.run("docker run -d --name web -p 8080:80 --restart on-failure:3 --sysctl net.ipv4.ip_forward=1 nginx")
    assert session.run(f"docker inspect web -f '{form}'").out == out + "\n"
