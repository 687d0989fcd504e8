"""What Docker refuses, in its own words and with its own exit status."""

from __future__ import annotations

import pytest

from tests.docker.machine import Machine

NOT_HERE = "user-specified IP address is supported on user-defined networks only"
NO_SUBNET = "user specified IP address is supported only when connecting to networks with user configured subnets"
RUN_HINT = "\n\nRun 'docker run --help' for more information\n"
RUN_USAGE = "\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]" + RUN_HINT
DAEMON = "Error response from daemon: "

CASES: list[tuple[str, tuple[str, ...], int]] = [
    ("run --foo nginx", ("unknown flag: --foo", RUN_USAGE), 125),
    ("run -z nginx", ("unknown shorthand flag: 'z' in -z", RUN_USAGE), 125),
    ("run -dz nginx", ("unknown shorthand flag: 'z' in -z", RUN_USAGE), 125),
    ("run --name", ("flag needs an argument: --name", RUN_USAGE), 125),
    ("run -p", ("flag needs an argument: 'p' in -p", RUN_USAGE), 125),
    ("run --=x nginx", ("bad flag syntax: --=x", RUN_USAGE), 125),
    ("run --rm=maybe nginx", ('invalid argument "maybe" for "--rm" flag: strconv.ParseBool: parsing "maybe": ',
                              "invalid syntax", RUN_USAGE), 125),
    ("run --ip x nginx", ("docker: ", DAEMON, "invalid config for network bridge: invalid endpoint settings:\n",
                          "* ", NOT_HERE, "\n* invalid IPv4 address: x\n* ", NO_SUBNET, RUN_HINT), 125),
    ("run", ("docker: 'docker run' requires at least 1 argument",
             "\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]",
             "\n\nSee 'docker run --help' for more information\n"), 1),
    ("run --name x/y nginx", ("docker: ", DAEMON, "Invalid container name (x/y), only [a-zA-Z0-9][a-zA-Z0-9_.-] are ",
                              "allowed", RUN_HINT), 125),
    ("run --ip 172.17.0.9 nginx", (
        "docker: ", DAEMON, "invalid config for network bridge: invalid endpoint settings:\n",
        "* ", NOT_HERE, "\n* ", NO_SUBNET, RUN_HINT), 125),
    ("run --network-alias db nginx", ("docker: network-scoped aliases are only supported for user-defined networks",
                                      RUN_HINT), 125),
    ("run -p 80:80:80:x nginx", ("docker: invalid IP address 80:80: address 80:80:: too many colons in address",
                                 RUN_HINT), 125),
    ("run -p foo:80:80 nginx", ("docker: invalid IP address: foo", RUN_HINT), 125),
    ("run -p published=80 nginx", ("docker: No port specified: 80:/tcp<empty>", RUN_HINT), 125),
    ("run -p target=80,x nginx", ("docker: invalid publish opts format (should be name=value but got 'x')",
                                  RUN_HINT), 125),
    ("run -p 80:x nginx", ("docker: invalid containerPort: x", RUN_HINT), 125),
    ("run -p 70000:80 nginx", ("docker: invalid hostPort: 70000", RUN_HINT), 125),
    ("run -p 80/ip nginx", ("docker: invalid proto: ip", RUN_HINT), 125),
    ("run -p 8080: nginx", ("docker: No port specified: 8080:<empty>", RUN_HINT), 125),
    ("run -p 1-3:10-11 nginx", ("docker: invalid ranges specified for container and host Ports: 10-11 and 1-3",
                                RUN_HINT), 125),
    ("run --network nope nginx", ("docker: ", DAEMON, "failed to set up container networking: network nope not found",
                                  RUN_HINT), 125),
    ("run --network container: nginx", ("docker: ", DAEMON, "invalid network mode: invalid container format ",
                                        "container:<name|id>", RUN_HINT), 125),
    ("run --network container:nope nginx", (
        "docker: ", DAEMON, "joining network namespace of container: No such container: nope", RUN_HINT), 125),
    ("run --network container:nope -p 80:80 nginx", (
        "docker: ", DAEMON, "conflicting options: port publishing and the container type network mode", RUN_HINT), 125),
    ("run --network '' nginx", ("docker: no name set for network", RUN_HINT), 125),
    ("run --network host --network mine nginx", (
        "docker: conflicting options: cannot attach both user-defined and non-user-defined network-modes", RUN_HINT),
     125),
    ("run --network a --network a nginx", ('docker: network "a" is specified multiple times', RUN_HINT), 125),
    ("run --mac-address zz nginx", ("docker: zz is not a valid mac address", RUN_HINT), 125),
    ("run --restart sometimes nginx", (
        "docker: ", DAEMON, "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', ",
        "'on-failure', or 'unless-stopped'", RUN_HINT), 125),
    ("run --rm --restart always nginx", ("docker: conflicting options: cannot specify both --restart and --rm",
                                         RUN_HINT), 125),
    ("run Nginx", ("docker: invalid reference format: repository name (library/Nginx) must be lowercase", RUN_HINT),
     125),
    ("run --pull sometimes nginx", ("docker: invalid pull option: 'sometimes': must be one of ",
                                    '"always", "missing" or "never"', RUN_HINT), 125),
    ("run --add-host a nginx", ('invalid argument "a" for "--add-host" flag: bad format for add-host: "a"',
                                RUN_USAGE), 125),
    ("run --stop-signal FOO nginx", ("docker: ", DAEMON, "invalid signal: FOO", RUN_HINT), 125),
    ("start nope", (DAEMON, "No such container: nope\nError: failed to start containers: nope\n"), 1),
    *((f"{verb} nope", (DAEMON, "No such container: nope\n"), 1)
      for verb in ("stop", "rm", "logs", "port", "attach", "wait", "restart")),
    ("kill nope", (DAEMON, "cannot kill container: nope: No such container: nope\n"), 1),
    ("exec nope ls", (DAEMON, "No such container: nope\n"), 1),
    ("rm -f nope", (DAEMON, "No such container: nope\n"), 0),
    ("rename nope x", (DAEMON, "No such container: nope\nError: failed to rename container named nope\n"), 1),
    ("network rm nope", (DAEMON, "network nope not found\nexit status 1\n"), 1),
    ("network rm -f nope", (), 0),
    ("network rm bridge", (DAEMON, "bridge is a pre-defined network and cannot be removed\nexit status 1\n"), 1),
    ("network create host", (DAEMON, "operation is not permitted on predefined host network \n"), 1),
    ("network connect nope web", (DAEMON, "No such container: web\n"), 1),
    ("network disconnect -f nope web", (DAEMON, "network nope not found\n"), 1),
    ("network disconnect -f bridge web", (DAEMON, "endpoint web not found\n"), 1),
    ("network create", ("docker: 'docker network create' requires 1 argument",
                        "\n\nUsage:  docker network create [OPTIONS] NETWORK",
                        "\n\nRun 'docker network create --help' for more information\n"), 1),
    ("ps extra", ("docker: 'docker ps' accepts no arguments\n\nUsage:  docker ps [OPTIONS]",
                  "\n\nRun 'docker ps --help' for more information\n"), 1),
    ("port", ("docker: 'docker port' requires at least 1 and at most 2 arguments",
              "\n\nUsage:  docker port CONTAINER [PRIVATE_PORT[/PROTO]]",
              "\n\nRun 'docker port --help' for more information\n"), 1),
    ("stop -t x web", (
        'invalid argument "x" for "-t, --timeout" flag: strconv.ParseInt: parsing "x": invalid syntax',
        "\n\nUsage:  docker stop [OPTIONS] CONTAINER [CONTAINER...]",
        "\n\nRun 'docker stop --help' for more information\n"), 125),
    ("nosuch", ("docker: unknown command: docker nosuch", "\n\nRun 'docker --help' for more information\n"), 1),
    ("network nosuch", ("docker: unknown command: docker network nosuch\n\nUsage:  docker network",
                        "\n\nRun 'docker network --help' for more information\n"), 1),
    ("search nginx", ("docker search is not modelled in the sandbox; `docker help` lists what is\n",), 1),
]


