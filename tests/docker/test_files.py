"""/etc/hosts, /etc/hostname and /etc/resolv.conf as Docker writes them."""

from __future__ import annotations

import re

import pytest

from netsandbox.docker.files import files, host_files, hostname
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from tests.docker.machine import Machine


def test_on_the_default_bridge(docker: Machine) -> None:
    docker("run -d --name web nginx")
    web = docker.container("web")
    found = files(docker.engine, web)
    assert found["/etc/hostname"] == f"{web.short_identity}\n"
    assert found["/etc/hosts"] == (
        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n"
        "ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
        f"172.17.0.2\t{web.short_identity}\n")
    assert "nameserver 8.8.8.8\nnameserver 8.8.4.4\n" in found["/etc/resolv.conf"]


def test_on_a_network_of_ones_own(docker: Machine) -> None:
    docker("network create mynet")
    docker("run -d --name db --hostname db.example.org --network mynet redis")
    found = files(docker.engine, docker.container("db"))
    assert "nameserver 127.0.0.11\noptions edns0 trust-ad ndots:0\n" in found["/etc/resolv.conf"]
    assert found["/etc/hosts"].endswith("172.18.0.2\tdb.example.org db\n")
    docker("network connect bridge db")
    assert files(docker.engine, docker.container("db"))["/etc/hosts"].endswith("172.17.0.2\tdb.example.org db\n")


def test_with_the_hosts_network(docker: Machine) -> None:
    docker("run -d --name web --net host nginx")
    web = docker.container("web")
    assert hostname(docker.engine, web) == "host"
    own, of_host = files(docker.engine, web), host_files(docker.engine)
    assert [own[path] for path in ("/etc/hostname", "/etc/hosts")] == [
        of_host[path] for path in ("/etc/hostname", "/etc/hosts")]
    assert of_host["/etc/resolv.conf"] in own["/etc/resolv.conf"]
    assert own["/etc/resolv.conf"].endswith("# Based on host file: '/etc/resolv.conf'\n# Overrides: []\n")


def test_in_a_joined_namespace(docker: Machine) -> None:
    docker("run -d --name owner -h boss redis")
    docker("run -d --name guest --net container:owner nginx")
    assert files(docker.engine, docker.container("guest")) == files(docker.engine, docker.container("owner"))


@pytest.mark.parametrize(("flag", "line"), [
    ("db:10.0.0.5", "10.0.0.5\tdb"), ("db=10.0.0.5", "10.0.0.5\tdb"), ("gw:host-gateway", "172.17.0.1\tgw"),
    ("six:[fd00::1]", "fd00::1\tsix")])
def test_extra_hosts(docker: Machine, flag: str, line: str) -> None:
    docker(f"run -d --name web --add-host {flag} nginx")
    assert line in files(docker.engine, docker.container("web"))["/etc/hosts"].splitlines()


MOUNTED = (
    ("rm /etc/hosts", 1, "rm: cannot remove '/etc/hosts': Device or resource busy"),
    ("rm -f /etc/hosts", 1, "rm: cannot remove '/etc/hosts': Device or resource busy"),
    ("rm -rf /etc/resolv.conf", 1, "rm: cannot remove '/etc/resolv.conf': Device or resource busy"),
    ("mv /etc/hostname /x", 1, "mv: cannot move '/etc/hostname' to '/x': Device or resource busy"),
    ("sh -c 'cp /etc/hosts /etc/h2; mv /etc/h2 /etc/hosts'", 1,
     "mv: cannot move '/etc/h2' to '/etc/hosts': Device or resource busy"),
    ("ln -sf /x /etc/hosts", 1, "ln: failed to create symbolic link '/etc/hosts': Device or resource busy"),
    ("sed -i s/a/b/ /etc/hosts", 4, "sed: cannot rename /etc/sedNAME: Device or resource busy"))


@pytest.mark.parametrize(("line", "code", "said"), MOUNTED)
def test_the_three_files_are_mounted(line: str, code: int, said: str) -> None:
    session = Session()
    session.run("docker run -d --name aa nicolaka/netshoot sleep infinity")
    session.run("docker exec aa sh -c 'echo 1.1.1.1 one >> /etc/hosts'")
    job = session.run(f"docker exec aa {line}")
    assert (job.code, re.sub(r"sed\w{6}:", "sedNAME:", job.err)) == (code, said + "\n")
    assert session.run("docker exec aa tail -1 /etc/hosts").out == "1.1.1.1 one\n"


def test_the_hosts_own_files_can_be_mounted() -> None:
    session = Session()
    assert session.run("docker run --rm -v /etc/resolv.conf:/r:ro alpine cat /r").out == session.run(
        "cat /etc/resolv.conf").out
    session.run("docker run -d --name aa -v /etc/hosts:/etc/hosts:ro nginx")
    for _start in range(2):
        job = session.run("docker exec aa sh -c 'echo x >> /etc/hosts'")
        assert (job.out, job.err) == ("", "sh: 1: cannot create /etc/hosts: Read-only file system\n")
        assert session.run("docker exec aa cat /etc/hosts").out == session.run("cat /etc/hosts").out
        session.run("docker restart aa")
    session.run("echo 9.9.9.9 nine >> /etc/hosts")
    assert session.run("docker exec aa tail -1 /etc/hosts").out == "9.9.9.9 nine\n"
    session.run("docker rm -f aa")
    assert session.run("tail -1 /etc/hosts").out == "9.9.9.9 nine\n"


def test_the_host_s_own_files_can_be_taken_away_and_linked() -> None:
    """What the Engine (28.5.2) makes of a host without the file, or with a link to nothing, it was asked."""
    session = KeptSession(profile="docker-28", uplink=DEFAULT_LAN)
    before = session.run("cat /etc/resolv.conf").out
    assert session.run("mv /etc/resolv.conf /etc/resolv.conf.old; ls /etc | grep resolv").out == "resolv.conf.old\n"
    assert session.run("cat /etc/resolv.conf").err == "cat: /etc/resolv.conf: No such file or directory\n"
    assert session.run("ping -c 1 example.com").err == "ping: example.com: Temporary failure in name resolution\n"
    own = session.run("docker run --rm alpine grep -v '^# [GTh]' /etc/resolv.conf").out
    assert own == ("\nnameserver 8.8.8.8\nnameserver 8.8.4.4\n\n# Based on host file: '' (legacy)\n"
                   "# Used default nameservers.\n# Overrides: []\n")
    assert session.run("ln -sf /run/dns/resolv.conf /etc/resolv.conf; ls -l /etc/resolv.conf").out.endswith(
        "/etc/resolv.conf -> /run/dns/resolv.conf\n")
    assert session.run("docker run --rm alpine cat /etc/resolv.conf").out.count("host file: ''") == 1
    session.run("mkdir -p /run/dns; mv /etc/resolv.conf.old /run/dns/resolv.conf")
    assert session.run("cat /etc/resolv.conf").out == before
    assert session.run("docker run --rm alpine cat /etc/resolv.conf").out.count("host file: '/etc/resolv.conf'") == 1
    assert session.run("unlink /etc/resolv.conf; unlink /etc/resolv.conf").err == (
        "unlink: cannot unlink '/etc/resolv.conf': No such file or directory\n")
    session.run("echo nameserver 1.1.1.1 > /etc/resolv.conf")
    assert session.run("cat /etc/resolv.conf").out == "nameserver 1.1.1.1\n"
    assert session.run("undo").code == session.run("undo").code == 0
    assert session.run("cat /etc/resolv.conf").out == before
    assert session.run("rm /etc/hosts; getent hosts here; docker run --rm --net host alpine cat /etc/hosts").out == ""
