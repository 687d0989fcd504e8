"""Compose files of well-known projects' kinds, each brought up, and what then holds, as lines of `expect`."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.linux.core.files.inode import RegularFile
from netsandbox.session.session import Session

FILES = Path(__file__).parent / "files"
CURL = "curl -sS -o /dev/null -m 2"
EXPECTED: dict[str, tuple[int, tuple[str, ...]]] = {
    "web-api-db": (0, (
        "expect state shop-web-1 running", "expect port host 8080 held by docker-proxy",
        "expect interface shop-api-1:eth1 up", "expect no route shop-db-1 default", f"{CURL} 127.0.0.1:8080",
        "expect exit 0", "docker exec shop-api-1 ping -c 1 db", "expect output contains 'shop-db-1.shop_back'",
        "docker exec shop-web-1 ping -c 1 -W 1 db", "expect exit 1", "docker exec shop-db-1 ping -c 1 -W 1 8.8.8.8",
        "expect output contains 'Network is unreachable'")),
    "reverse-proxy": (0, (
        "expect port host 80 held by docker-proxy", "expect port host 8443 held by docker-proxy",
        "docker exec demo-proxy-1 ping -c 1 upstream", "expect exit 0",
        "docker exec demo-proxy-1 getent ahostsv4 whoami | grep -c STREAM", "expect output matches '^3$'",
        f"docker exec demo-proxy-1 {CURL} app", "expect exit 0", "ss -ltn", "expect output contains '127.0.0.1:8443'")),
    "internal": (0, (
        "expect no route vault-store-1 default", "expect route vault-gate-1 default",
        "docker exec vault-gate-1 ping -c 1 cache", "expect exit 0",
        "docker exec vault-store-1 ping -c 1 -W 1 8.8.8.8", "expect exit 2",
        f"{CURL} 127.0.0.1:80", "expect exit 0",
        "iptables -S DOCKER-ISOLATION-STAGE-1", "expect output contains '! -s 10.90.0.0/24 -o br-private -j DROP'")),
    "host-mode": (0, (
        "expect namespace demo-edge-1 is host", "expect namespace demo-sidecar-1 is host",
        "expect port host 80 held by nginx", f"{CURL} 127.0.0.1", "expect exit 0",
        "docker exec demo-alone-1 ip -br link", "expect no output contains eth0")),
    "port-clash": (1, (
        "expect state demo-one-1 running", "expect state demo-two-1 created", f"{CURL} 127.0.0.1:9090", "expect exit 0",
        "docker logs demo-one-1", "expect output contains 'GET / HTTP/1.1'")),
    "scaled": (0, (
        "expect state demo-worker-1 running", "expect state demo-worker-3 running", "expect state demo-debug-1 absent",
        "docker exec demo-worker-1 nslookup pool", "expect output contains '172.18.0.4'",
        "docker exec demo-worker-1 ping -c 1 demo-worker-2", "expect exit 0")),
}
"""By the file: the status of `docker compose up -d`, and lines, of which those of `expect` have to hold."""


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("profile", ["docker-26", "docker-28"])
def test_what_holds_once_it_is_up(name: str, profile: str) -> None:
    session = Session(profile=profile, uplink="192.168.1.0/24")
    text = (FILES / f"{name}.yaml").read_text(encoding="utf-8")
    session.lab.host().files.add("/root/demo/compose.yaml", RegularFile(0, text))
    code, lines = EXPECTED[name]
    assert session.run("cd /root/demo; docker compose up -d").code == code
    session.run("wait 5s")
    for line in lines:
        answer = session.run(line)
        assert not line.startswith("expect ") or answer.code == 0, f"{line}\n{answer.out}{answer.err}"
    assert session.run("cd /root/demo; docker compose down -t 0").code == 0
    assert session.run("docker ps -aq").out == ""
