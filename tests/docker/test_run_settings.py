"""--expose, --sysctl, --link and --dns."""

from __future__ import annotations

import json

import pytest

from netsandbox.session.keeping import KeptSession
from tests.docker.machine import Machine


def test_exposed_ports_are_shown_and_published_by_p(docker: Machine) -> None:
    docker("run -d --name web --expose 53/udp --expose 8000-8001 nginx")
    assert docker("ps --format {{.Ports}}").out == "80/tcp, 53/udp, 8000-8001/tcp\n"
    ports = json.loads(docker("inspect -f '{{json .Config.ExposedPorts}}' web").out)
    assert list(ports) == ["53/udp", "80/tcp", "8000/tcp", "8001/tcp"]
    docker("run -d --name all -P --expose 81 nginx")
    assert docker("port all").out.count("0.0.0.0:") == 2


@pytest.mark.parametrize("text", ["x", "70000", "80-79", "-", "80-", "99999999"])
def test_what_is_no_port(docker: Machine, text: str) -> None:
    said = docker(f"run -d --expose {text} nginx")
    assert said.code == 125
    assert f"invalid range format for --expose: {text}, error: " in said.err
    assert docker("ps -aq").out == ""


def test_settings_of_the_container_alone() -> None:
    session = KeptSession()
    session.run("docker run -d --name web --sysctl net.ipv4.ip_default_ttl=7 --sysctl net.ipv4.conf.all.arp_ignore=1 "
                "nginx")
    session.run("docker run -d --name other nginx")
    assert session.run("exec web sysctl -n net.ipv4.ip_default_ttl net.ipv4.conf.all.arp_ignore").out == "7\n1\n"
    assert session.run("exec other sysctl -n net.ipv4.ip_default_ttl").out == "64\n"
    assert "ttl=7" in session.run("docker exec other ping -c 1 172.17.0.2").out
    session.run("docker restart web")
    assert session.run("exec web sysctl -n net.ipv4.ip_default_ttl").out == "7\n"


@pytest.mark.parametrize(("words", "err", "code"), [
    ("--sysctl vm.swappiness=1", "sysctl 'vm.swappiness=1' is not allowed", 125),
    ("--sysctl net.ipv4.x", "is not allowed", 125),
    ("--sysctl net.ipv4.nope=1", ("open sysctl net.ipv4.nope file: unsafe procfs detected: openat2 "
     "fsmount:fscontext:proc/./sys/net/ipv4/nope: no such file or directory"), 127),
    ("--sysctl net.ipv4.ip_default_ttl=x", ('failed to write sysctl net.ipv4.ip_default_ttl = "x": write '
     "fsmount:fscontext:proc/./sys/net/ipv4/ip_default_ttl: invalid argument"), 125),
    ("--sysctl net.ipv4.conf.eth0.arp_ignore=1", ('interface specific sysctl setting "net.ipv4.conf.eth0.arp_ignore" '
     "must be supplied using driver option 'com.docker.network.endpoint.sysctls'"), 125),
    ("--net host --sysctl net.ipv4.ip_forward=0", "not allowed in host network namespace", 125),
    ("--dns x", "IP address is not correctly formatted: x", 125),
    ("--link nope", "could not get container for nope: No such container: nope", 125),
    ("--link idle", "Cannot link to a non running container: /idle AS /web/idle", 125)])
def test_refusals(docker: Machine, words: str, err: str, code: int) -> None:
    docker("create --name idle nginx")
    said = docker(f"run -d --name web {words} nginx")
    assert said.code == code
    assert err in said.err
    assert docker("ps -q").out == ""


def test_links_are_names_in_hosts() -> None:
    session = KeptSession()
    session.run("docker run -d --name web nginx")
    session.run("docker run -d --name app --link web:db --link web nginx")
    identity = session.run("docker ps -q -f name=web").out.strip()
    hosts = session.run("docker exec app cat /etc/hosts").out
    assert f"172.17.0.2\tdb {identity} web\n172.17.0.2\tweb {identity}\n" in hosts
    assert "172.17.0.2" in session.run("docker exec app ping -c 1 db").out


def test_name_servers(docker: Machine) -> None:
    docker("network create mynet")
    docker("run -d --name web --dns 1.1.1.1 --dns 9.9.9.9 nginx")
    docker("run -d --name app --network mynet --dns 1.1.1.1 nginx")
    assert "\nnameserver 1.1.1.1\nnameserver 9.9.9.9\n" in docker("exec web cat /etc/resolv.conf").out
    text = docker("exec app cat /etc/resolv.conf").out
    assert "nameserver 127.0.0.11\n" in text
    assert "# ExtServers: [1.1.1.1]\n# Overrides: [nameservers]\n" in text


def test_a_container_begins_with_the_hosts_interface_settings() -> None:
    session = KeptSession()
    keys = "net.ipv4.ip_forward net.ipv4.conf.eth0.forwarding net.ipv4.conf.all.rp_filter net.ipv4.conf.eth0.rp_filter"
    session.run("docker run -d --name one nginx")
    assert session.run(f"docker exec one sysctl -n {keys}").out.split() == ["1", "1", "0", "0"]
    session.run("sysctl -w net.ipv4.conf.all.rp_filter=1; sysctl -w net.ipv4.conf.default.rp_filter=2")
    session.run("sysctl -w net.ipv4.ip_forward=0")
    session.run("docker run -d --name two nginx")
    assert session.run(f"docker exec two sysctl -n {keys}").out.split() == ["0", "0", "1", "2"]
    session.run("exec two sysctl -w net.ipv4.conf.all.rp_filter=0")
    session.run("docker run -d --name three nginx")
    assert session.run(f"docker exec three sysctl -n {keys}").out.split() == ["0", "0", "1", "2"]
    assert session.run(f"docker exec one sysctl -n {keys}").out.split() == ["1", "1", "0", "0"]
    assert session.run("sysctl -n net.ipv4.conf.all.rp_filter").out == "1\n"