@pytest.mark.parametrize(("line", "err", "code"), CASES, ids=[case[0] for case in CASES])
def test_a_refusal(docker: Machine, line: str, err: tuple[str, ...], code: int) -> None:
    said = docker(line)
    assert (said.err, said.code) == ("".join(err), code)
    assert said.out == ""
    assert [c.state for c in docker.engine.containers.values() if c.is_running] == []


def test_a_name_that_is_taken(docker: Machine) -> None:
    holder = docker("run -d --name web nginx").out.strip()
    conflict = (f'Conflict. The container name "/web" is already in use by container "{holder}". You have to remove '
                "(or rename) that container to be able to reuse that name.")
    assert docker("run -d --name web nginx") == (125, "", f"docker: {DAEMON}{conflict}{RUN_HINT}")
    docker("run -d --name other nginx")
    assert docker("rename other web").err == (
        f"{DAEMON}Error when allocating new name: {conflict}\nError: failed to rename container named other\n")


def test_a_name_of_another_node_in_the_lab(docker: Machine) -> None:
    docker.lab.add_switch("sw1")
    said = docker("run -d --name sw1 nginx")
    assert said.code == 125
    assert 'The name "/sw1" is already in use by another node of this lab' in said.err


def test_a_running_container_is_not_removed_without_force(docker: Machine) -> None:
    docker("run -d --name web nginx")
    refusal = "container is running: stop the container before removing or force remove"
    assert docker("rm web") == (1, "", f'{DAEMON}cannot remove container "web": {refusal}\n')
    assert docker("rm -f web") == (0, "web\n", "")


