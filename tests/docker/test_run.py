"""docker run: what it makes, what it prints, how it ends."""

from __future__ import annotations

import re

import pytest

from netsandbox.docker.container import CREATED, EXITED, RUNNING
from netsandbox.docker.names import ADJECTIVES, PEOPLE
from netsandbox.wire.addresses import format_ipv4, format_mac
from tests.docker.machine import Machine

HINT = "\n\nRun 'docker run --help' for more information\n"


def address(docker: Machine, name: str) -> str:
    endpoint = docker.container(name).endpoint
    return format_ipv4(endpoint.address) if endpoint else ""


def test_a_detached_run_prints_the_identity_and_gives_the_first_free_address(docker: Machine) -> None:
    said = docker("run -d --name nginx-1 nginx")
    assert said.code == 0
    assert re.fullmatch(r"[0-9a-f]{64}\n", said.out)
    assert said.out.strip() == docker.container("nginx-1").identity
    docker("run -d --name nginx-2 nginx")
    assert [address(docker, name) for name in ("nginx-1", "nginx-2")] == ["172.17.0.2", "172.17.0.3"]


def test_an_address_is_released_on_stop_and_the_next_container_gets_it(docker: Machine) -> None:
    for name in ("one", "two"):
        docker(f"run -d --name {name} nginx")
    docker("stop one")
    docker("run -d --name three nginx")
    assert address(docker, "three") == "172.17.0.2"
    docker("start one")
    assert address(docker, "one") == "172.17.0.4"


def test_a_generated_mac_is_new_with_each_start_and_a_configured_one_stays(docker: Machine) -> None:
    docker("run -d --name free nginx")
    docker("run -d --name set --mac-address 92:d0:c6:0a:29:33 nginx")
    before = docker.container("free").endpoints["bridge"].mac
    docker("restart free set")
    assert docker.container("free").endpoints["bridge"].mac != before
    assert format_mac(docker.container("set").endpoints["bridge"].mac) == "92:d0:c6:0a:29:33"
    assert before >> 40 & 3 == 2, "unicast, locally administered"


def test_until_27_the_mac_comes_from_the_address_and_nothing_is_announced() -> None:
    docker = Machine("docker-27")
    docker("run -d --name old nginx")
    assert format_mac(docker.container("old").endpoints["bridge"].mac) == "02:42:ac:11:00:02"
    assert format_mac(docker.engine.bridge.mac).startswith("02:42:")
    start = docker.lab.trace.end
    docker.wait(5)
    assert "AddressAnnounced" not in {type(record.event).__name__ for record in docker.lab.trace.since(start)}


def test_since_28_three_announcements_a_second_apart() -> None:
    docker = Machine("docker-28")
    docker("run -d --name new nginx")
    docker.wait(5)
    announced = [record for record in docker.lab.trace.since(0) if type(record.event).__name__ == "AddressAnnounced"]
    seconds = [round(record.at / 1e9) for record in announced]
    assert seconds == [0, 1, 2]


def test_names_are_made_up_from_the_seed() -> None:
    names = []
    for seed in (1, 1, 2):
        docker = Machine(seed=seed)
        docker("run -d nginx")
        names += list(docker.engine.containers)
    assert names[0] == names[1] != names[2]
    adjective, _line, person = names[0].partition("_")
    assert adjective in ADJECTIVES
    assert person in PEOPLE


def test_many_containers_without_a_name_never_clash(docker: Machine) -> None:
    for _number in range(60):
        assert docker("run -d --net none nginx").code == 0
    assert len(docker.engine.containers) == 60


@pytest.mark.parametrize("flag", ["--net=host", "--net host", "--network=host", "--network host"])
def test_host_mode_uses_the_hosts_namespace(docker: Machine, flag: str) -> None:
    docker(f"run -d {flag} --name web nginx")
    web = docker.container("web")
    assert web.namespace is docker.engine.namespace
    assert not web.endpoints
    assert [socket.port for socket in docker.engine.namespace.sockets.sockets] == [80, 80]


def test_none_mode_has_lo_alone(docker: Machine) -> None:
    docker("run -d --network none --name alone nginx")
    namespace = docker.container("alone").namespace
    assert namespace is not None
    assert list(namespace.interfaces) == ["lo"]


def test_container_mode_joins_and_a_taken_port_ends_the_second_server(docker: Machine) -> None:
    docker("run -d --name owner nginx")
    docker("run -d --name guest --network container:owner nginx")
    assert docker.container("guest").namespace is docker.container("owner").namespace
    docker.wait(3)
    assert (docker.container("guest").state, docker.container("guest").code) == (EXITED, 1)


def test_the_second_nginx_on_the_host_exits_with_one_after_five_tries(docker: Machine) -> None:
    docker("run -d --net=host --name first nginx")
    assert docker("run -d --net=host --name second nginx").code == 0
    docker.wait(2.4)
    assert docker.container("second").state == RUNNING
    docker.wait(0.2)
    assert docker.container("second").state == EXITED
    log = docker("logs second").err
    assert log.count("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n") == 5
    assert log.count("nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)\n") == 5
    assert log.count("[notice] 1#1: try again to bind() after 500ms\n") == 5
    assert log.endswith("nginx: [emerg] still could not bind()\n")
    assert "Exited (1) Less than a second ago" in docker("ps -a").out


def test_in_the_foreground_the_clients_status_is_the_programs(docker: Machine) -> None:
    docker("run -d --net=host nginx")
    said = docker("run --net=host nginx")
    assert said.code == 1
    assert said.err.endswith("still could not bind()\n")


