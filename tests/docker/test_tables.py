"""Three tables about Docker's published ports, row by row and for each release: who reaches what and whom the server
sees; a container's way to its own published port; and what is said where two things want one.
"""

from __future__ import annotations

import re
from functools import cache

import pytest

from netsandbox.docker.profiles import PROFILES
from netsandbox.session.session import Session

CURL = "curl -sS -o /dev/null -w '%{http_code}' --max-time 2 http://"
LAB = ("add-host lan", "connect host lan", "set-ip host:eth0 192.168.1.10/24", "set-ip lan:eth0 192.168.1.20/24",
       "ip route add default via 192.168.1.20", "docker run -d --name web -p 8080:80 nginx",
       "docker run -d --name client nicolaka/netshoot sleep infinity", "docker network create other",
       "docker run -d --name far --network other nicolaka/netshoot sleep infinity", "wait",
       "exec lan ip route add 172.16.0.0/12 via 192.168.1.10")
REFUSED, SILENCE = "7", "28"

# -- who can reach what


@cache
def lab(profile: str) -> Session:
    """All rows only ask, so that one lab does for all of them."""
    session = Session(profile=profile)
    for line in LAB:
        assert session.run(line).code == 0, line
    return session


REACH: dict[str, tuple[str, str, str]] = {
    "a container on the same bridge": (f"docker exec client {CURL}172.17.0.2/", "200", "172.17.0.3"),
    "the host, by the container's address": (f"{CURL}172.17.0.2/", "200", "172.17.0.1"),
    "the host, by its LAN address": (f"{CURL}192.168.1.10:8080/", "200", "192.168.1.10"),
    "the host, by 127.0.0.1": (f"{CURL}127.0.0.1:8080/", "200", "172.17.0.1"),
    "the LAN, by the host's port": (f"exec lan {CURL}192.168.1.10:8080/", "200", "192.168.1.20"),
    "the LAN, by a port that is not published": (f"exec lan {CURL}192.168.1.10:81/", REFUSED, ""),
    "the LAN, by a route": (f"exec lan {CURL}172.17.0.2/", SILENCE, ""),
    "another bridge, by the container's address": (f"docker exec far {CURL}172.17.0.2/", SILENCE, ""),
    "another bridge, by the host's port": (f"docker exec far {CURL}192.168.1.10:8080/", "200", "172.17.0.1"),
    "another bridge, by its own gateway": (f"docker exec far {CURL}172.18.0.1:8080/", "200", "172.17.0.1"),
    "the container itself, by the host's port": (f"docker exec web {CURL}192.168.1.10:8080/", "200", "172.17.0.1"),
}
"""Who, the line, and what nginx sees; or the status of a client that is refused, or hears nothing."""
UP_TO_27 = {"the LAN, by a route": ("200", "192.168.1.20")}
"""What was otherwise before rules in raw: a port that is published is let through at the container's address too."""


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("row", REACH)
def test_who_reaches_what(profile: str, row: str) -> None:
    line, status, client = REACH[row]
    if not PROFILES[profile].since(28):
        status, client = UP_TO_27.get(row, (status, client))
    session = lab(profile)
    answer = session.run(line)
    assert (answer.out if client else str(answer.code)) == status
    if client:
        assert session.run("docker logs --tail 1 web").out.split()[0] == client


@pytest.mark.parametrize("profile", PROFILES)
def test_pings_and_the_way_out(profile: str) -> None:
    session = lab(profile)
    assert session.run("docker exec far ping -c 1 172.17.0.1").code == 0  # another bridge's gateway is the host
    assert session.run("docker exec far ping -c 1 -W 1 172.17.0.2").code == 1
    session.run("docker exec far ping -c 1 192.168.1.20")
    assert "src=172.18.0.2 dst=192.168.1.20" in session.run("conntrack -L -p icmp").out
    assert "dst=192.168.1.10 type=0" in session.run("conntrack -L -p icmp").out  # masqueraded


# -- a container's way to its own published port

PROXY = '{"userland-proxy": true}'
NO_PROXY = '{"userland-proxy": false}'
MASQUERADE = "iptables -t nat -D POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE"
HAIRPIN_OFF = "for port in $(ls /sys/class/net/docker0/brif); do bridge link set dev $port hairpin off; done"
HAIRPIN = [
    # br_netfilter, daemon.json, what is taken away; who asks; OK or not
    (0, PROXY, (), "web", True),
    (0, NO_PROXY, (HAIRPIN_OFF,), "web", True),  # routed back by the host
    (0, NO_PROXY, (HAIRPIN_OFF,), "client", False),  # answered past the host, and not known there
    (1, NO_PROXY, (HAIRPIN_OFF,), "client", True),
    (1, NO_PROXY, (HAIRPIN_OFF,), "web", False),
    (1, NO_PROXY, (HAIRPIN_OFF, MASQUERADE), "web", False),
    (1, NO_PROXY, (), "web", True),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("filters", "settings", "changes", "who", "is_ok"), HAIRPIN)
