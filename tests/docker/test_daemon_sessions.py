"""Random sessions with a dockerd that starts, ends and is told other things: no line raises, and going back is exact.

For longer: `python -m tests.docker.test_daemon_sessions 400`.
"""

from __future__ import annotations

import sys
from random import Random

import pytest

from netsandbox.session.keeping import KeptSession
from tests.session.lines import state

FILES = ("{}", "x", '{"nope": 1}', '{"userland-proxy": false}', '{"iptables": false}', '{"live-restore": true}',
         '{"icc": false}', '{"bip": "10.20.0.1/24"}', '{"fixed-cidr": "172.17.4.0/24"}', '{"mtu": 1400}',
         '{"default-address-pools": [{"base": "10.30.0.0/16", "size": 24}]}', '{"hosts": ["tcp://0.0.0.0:2375"]}',
         '{"live-restore": true, "userland-proxy": false}')
OPTIONS = ("", "--rm", "-p 8080:80", "-p 53:53/udp", "--network app", "--network host", "--network container:aa",
           "--restart always", "--restart unless-stopped -p 8080:80", "--restart on-failure --network app")
LINES = (
    "docker run -d --name {name} {options} nginx", "docker run -d --name {name} {options} nginx",
    "docker run -d --name {name} busybox sh -c 'while true; do sleep 1; echo x; done'", "docker stop -t 1 {name}",
    "docker start {name}", "docker restart {name}", "docker rm -f {name}", "docker pause {name}",
    "docker unpause {name}", "docker kill {name}", "docker rename {name} dd", "docker exec -d {name} sleep 5",
    "docker exec {name} curl -sS -m 1 172.17.0.1:8080", "docker top {name}", "docker inspect {name}",
    "docker network create app", "docker network rm app", "docker network connect app {name}",
    "docker network disconnect app {name}", "docker network inspect bridge", "docker stats --no-stream",
    "docker events --since 1h --until 0s", "docker -H tcp://127.0.0.1:2375 ps -a", "docker ps -a", "docker info",
    "systemctl stop docker", "systemctl start docker", "systemctl restart docker", "systemctl status docker",
    "echo '{file}' > /etc/docker/daemon.json", "curl -sS -m 1 127.0.0.1:8080", "wait 2s", "ip link del docker0",
    "iptables -F; iptables -t nat -F", "toggle-host-net aa", "add-container ee", "docker exec -it aa sh", "exit",
    "hostname")


def session(seed: int, count: int = 25) -> None:
    """One session, and the same once more by its journal."""
    chance = Random(seed)
    made = KeptSession(profile=chance.choice(["docker-26", "docker-28", "docker-29"]),
                       uplink=chance.choice(["", "192.168.1.0/24"]))
    for _line in range(count):
        made.run(chance.choice(LINES).format(name=chance.choice(["aa", "bb", "cc"]), file=chance.choice(FILES),
                                             options=chance.choice(OPTIONS)))
    here = state(made)
    made.go_to(count // 2)
    made.go_to(*made.end)
    assert state(made) == here


@pytest.mark.parametrize("seed", range(8))
def test_a_daemon_that_comes_and_goes(seed: int) -> None:
    session(seed)


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        session(number)