def test_an_image_that_is_not_there(docker: Machine) -> None:
    said = docker("run ngimx")
    assert said.code == 125
    assert said.err == ("Unable to find image 'ngimx:latest' locally\n"
                        f"docker: {DAEMON}pull access denied for ngimx, repository does not exist or may require "
                        "'docker login': denied: requested access to the resource is denied" + RUN_HINT
                        + "note: the sandbox downloads nothing; did you mean 'nginx'?\n")
    assert docker("run --pull never ngimx").err == f"docker: {DAEMON}No such image: ngimx:latest{RUN_HINT}"


@pytest.mark.parametrize("line", ["run \u2013d \u2013net=host --name nginx-host nginx",
                                  "run \u2014d \u2014net=host --name nginx-host nginx",
                                  "run -d \u2013net=host --name nginx-host nginx"])
def test_the_tutorials_line_with_dashes_is_explained(docker: Machine, line: str) -> None:
    said = docker(line)
    assert said.code == 125
    assert said.err.startswith("docker: invalid reference format" + RUN_HINT)
    assert said.err.endswith("Try:  docker run -d --net=host --name nginx-host nginx\n")
    assert docker.engine.containers == {}
    assert docker("run -d --net=host --name nginx-host nginx").code == 0


def test_27_has_shorter_words() -> None:
    docker = Machine("docker-27")
    assert docker("run --foo nginx") == (125, "", "unknown flag: --foo\nSee 'docker run --help'.\n")
    assert docker("run Nginx").err == ("docker: invalid reference format: repository name (library/Nginx) must be "
                                       "lowercase.\nSee 'docker run --help'.\n")
    assert docker("run --network nope nginx").err == (
        f"docker: {DAEMON}network nope not found.\n")


def test_an_unknown_command_suggests_the_nearest(docker: Machine) -> None:
    for typed, meant in (("pss", "ps"), ("rum", "run"), ("imagse", "images"), ("pul", "pull"), ("stat", "stats"),
                         ("network creat foo", "network create")):
        assert docker(typed).err.endswith(f"note: did you mean 'docker {meant}'?\n")
    assert "note" not in docker("network xyzzy").err


@pytest.mark.parametrize("line", ["", "help", "--help", "help run", "run --help", "network", "network --help",
                                  "help network ls", "container", "ps --help", "exec --help"])
def test_help(docker: Machine, line: str) -> None:
    said = docker(line)
    assert said.code == 0
    assert (said.out + said.err).startswith("Usage:  docker")


def test_a_label_has_no_blank_in_its_name(docker: Machine) -> None:
    for line in ("run --label 'a b=c' nginx", "network create --label 'a b=c' n", "volume create --label 'a b' v"):
        assert "label 'a b' contains whitespaces\n" in docker(line).err
    assert docker("run -d --label ' a=b c' nginx").code == 0
    assert "invalid label ' =c': empty name" in docker("run --label ' =c' nginx").err