def test_a_tool_runs_in_the_container_and_its_status_comes_back(docker: Machine) -> None:
    docker("run -d --name nginx-1 nginx")
    docker.wait(3)
    said = docker("run --rm busybox ping -c 2 172.17.0.2")
    assert said.code == 0
    assert "2 packets transmitted, 2 received, 0% packet loss" in said.out
    assert docker("run --rm busybox ping -c 1 -W 1 172.17.0.99").code == 1
    assert list(docker.engine.containers) == ["nginx-1"]


def test_the_first_ping_is_not_lost_to_a_port_that_does_not_forward_yet(docker: Machine) -> None:
    docker("run -d --name nginx-1 nginx")
    times = re.findall(r"time=(\S+) ms", docker("run --rm busybox ping -c 2 172.17.0.2").out)
    assert all(float(time) < 1 for time in times)


@pytest.mark.parametrize(("line", "out", "code"), [
    ("run --rm alpine echo hello world", "hello world\n", 0), ("run --rm alpine false", "", 1),
    ("run --rm alpine sh -c 'echo a; echo b && false || echo c; exit 7'", "a\nb\nc\n", 7),
    ("run --rm alpine sh -c 'true && echo yes; false && echo no'", "yes\n", 1),
    ("run --rm --entrypoint echo nginx hello", "hello\n", 0), ("run --rm -h web1 alpine hostname", "web1\n", 0),
    ("run --rm -e A=1 alpine env", None, 0), ("run --rm alpine /bin/echo x", "x\n", 0)])
def test_small_programs(docker: Machine, line: str, out: str | None, code: int) -> None:
    said = docker(line)
    assert said.code == code
    assert out is None or said.out == out
    assert docker.engine.containers == {}


def test_a_program_that_is_not_there(docker: Machine) -> None:
    said = docker("run --name gone alpine nosuch")
    assert said.code == 127
    assert 'exec: "nosuch": executable file not found in $PATH' in said.err
    assert said.err.endswith(HINT)
    assert docker.container("gone").state == CREATED
    docker("run --rm --name gone2 alpine nosuch")
    assert "gone2" not in docker.engine.containers


def test_a_shell_without_a_terminal_ends_at_once_and_with_one_it_stays(docker: Machine) -> None:
    docker("run -d --name brief alpine")
    docker("run -dit --name stays alpine")
    docker.wait(1)
    assert docker.container("brief").state == EXITED
    assert docker.container("stays").state == RUNNING


def test_nginx_as_a_daemon_ends_the_container_and_its_errands_print(docker: Machine) -> None:
    docker("run -d --name daemon nginx nginx")
    docker("run -d --name front nginx nginx -g 'daemon off;'")
    docker.wait(1)
    assert (docker.container("daemon").state, docker.container("daemon").code) == (EXITED, 0)
    assert docker.container("front").state == RUNNING
    assert docker("run --rm nginx nginx -t").err.endswith("nginx.conf test is successful\n")


def test_another_port_for_redis(docker: Machine) -> None:
    docker("run -d --name store redis --port 7000")
    namespace = docker.container("store").namespace
    assert namespace is not None
    assert {socket.port for socket in namespace.sockets.sockets} == {7000}


def test_a_persons_shell_is_entered_and_left(docker: Machine) -> None:
    client = docker.begin("run -it --name box alpine")
    assert client.is_running
    assert client.is_endless
    assert client.enters is docker.container("box")
    client.leave(3)
    assert (client.code, client.enters) == (3, None)
    assert (docker.container("box").state, docker.container("box").code) == (EXITED, 3)


def test_ctrl_c_stops_a_server_in_the_foreground(docker: Machine) -> None:
    client = docker.begin("run --name web nginx")
    assert client.is_endless
    client.interrupt()
    assert (client.code, docker.container("web").state) == (0, EXITED)
    assert not docker.engine.bridge.ports


def test_ctrl_c_prints_pings_statistics(docker: Machine) -> None:
    client = docker.begin("run --name pinger busybox ping 172.17.0.1")
    docker.wait(1.5)
    assert client.is_endless
    client.interrupt()
    assert client.code == 0
    assert "2 packets transmitted, 2 received" in client.out


def test_ctrl_c_lets_go_of_a_program_that_does_not_heed_it(docker: Machine) -> None:
    client = docker.begin("run --name sleeper busybox sleep 100")
    client.interrupt()
    assert client.code == 0
    assert "does not heed SIGINT" in client.err
    assert docker.container("sleeper").is_running
    assert docker.lab.scheduler.foreground <= 3, "only the announcements are still waited for"


def test_what_runs_detached_lets_the_lab_come_to_rest(docker: Machine) -> None:
    docker("run -d --name pinger busybox ping 172.17.0.1")
    docker("run -d busybox sleep 3600")
    docker.lab.scheduler.run_until_quiet()
    assert docker.lab.scheduler.clock < 10_000_000_000
    docker.wait(5)
    assert docker.container("pinger").is_running
    assert "icmp_seq=5" in docker("logs pinger").out


def test_a_port_on_the_host_s_own_network_is_discarded(docker: Machine) -> None:
    host = docker("run -d --net host -p 8080:80 nginx")
    assert host.err == "WARNING: Published ports are discarded when using host network mode\n"


def test_create_then_start(docker: Machine) -> None:
    said = docker("create --name later nginx")
    assert said.code == 0
    assert docker.container("later").state == CREATED
    assert "Created" in docker("ps -a").out
    assert docker("start later") == (0, "later\n", "")


def test_init_forwards_signals(docker: Machine) -> None:
    docker("run -d --init --name quick busybox sleep 100")
    before = docker.lab.scheduler.clock
    docker("stop quick")
    assert docker.container("quick").code == 143
    assert docker.lab.scheduler.clock - before < 1_000_000_000