def test_a_way_back_to_the_same_bridge(profile: str, filters: int, settings: str, changes: tuple[str, ...], who: str,
                                       is_ok: bool) -> None:
    session = Session(profile=profile)
    for line in ("docker ps", f"echo '{settings}' > /etc/docker/daemon.json", "systemctl restart docker",
                 "docker run -d --name web -p 8080:80 nginx",
                 "docker run -d --name client nicolaka/netshoot sleep infinity", "wait 5s",
                 f"sysctl -w net.bridge.bridge-nf-call-iptables={filters}", *changes):
        assert session.run(line).code == 0, line
    assert session.run(f"docker exec {who} {CURL}172.17.0.1:8080/").code == (0 if is_ok else 28)


# -- what is said where two things want one

BOUND = {"docker-29": "failed to bind host port 0.0.0.0:8080/tcp: address already in use",
         "docker-28": "failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use",
         "docker-27": "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
         "docker-26": "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use"}


def said(profile: str, *lines: str) -> tuple[int | None, str]:
    """The last line's status, and what it complained of without identifiers."""
    session = Session(profile=profile)
    answers = [session.run(line) for line in lines]
    return answers[-1].code, re.sub(r"[0-9a-f]{12,64}", "ID", answers[-1].err)


def failed(profile: str, name: str, why: str) -> str:
    """How a release words a start that failed for a port."""
    driver = f"driver failed programming external connectivity on endpoint {name} (ID): {why}"
    if not PROFILES[profile].since(28):
        return f"docker: Error response from daemon: {driver}.\n"
    return (f"docker: Error response from daemon: failed to set up container networking: {driver}\n\n"
            "Run 'docker run --help' for more information\n")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_port_that_another_container_has(profile: str) -> None:
    lines = ("docker run -d --name web -p 8080:80 nginx", "docker run -d --name web2 -p 8080:80 nginx")
    assert said(profile, *lines) == (125, failed(profile, "web2", "Bind for 0.0.0.0:8080 failed: port is already "
                                                                  "allocated"))
    session = Session(profile=profile)
    for line in lines:
        session.run(line)
    assert session.run("docker inspect -f '{{.State.Status}}' web2").out == "created\n"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_port_that_a_program_of_the_hosts_has(profile: str) -> None:
    assert said(profile, "docker ps", "nc -lk 8080 &", "docker run -d --name web2 -p 8080:80 nginx") == (
        125, failed(profile, "web2", BOUND[profile]))


@pytest.mark.parametrize("profile", PROFILES)
def test_two_servers_on_the_hosts_network(profile: str) -> None:
    session = Session(profile=profile)
    session.run("docker run -d --net=host --name one nginx")
    assert session.run("docker run -d --net=host --name two nginx").code == 0
    session.run("wait 3s")
    assert session.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' two").out == "exited 1\n"
    log = session.run("docker logs two").err
    assert log.count("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)") == 5
    assert log.endswith("nginx: [emerg] still could not bind()\n")


@pytest.mark.parametrize(("first", "second", "is_ok"), [
    ("127.0.0.1:8080:80", "192.168.1.10:8080:80", True), ("127.0.0.1:8080:80", "8080:80", False),
    ("8080:80", "127.0.0.1:8080:80", False), ("8080:80/tcp", "8080:80/udp", True), ("8080:80", "8081:80", True)])
def test_which_ports_conflict(first: str, second: str, is_ok: bool) -> None:
    session = Session(profile="docker-28")
    for line in (*LAB[:5], f"docker run -d --name one -p {first} nginx"):
        assert session.run(line).code == 0, line
    assert (session.run(f"docker run -d --name two -p {second} nginx").code == 0) == is_ok


NETWORKS: dict[str, tuple[tuple[str, ...], str]] = {
    "in use": (("docker network create mynet", "docker run -d --name c1 --network mynet nginx",
                "docker network rm mynet"),
               'error while removing network: network mynet has active endpoints (name:"c1" id:"ID")'),
    "predefined": (("docker network rm bridge",), "bridge is a pre-defined network and cannot be removed"),
    "twice the same name": (("docker network create mynet", "docker network create mynet"),
                            "network with name mynet already exists"),
    "connected twice": (("docker network create mynet", "docker run -d --name c1 --network mynet nginx",
                         "docker network connect mynet c1"), "endpoint with name c1 already exists in network mynet"),
    "not connected": (("docker network create mynet", "docker run -d --name c1 nginx",
                       "docker network disconnect mynet c1"), "container ID is not connected to network mynet"),
    "overlapping": (("docker network create --subnet 172.17.5.0/24 mynet",),
                    "invalid pool request: Pool overlaps with other one on this address space"),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("row", NETWORKS)
def test_networks(profile: str, row: str) -> None:
    lines, why = NETWORKS[row]
    if row == "in use" and not PROFILES[profile].since(28, 1):
        why = "error while removing network: network mynet id ID has active endpoints"
    if not PROFILES[profile].since(28):
        why = why.removeprefix("invalid pool request: ")
    also = "exit status 1\n" if "network rm" in lines[-1] and PROFILES[profile].since(28) else ""
    assert said(profile, *lines) == (1, f"Error response from daemon: {why}\n{also}")
