"""Who can reach what, and whom the server sees: row by row, as real Engines (28.5, and 26.1) showed it."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

LAB = ("add-host lan", "connect host lan", "set-ip host:eth0 192.168.1.10/24", "set-ip lan:eth0 192.168.1.20/24",
       "ip route add default via 192.168.1.20", "docker run -d --name web -p 8080:80 nginx",
       "docker run -d --name local -p 127.0.0.1:8081:80 nginx",
       "docker run -d --name client nicolaka/netshoot sleep infinity", "docker network create other",
       "docker run -d --name far --network other nicolaka/netshoot sleep infinity", "wait")
CURL = "curl -sS -o /dev/null -w '%{http_code}' --max-time 3 http://"
ROWS = {
    "host to the container": (f"{CURL}172.17.0.2/", "200", "172.17.0.1"),
    "host to its own LAN address": (f"{CURL}192.168.1.10:8080/", "200", "192.168.1.10"),
    "host to localhost": (f"{CURL}127.0.0.1:8080/", "200", "172.17.0.1"),
    "host to docker0's address": (f"{CURL}172.17.0.1:8080/", "200", "172.17.0.1"),
    "LAN to the host's port": (f"exec lan {CURL}192.168.1.10:8080/", "200", "192.168.1.20"),
    "neighbour to the container": (f"docker exec client {CURL}172.17.0.2/", "200", "172.17.0.4"),
    "neighbour to the host's port": (f"docker exec client {CURL}192.168.1.10:8080/", "200", "172.17.0.1"),
    "neighbour to docker0's address": (f"docker exec client {CURL}172.17.0.1:8080/", "200", "172.17.0.1"),
    "the container to its own published port": (f"docker exec web {CURL}192.168.1.10:8080/", "200", "172.17.0.1"),
    "another network to the host's port": (f"docker exec far {CURL}192.168.1.10:8080/", "200", "172.17.0.1"),
}
"""Each with the line, the status, and the client that nginx writes down."""
CLOSED = {
    "LAN to a port that is not published": (f"exec lan {CURL}192.168.1.10:81/", 7),
    "LAN to a port at localhost": (f"exec lan {CURL}192.168.1.10:8081/", 7),
    "LAN to the container, by a route": (f"exec lan {CURL}172.17.0.2/", 28),
    "another network to the container": (f"docker exec far {CURL}172.17.0.2/", 28),
    "neighbour to a port of the host that only localhost has": (f"docker exec client {CURL}192.168.1.10:8081/", 7),
    "neighbour to the published number at the container": (f"docker exec client {CURL}172.17.0.2:8080/", 7),
}
"""Each with the line and curl's exit status: 7 is refused, 28 is silence."""


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session(profile="docker-28")
    for line in LAB:
        assert session.run(line).code == 0, line
    session.run("exec lan ip route add 172.17.0.0/16 via 192.168.1.10")
    return session


@pytest.mark.parametrize("row", sorted(ROWS))
def test_who_is_answered_and_whom_the_server_sees(session: Session, row: str) -> None:
    line, status, client = ROWS[row]
    assert session.run(line).out == status
    assert session.run("docker logs --tail 1 web").out.split()[0] == client


@pytest.mark.parametrize("row", sorted(CLOSED))
def test_who_is_not(session: Session, row: str) -> None:
    line, code = CLOSED[row]
    assert session.run(line).code == code


def test_a_port_at_localhost_is_there_for_the_host(session: Session) -> None:
    assert session.run(f"{CURL}127.0.0.1:8081/").out == "200"


def test_the_other_network_s_gateway_answers_a_ping(session: Session) -> None:
    assert session.run("docker exec far ping -c 1 172.17.0.1").code == 0
    assert session.run("docker exec far ping -c 1 -W 1 172.17.0.2").code == 1


def test_names_and_their_owners(session: Session) -> None:
    assert session.run("docker exec far dig +short far").out == "172.18.0.2\n"
    assert session.run("docker exec far dig +short -x 172.18.0.2").out == "far.other.\n"
    rules = session.run("exec far iptables -t nat -S DOCKER_OUTPUT").out
    assert "-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:" in rules


def test_docker_proxy_has_the_port_of_datagrams(session: Session) -> None:
    session.run("docker run -d --name dns -p 5353:53/udp --entrypoint sleep nicolaka/netshoot infinity")
    assert "5353" in session.run("ss -lun").out


def test_a_lab_whose_docker_proxy_carries_datagrams_is_copied_whole(session: Session) -> None:
    """Both labs' clients are answered through their own proxies."""
    session.run("docker run -d --name echo -p 7000:7000/udp --entrypoint socat nicolaka/netshoot "
                "UDP-LISTEN:7000,fork EXEC:cat")
    ask = "sh -c 'echo {} | socat - UDP:127.0.0.1:7000'"
    assert session.run(ask.format("first")).out == "first\n"
    proxy = next(b.proxy for b in session.lab.docker().find("echo").bindings)
    copied = session.lab.copy()
    twin = next(b.proxy for b in copied.docker().find("echo").bindings)
    assert twin is not proxy
    assert twin.socket.namespace is copied.namespace("host")
    assert session.run(ask.format("second")).out == "second\n"


def test_up_to_27_a_route_to_a_container_is_enough() -> None:
    session = Session(profile="docker-26")
    for line in LAB:
        session.run(line)
    session.run("exec lan ip route add 172.17.0.0/16 via 192.168.1.10")
    assert session.run("exec lan ping -c 1 -W 1 172.17.0.2").code == 1
    assert session.run(f"exec lan {CURL}172.17.0.2/").out == "200"
