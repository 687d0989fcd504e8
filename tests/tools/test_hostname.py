"""`hostname NAME`, as Debian's hostname 3.25 and BusyBox say it."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def lab() -> Session:
    session = Session(uplink=False)
    for line in ("docker run -d --name web --hostname first nginx", "docker run -d --name box alpine sleep 1000",
                 "docker run -d --name may --cap-add SYS_ADMIN nginx", "ip netns add blue"):
        assert session.run(line).code == 0
    return session


def test_the_host_is_named_and_etc_hostname_is_as_it_was() -> None:
    lab = Session(uplink=False)
    lab.run("echo $HOSTNAME; ip netns add blue")
    assert lab.run("hostname box.example.com").code == 0
    assert lab.run("hostname; hostname -s; uname -n; cat /etc/hostname; echo $HOSTNAME").out == (
        "box.example.com\nbox\nbox.example.com\nhost\nhost\n")
    assert lab.run("ip netns exec blue hostname").out == "box.example.com\n"
    lab.run("ip netns exec blue hostname two")
    assert lab.run("hostname").out == "two\n"


def test_a_file_or_hostnamectl_names_it_too() -> None:
    lab = Session(uplink=False)
    lab.run("printf '# it\\nname\\n' > /tmp/n; hostname -F /tmp/n")
    assert lab.run("hostname").out == "name\n"
    assert lab.run("hostname -F /nope").err == "hostname: No such file or directory\n"
    lab.run("hostnamectl set-hostname other")
    assert lab.run("hostname; cat /etc/hostname").out == "other\nother\n"


@pytest.mark.parametrize("name", ["'a b'", "''", "a_b", "bar-", "'x$'", "a..b", "a.-b", "a-.b", "é"])
def test_what_is_no_name(lab: Session, name: str) -> None:
    said = lab.run(f"hostname {name}")
    assert (said.code, said.err) == (1, "hostname: the specified hostname is invalid\n")
    assert lab.run("hostname").out == "host\n"


def test_a_name_has_64_bytes_at_most() -> None:
    lab = Session(uplink=False)
    assert lab.run(f"hostname {'x' * 64}").code == 0
    assert lab.run(f"hostname {'y' * 65}").err == "hostname: name too long\n"
    assert lab.run("hostname").out == f"{'x' * 64}\n"


def test_a_container_may_with_sys_admin_and_forgets_it_when_it_is_started_anew(lab: Session) -> None:
    said = lab.run("docker exec web hostname new")
    assert said.code == 1
    assert said.err.startswith("hostname: you must be root to change the host name\n")
    assert lab.run("docker exec box hostname new").err.startswith("hostname: sethostname: Operation not permitted\n")
    assert lab.run("docker exec may hostname new").code == 0
    assert lab.run("docker exec may hostname").out == "new\n"
    assert lab.run("docker exec may cat /etc/hostname").out != "new\n"
    assert lab.run("docker exec web hostname").out == "first\n"
    lab.run("docker restart may")
    assert lab.run("docker exec may hostname").out == lab.run("docker exec may cat /etc/hostname").out


def test_who_enters_the_network_alone_keeps_the_host_s_name(lab: Session) -> None:
    """`nsenter -n` and `ip netns exec` told the container's."""
    pid = lab.run("docker inspect -f '{{.State.Pid}}' web").out.strip()
    lab.run(f"ip netns attach web {pid}; hostname outer")
    for line in (f"nsenter -t {pid} -n hostname", "ip netns exec web hostname", f"nsenter -t {pid} -n uname -n"):
        assert lab.run(line).out == "outer\n"
    for line in (f"nsenter -t {pid} -n -u hostname", f"nsenter -t {pid} -n -u uname -n",
                 f"nsenter -t {pid} -a hostname", "exec web hostname"):
        assert lab.run(line).out == lab.run("docker exec web hostname").out


def test_a_container_on_the_host_s_network_has_a_name_of_its_own_and_the_host_keeps_its_own() -> None:
    lab = Session(uplink=False)
    lab.run("docker run -d --name named --network host --hostname other alpine sleep 100")
    lab.run("docker run -d --name plain --network host alpine sleep 100")
    assert lab.run("hostname; docker exec plain sh -c hostname; docker exec named sh -c 'hostname; uname -n'").out == (
        "host\nhost\nother\nother\n")


def test_the_last_option_counts() -> None:
    lab = Session(uplink=False)
    assert lab.run("hostname -fs; hostname --short").out == "host\nhost\n"
    assert lab.run("hostname -x").err.startswith("hostname: invalid option -- 'x'\n")
    assert lab.run("hostname -s other").code == 255
    assert lab.run("hostname").out == "host\n"


def test_each_address_of_a_name_is_told(lab: Session) -> None:
    lab.run("docker network create more; docker network connect more box")
    assert lab.run("docker exec box hostname -i").out == "172.17.0.3 172.18.0.2\n"
