"""IPv6 in Docker's options: what is not modelled says so in one line, and what Docker refuses has its words."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.mark.parametrize("profile", ["docker-26", "docker-28", "docker-29"])
@pytest.mark.parametrize("subnets", ["--subnet fd00::/64", "--subnet 10.9.0.0/24 --subnet fd00::/64"])
def test_a_subnet_of_ipv6_is_refused_in_one_line_and_leaves_nothing(profile: str, subnets: str) -> None:
    session = Session(profile=profile)
    job = session.run(f"docker network create {subnets} n")
    assert (job.code, job.err) == (1, "docker network create --subnet fd00::/64: IPv6 is not modelled in the sandbox\n")
    assert session.run("docker network ls -qf name=n$ -f driver=bridge").out == ""


@pytest.mark.parametrize("text", ["fd00:::/64", "fd00::", "fd00::/129", "fd00::/x", "/64"])
def test_what_is_no_subnet_of_ipv6_is_refused_in_dockers_words(text: str) -> None:
    err = Session().run(f"docker network create --subnet {text} n").err
    assert err == ("Error response from daemon: invalid network config:\n"
                   f"invalid subnet {text}: invalid CIDR block notation\n")


def test_a_network_with_ipv6_has_ipv4_alone_and_a_note_says_so() -> None:
    session = Session()
    assert session.run("docker network create --ipv6 n").err == (
        "note: --ipv6: the network has IPv4 alone, as no machine of the sandbox speaks IPv6\n")
    assert session.run("docker network create --ipv6=false m").err == ""
    assert session.run("docker network inspect n -f '{{.EnableIPv6}} {{len .IPAM.Config}}'").out == "false 1\n"


def test_a_port_on_an_address_of_ipv6_has_a_note_of_each_address() -> None:
    session = Session()
    err = session.run("docker run -d --name web -p '[::1]:8080:80' -p '[::1]:8081:80' -p 8082:80 nginx").err
    assert err == "note: -p [::1]:…: nobody can ask there, as no machine of the sandbox speaks IPv6\n"
    assert "80/tcp -> [::1]:8080" in session.run("docker port web").out.splitlines()
