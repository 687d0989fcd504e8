"""--link, variables and the rest of what a container finds in /etc and in its environment."""

from __future__ import annotations

from netsandbox.docker.environment import environment
from netsandbox.docker.files import files
from netsandbox.docker.resolv_conf import ResolvConf, internal, legacy
from tests.docker.machine import Machine


def test_a_link_gives_names_and_variables_to_the_one_that_links(docker: Machine) -> None:
    docker("run -d --name db nginx")
    docker("run -d --name app --link db:database -e A=1 busybox sleep infinity")
    app, db = docker.container("app"), docker.container("db")
    hosts = files(docker.engine, app)["/etc/hosts"]
    assert f"172.17.0.2\tdatabase {db.short_identity} db\n172.17.0.3\t{app.short_identity}\n" in hosts
    assert environment(docker.engine, app)[2:] == [
        "DATABASE_PORT=tcp://172.17.0.2:80", "DATABASE_PORT_80_TCP=tcp://172.17.0.2:80",
        "DATABASE_PORT_80_TCP_ADDR=172.17.0.2", "DATABASE_PORT_80_TCP_PORT=80", "DATABASE_PORT_80_TCP_PROTO=tcp",
        "DATABASE_NAME=/app/database", "A=1", "HOME=/root"]
    assert docker("inspect app -f '{{json .HostConfig.Links}}'").out == '["/db:/app/database"]\n'
    assert "database" not in files(docker.engine, db)["/etc/hosts"]


def test_a_link_follows_the_other_to_its_new_address(docker: Machine) -> None:
    docker("run -d --name first nginx")
    docker("run -d --name db nginx")
    docker("run -d --name app --link db busybox sleep infinity")
    docker("rm -f first")
    docker("restart db")
    assert "172.17.0.2\tdb " in files(docker.engine, docker.container("app"))["/etc/hosts"]


def test_a_variable_is_replaced_or_taken_away(docker: Machine) -> None:
    docker("run -d --name web -e PATH=/bin -e HOSTNAME nginx")
    assert environment(docker.engine, docker.container("web")) == ["PATH=/bin", "HOME=/root"]


def test_a_domain_name(docker: Machine) -> None:
    docker("run -d --name web --hostname web1 --domainname example.com nginx")
    assert files(docker.engine, docker.container("web"))["/etc/hosts"].endswith("\tweb1.example.com web1\n")


def test_the_host_s_own_resolver_is_no_use_in_a_container() -> None:
    host = ResolvConf.parse("nameserver 127.0.0.53\noptions edns0\nsearch lan\n")
    assert "nameserver 8.8.8.8\nnameserver 8.8.4.4\nsearch lan\noptions edns0\n" in legacy(host, ResolvConf())
    text = internal(host, ResolvConf(("9.9.9.9",), (".",), ("ndots:3",)), is_new=False)
    assert text.endswith("nameserver 127.0.0.11\noptions ndots:3\n\n"
                         "# Based on host file: '/etc/resolv.conf' (internal resolver)\n# ExtServers: [9.9.9.9]\n"
                         "# Overrides: [nameservers search options]\n# Option ndots from: override\n")
