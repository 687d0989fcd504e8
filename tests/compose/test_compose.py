"""Compose files of the kinds that people have: what becomes of them, and what the sandbox says that it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netsandbox.commands.compose.file.interpolate import VariableError, filled_in
from netsandbox.commands.compose.file.reader import project_name, read_project
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.linux.core.files.inode import RegularFile
from netsandbox.session.session import Session

FILES = Path(__file__).parent / "files"
Compose = Callable[[str], Session]


@pytest.fixture
def compose() -> Compose:
    def begin(name: str) -> Session:
        session = Session()
        text = (FILES / f"{name}.yaml").read_text(encoding="utf-8")
        session.lab.host().files.add("/root/demo/compose.yaml", RegularFile(0, text))
        session.run("cd /root/demo")
        return session
    return begin


def test_three_tiers_of_which_the_last_is_not_reached_from_the_first(compose: Compose) -> None:
    session = compose("web-api-db")
    up = session.run("docker compose up -d")
    assert up.code == 0
    assert [line.split()[1] for line in up.err.splitlines() if line.endswith("  Started")] == [
        "shop-db-1", "shop-api-1", "shop-web-1"]
    assert " Container shop-db-1  Waiting\n Container shop-db-1  Healthy\n Container shop-api-1  Starting\n" in up.err
    assert session.run("docker compose ps --format '{{.Service}} {{.Health}}'").out == "api \ndb healthy\nweb \n"
    assert session.run("docker compose exec -T api ping -c 1 db").code == 0
    assert session.run("docker compose exec -T db ping -c 1 backend").code == 0
    assert session.run("docker compose exec -T web ping -c 1 db").code == 1, "BusyBox's ping"
    assert "default" not in session.run("docker compose exec -T db ip route").out
    assert session.run("docker compose ps --services").out == "api\ndb\nweb\n"
    assert session.run("docker compose ps --services --status running").out == "api\ndb\nweb\n"
    assert session.run("docker compose ps -q --filter status=exited").out == ""
    assert session.run("docker compose ps --filter x=1").err == "unknown filter x\n"
    session.run("docker compose exec -it web sh")
    assert session.run("hostname -i").out.startswith("172.")
    session.run("exit")
    assert session.run("docker compose exec -u www-data -T web whoami").out == "www-data\n"
    assert "0.0.0.0:8080->80/tcp" in session.run("docker compose ps web").out


def test_what_is_up_already_stays_and_what_changed_is_made_anew(compose: Compose) -> None:
    session = compose("web-api-db")
    session.run("docker compose up -d")
    again = session.run("docker compose up -d")
    assert [line.split()[-1] for line in again.err.splitlines()] == ["Running"] * 3 + ["Waiting", "Healthy"]
    session.run("sed -i 's/DATABASE: db/DATABASE: other/' compose.yaml")
    changed = session.run("docker compose up -d").err
    assert " Container shop-api-1  Recreated\n" in changed
    assert " Container shop-db-1  Running\n" in changed


def test_a_proxy_before_scaled_services(compose: Compose) -> None:
    session = compose("reverse-proxy")
    assert session.run("docker compose up -d").code == 0
    assert session.run("docker compose exec -T proxy ping -c 1 upstream").code == 0
    named = "docker ps --filter label=com.docker.compose.service=whoami --format '{{.Names}}'"
    names = session.run(named).out.split()
    assert sorted(names) == ["demo-whoami-1", "demo-whoami-2", "demo-whoami-3"]
    assert session.run("docker port demo-proxy-1").out.splitlines()[0] == "80/tcp -> 0.0.0.0:80"
    assert session.run("docker compose up -d --scale whoami=1").code == 0
    assert "demo-whoami-2" not in session.run("docker ps -a --format '{{.Names}}'").out


def test_networks_of_others(compose: Compose) -> None:
    session = compose("host-mode")
    assert session.run("docker compose up -d").code == 0
    assert "docker0" in session.run("docker compose exec -T edge ip -br link").out
    assert "docker0" in session.run("docker compose exec -T sidecar ip -br link").out
    assert "eth0" not in session.run("docker compose exec -T alone ip link").out
    assert "demo_default" not in session.run("docker network ls").out


def test_two_services_that_want_one_port(compose: Compose) -> None:
    session = compose("port-clash")
    up = session.run("docker compose up -d")
    assert up.code == 1
    assert "Bind for 0.0.0.0:9090 failed: port is already allocated" in up.err
    states = session.run("docker ps -a --format '{{.Names}} {{.State}}'").out
    assert states == "demo-two-1 created\ndemo-one-1 running\n"


def test_addresses_names_and_settings(compose: Compose) -> None:
    session = compose("addresses")
    assert session.run("docker compose up -d").code == 0
    assert session.run("docker compose exec -T client ping -c 1 dns").code == 0
    assert "10.77.0.128/24" in session.run("docker compose exec -T client ip -4 addr").out
    assert "02:00:00:00:00:35" in session.run("docker compose exec -T dns ip link show eth0").out
    hosts = session.run("docker compose exec -T client cat /etc/hosts").out
    assert "10.77.0.254\trouter\n172.17.0.1\thost.docker.internal\n" in hosts
    assert "# ExtServers: [10.77.0.53]" in session.run("docker compose exec -T client cat /etc/resolv.conf").out
    assert "br-lan" in session.run("ip -br link").out
    assert session.run("docker compose exec -T client sysctl -n net.ipv4.ip_default_ttl").out == "99\n"


def test_a_scaled_service_and_one_that_is_off(compose: Compose) -> None:
    session = compose("scaled")
    up = session.run("docker compose up -d")
    assert "note: compose.yaml:7: services.worker.deploy.resources does nothing in the sandbox" in up.err
    assert session.run("docker compose ps -q").out.count("\n") == 3
    assert "debug" not in up.err
    assert session.run("docker compose --profile debug up -d").err.count("Started") == 1
    addresses = {session.run(f"docker compose exec -T --index {n} worker hostname -i").out for n in (1, 2, 3)}
    assert len(addresses) == 3


def test_down_leaves_nothing(compose: Compose) -> None:
    session = compose("web-api-db")
    before = session.run("iptables-save").out.replace("[", "\n").count("-A ")
    session.run("docker compose up -d")
    down = session.run("docker compose down -t 0")
    assert down.code == 0
    assert [line.split()[1] for line in down.err.splitlines() if line.endswith("  Removed")] == [
        "shop-web-1", "shop-api-1", "shop-db-1", "shop_front", "shop_back"]
    assert session.run("docker ps -aq").out == ""
    assert session.run("iptables-save").out.count("-A ") == before
    assert session.run("docker compose ps -q").out == ""


def test_what_services_say(compose: Compose) -> None:
    session = compose("web-api-db")
    session.run("docker compose up -d")
    assert "db-1  | 1:M" in session.run("docker compose logs db").out
    assert session.run("docker compose logs nope").err == "no such service: nope\n"


def test_without_a_file() -> None:
    job = Session().run("docker compose up -d")
    assert (job.code, job.err) == (1, "no configuration file provided: not found\n")


WRONG = {
    "no mapping": ("- a\n", 1, "cannot unmarshal !!seq into cli.named"),
    "unknown top key": ("services: {a: {image: nginx}}\nnetwork: {}\n", 2,
                        "additional properties 'network' not allowed"),
    "unknown service key": ("services:\n  a:\n    image: nginx\n    port: [80]\n", 4,
                            "services.a additional properties 'port' not allowed"),
    "no image": ("services:\n  a: {command: x}\n", 2, "neither an image nor a build context"),
    "built from elsewhere": ("services:\n  a:\n    build: https://x/y.git\n", 3, "a context that is fetched is not"),
    "built in other ways": ("services:\n  a:\n    build:\n      context: .\n      secrets: [x]\n", 5,
                            "services.a.build.secrets is not modelled in the sandbox"),
    "built of what": ("services:\n  a:\n    build:\n      contexts: .\n", 4,
                      "services.a.build additional properties 'contexts' not allowed"),
    "undefined network": ("services:\n  a: {image: nginx, networks: [x]}\n", 2, "refers to undefined network x"),
    "undefined service": ("services:\n  a: {image: nginx, depends_on: [x]}\n", 2, "depends on undefined service \"x\""),
    "cycle": ("services:\n  a: {image: nginx, depends_on: [b]}\n  b: {image: nginx, depends_on: [a]}\n", 1,
              "dependency cycle detected: a -> b"),
    "both modes": ("services:\n  a: {image: nginx, network_mode: host, networks: [default]}\n", 2,
                   "mutually exclusive"),
    "a wrong number": ("services:\n  a:\n    image: nginx\n    scale: many\n", 4,
                       'services.a.scale: failed to cast to expected type: strconv.Atoi: parsing "many"'),
    "a wrong truth": ("services:\n  a:\n    image: nginx\n    tty: perhaps\n", 4, "invalid boolean: perhaps"),
    "a lone dollar": ("services:\n  a:\n    image: nginx\n    hostname: a${-b\n", 4, "invalid interpolation format"),
    "several of one name": ("services:\n  a: {image: nginx, container_name: aa, scale: 2}\n", 2,
                            "can't set container_name")}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_wrong_is_said_with_its_line(name: str) -> None:
    text, line, words = WRONG[name]
    with pytest.raises(ScenarioError) as caught:
        read_project(text, "/srv/demo/compose.yaml", "", {})
    assert caught.value.line == line
    assert words in caught.value.message


def test_variables() -> None:
    values = {"A": "1", "E": ""}
    assert filled_in("$A ${A} ${B:-2} ${E-3} ${E:-3} ${A:+x} $$A ${B}", values) == "1 1 2  3 x $A "
    with pytest.raises(VariableError, match="required variable B is missing a value: set it"):
        filled_in("${B?set it}", values)


def test_names_of_projects() -> None:
    assert project_name("My App_1") == "myapp_1"
    assert project_name("_x") == "x"


def test_the_options_of_a_volume_s_driver_are_listed_with_their_line() -> None:
    text = ("services:\n  web: {image: nginx}\nvolumes:\n  here: {driver: local}\n  there:\n    driver: nfs\n"
            "    driver_opts: {o: ro}\n")
    project = read_project(text, "/srv/demo/compose.yaml", "demo", {})
    assert project.notes == ((7, "volumes.there.driver_opts"),)
    assert project.volumes["there"].driver == "nfs"


def test_what_compose_has_is_done_refused_by_name_or_said_to_do_nothing() -> None:
    session = Session()
    session.run("printf 'services:\\n  web:\\n    image: nginx\\n  odd:\\n    image: nosuch\\n' > compose.yaml")
    assert session.run("docker compose pull web").err == " web Pulling\n web Pulled\n"
    missing = session.run("docker compose pull")
    assert missing.code == 1
    assert " odd Error pull access denied for nosuch" in missing.err
    assert "docker compose scale --dry-run is not modelled" in session.run("docker compose --dry-run scale web=2").err
    up = session.run("docker compose up -d --no-recreate -t 5 web")
    session.run("printf 'FROM busybox\\n' > Dockerfile; printf 'services:\\n  own:\\n    build: .\\n' > own.yaml")
    dry = session.run("docker compose -f own.yaml --dry-run up -d")
    assert dry.err == "docker compose up --dry-run of own, whose image is built, is not modelled in the sandbox\n"
    assert session.run("docker images | grep own").code == 1
    assert up.err.startswith("note: --timeout does nothing")
    assert session.run("docker compose scale web=2").code == 0
    assert session.run("docker compose ps -q | wc -l").out == "2\n"
    assert session.run("docker compose scale web").err == "invalid scale specifier: web\n"
