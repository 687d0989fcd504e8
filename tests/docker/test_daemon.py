"""dockerd's own life: systemctl, /etc/docker/daemon.json, and what a restart keeps; as a real Engine 28.5.2 and 26.1.5
answered.
"""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.docker.daemon_keys import KEYS
from netsandbox.docker.daemon_settings import DaemonError, read_settings
from netsandbox.docker.go_json import GoJsonError, loads
from netsandbox.docker.profiles import PROFILES
from netsandbox.session.keeping import KeptSession
from tests.session.lines import state

HELD = ("docker-26", "docker-28")
BAD_FILE = "unable to configure the Docker daemon with file /etc/docker/daemon.json: "
UNKNOWN = BAD_FILE + "the following directives don't match any configuration option: "
BAD_JSON = BAD_FILE + "invalid JSON: "
UNMARSHAL = BAD_JSON + "json: cannot unmarshal "
BAD_VALUE = BAD_FILE + "merged configuration validation from file and command line flags failed: "
NO_NETWORK = "failed to start daemon: Error initializing network controller: "
NOBODY = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
SIX = (
    "docker network create app", "docker run -d --name plain -p 8080:80 nginx",
    "docker run -d --name always --restart always nginx",
    "docker run -d --name unless --restart unless-stopped nginx",
    "docker run -d --name failure --restart on-failure nginx",
    "docker run -d --name other --network app --restart always -p 8081:80 nginx",
    "docker run -d --rm --name gone nginx", "docker run -d --name stopped --restart always nginx",
    "docker create --name never --restart always nginx", "docker stop stopped unless")


def session(*lines: str, profile: str = "docker-28") -> KeptSession:
    made = KeptSession(profile=profile)
    for line in lines:
        assert made.run(line).code == 0, line
    return made


def configured(text: str, *lines: str, profile: str = "docker-28") -> KeptSession:
    made = session(*lines, profile=profile)
    made.run(f"echo '{text}' > /etc/docker/daemon.json")
    assert made.run("systemctl restart docker").code == 0
    return made


def saved(made: KeptSession, table: str = "") -> list[str]:
    lines = made.run("iptables-save" + (f" -t {table}" if table else "")).out.splitlines()
    links = made.run("ip -br link").out.splitlines()
    bridge = next((line.split()[0] for line in links if line.startswith("br-")), "no bridge")
    return [line.replace(bridge, "br-app") for line in lines if line.startswith("-A")]


def names(made: KeptSession) -> set[str]:
    return set(made.run("docker ps --format '{{.Names}}'").out.split())


# -- what a restart does


@pytest.mark.parametrize("profile", HELD)
def test_a_stop_takes_the_containers_and_leaves_bridges_and_the_networks_rules(profile: str) -> None:
    made = session(*SIX, profile=profile)
    before = saved(made)
    of_containers = [line for line in before if "172.1" in line and ("/32" in line or "--dport" in line)]
    made.run("systemctl stop docker")
    assert saved(made) == [line for line in before if line not in of_containers]
    assert "docker0          DOWN           172.17.0.1/16" in made.run("ip -br addr").out
    assert made.run("ip route").out.count("linkdown") == 2
    assert "veth" not in made.run("ip link").out
    assert made.run("ss -Hltn").out == ""
    assert made.run("curl -sS 127.0.0.1:8080").code == 7


@pytest.mark.parametrize("profile", HELD)
def test_policies_decide_who_is_there_after_a_restart(profile: str) -> None:
    made = session(*SIX, profile=profile)
    made.run("systemctl restart docker")
    assert names(made) == {"always", "other", "stopped"}
    stopped = made.run("docker ps -a --format '{{.Names}} {{.Status}}' -f status=exited").out
    assert sorted(line.split(" (")[0] for line in stopped.splitlines()) == [
        "failure Exited", "plain Exited", "unless Exited"]
    assert made.run("docker inspect -f '{{.RestartCount}}' always").out == "0\n"
    assert made.run("curl -sS -o /dev/null 127.0.0.1:8081").code == 0
    assert "always" in made.run("docker network inspect bridge").out


def test_a_program_that_was_killed_by_the_shutdown_has_failed() -> None:
    made = session("docker run -d --name nap --restart on-failure busybox sleep 1000")
    made.run("systemctl restart docker")
    assert names(made) == {"nap"}


def test_the_rules_are_made_anew_docker0_last() -> None:
    made = session(*SIX[:2], "systemctl restart docker", "docker start plain")
    assert [line for line in saved(made, "filter") if "DOCKER-FORWARD -i" in line] == [
        "-A DOCKER-FORWARD -i br-app -j ACCEPT", "-A DOCKER-FORWARD -i docker0 -j ACCEPT"]
    assert saved(made, "nat") == [
        "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
        "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
        "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
        "-A POSTROUTING -s 172.18.0.0/16 ! -o br-app -j MASQUERADE",
        "-A DOCKER -i docker0 -j RETURN", "-A DOCKER -i br-app -j RETURN",
        "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_restart_changes_no_rule(profile: str) -> None:
    made = session(*SIX[1:3], profile=profile)
    made.run("docker update --restart always plain always")
    before = saved(made)
    made.run("systemctl restart docker")
    assert sorted(saved(made)) == sorted(before)


@pytest.mark.parametrize("profile", HELD)
def test_what_a_person_did_to_the_rules(profile: str) -> None:
    """DOCKER-USER is kept; a policy is set only by the dockerd that switches forwarding on."""
    made = session("docker ps", "iptables -I DOCKER-USER -s 10.9.9.9 -j DROP",
                   "iptables -A FORWARD -s 10.9.9.8 -j ACCEPT", "systemctl restart docker", profile=profile)
    assert "-A DOCKER-USER -s 10.9.9.9/32 -j DROP" in saved(made, "filter")
    assert made.run("iptables -S FORWARD").out.splitlines()[-1] == "-A FORWARD -s 10.9.9.8/32 -j ACCEPT"
    for line in ("iptables -P FORWARD ACCEPT", "iptables -F FORWARD", "systemctl restart docker"):
        made.run(line)
    assert made.run("iptables -S FORWARD").out.splitlines()[:2] == ["-P FORWARD ACCEPT", "-A FORWARD -j DOCKER-USER"]
    made.run("sysctl -w net.ipv4.ip_forward=0")
    made.run("systemctl restart docker")
    assert made.run("iptables -S FORWARD").out.startswith("-P FORWARD DROP\n")
    assert made.run("sysctl -n net.ipv4.ip_forward").out == "1\n"


def test_networks_keep_their_ids_but_for_the_default_one() -> None:
    made = session("docker network create app")
    before = dict(line.split()[1::-1] for line in made.run("docker network ls").out.splitlines()[1:])
    made.run("systemctl restart docker")
    after = dict(line.split()[1::-1] for line in made.run("docker network ls").out.splitlines()[1:])
    assert {name for name in before if before[name] != after[name]} == {"bridge"}


def test_a_bridge_that_was_deleted_meanwhile_is_made_again() -> None:
    made = session("docker network create --subnet 10.99.0.0/24 -o com.docker.network.bridge.name=br-z zz",
                   "docker run -d --restart always --name z1 --network zz nginx", "systemctl stop docker",
                   "ip link del br-z", "ip link del docker0", "systemctl start docker")
    assert "br-z             UP             10.99.0.1/24" in made.run("ip -4 -br addr").out
    assert "docker0          DOWN           172.17.0.1/16" in made.run("ip -4 -br addr").out
    assert made.run("curl -sS -o /dev/null 10.99.0.2").code == 0


@pytest.mark.parametrize(("line", "code", "out"), [
    ("docker ps", 1, NOBODY), ("docker network ls", 1, NOBODY), ("docker rm x y", 1, NOBODY * 2),
    ("docker stop x y", 1, NOBODY * 2), ("docker exec x y", 1, NOBODY), ("docker logs x", 1, NOBODY),
    ("docker port x", 1, NOBODY), ("docker network create app", 1, NOBODY),
    ("docker run -d nginx", 125, f"docker: {NOBODY}\nRun 'docker run --help' for more information\n"),
    ("docker run --nonsense", 125, (
        "unknown flag: --nonsense\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n"
        "Run 'docker run --help' for more information\n"))])
def test_without_a_daemon(line: str, code: int, out: str) -> None:
    made = session("docker ps", "systemctl stop docker")
    assert (made.run(line).code, made.run(line).err) == (code, out)
    assert made.run("docker --version").code == 0
    assert made.run("add-container more").err == NOBODY
    assert made.run("docker ps").err == NOBODY
    made.run("systemctl start docker")
    assert NOBODY not in made.run(line).err


def test_live_restore_lets_containers_run_on_without_what_dockerd_does_itself() -> None:
    made = configured('{"live-restore": true}', "docker network create app")
    for line in ("docker run -d --name web -p 8080:80 nginx", "docker run -d --name one --network app nginx",
                 "docker run -d --name two --network app nginx"):
        made.run(line)
    facts = "docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.MacAddress}}{{end}}' web one"
    before, rules = made.run(facts).out, saved(made)
    made.run("systemctl stop docker")
    assert saved(made) == rules
    assert made.run("curl -sS -o /dev/null 172.17.0.2").code == 0
    assert made.run("curl -sS 127.0.0.1:8080").code == 7  # docker-proxy has gone
    assert made.run("exec one getent hosts two").code == 2  # and 127.0.0.11
    made.run("""echo '{"live-restore": true, "bip": "10.77.0.1/24"}' > /etc/docker/daemon.json""")
    made.run("systemctl start docker")
    assert (made.run(facts).out, sorted(saved(made))) == (before, sorted(rules))
    assert made.run("curl -sS -o /dev/null 127.0.0.1:8080").code == 0
    assert "172.18.0.3" in made.run("docker exec one getent hosts two").out
    assert "172.17.0.1/16" in made.run("ip -4 -br addr").out


# -- daemon.json


@pytest.mark.parametrize("profile", HELD)
def test_without_docker_proxy(profile: str) -> None:
    made = configured('{"userland-proxy": false}', profile=profile)
    for line in ("docker network create app", "docker run -d --name web -p 8080:80 nginx",
                 "docker run -d --name w2 --network app nginx"):
        made.run(line)
    assert saved(made, "nat")[:3] == [
        "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER", "-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER",
        "-A POSTROUTING -o br-app -m addrtype --src-type LOCAL -j MASQUERADE"]
    assert "-A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80" in saved(made, "nat")
    assert made.run("sysctl -n net.bridge.bridge-nf-call-iptables net.ipv4.conf.docker0.route_localnet").out == "1\n1\n"
    assert made.run("bridge -d link").out.count("hairpin on") == 2
    queue = "4096" if profile == "docker-26" else "0   "
    assert made.run("ss -Hltnp").out.startswith(f"LISTEN 0      {queue}   0.0.0.0:8080 0.0.0.0:* users:((\"dockerd\"")
    assert made.run("docker ps -f name=web --format '{{.Ports}}'").out == "0.0.0.0:8080->80/tcp\n"
    reach = {line: made.run(line).code for line in (
        "curl -sSo /dev/null -m 2 127.0.0.1:8080", "curl -sSo /dev/null -m 2 192.168.1.10:8080",
        "docker exec web curl -sSo /dev/null -m 2 172.17.0.1:8080",
        "docker exec w2 curl -sSo /dev/null -m 2 172.17.0.1:8080")}
    assert list(reach.values()) == [0, 0, 0, 28] or made.run("ip -br addr show eth0").out == ""
    made.run("echo '{}' > /etc/docker/daemon.json")
    made.run("systemctl restart docker")
    assert saved(made, "nat")[1] == "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER"
    assert not [line for line in saved(made, "nat") if "--src-type" in line]


def test_a_port_that_dockerd_holds_without_rules_hears_nothing() -> None:
    made = configured('{"userland-proxy": false, "iptables": false}')
    made.run("iptables -t nat -F")
    made.run("docker run -d --name web -p 8080:80 nginx")
    assert made.run("curl -sS -m 1 127.0.0.1:8080").code == 28
    assert made.run("nc -l -p 8080").code != 0


def test_icc_false_is_docker0s_alone() -> None:
    made = configured('{"icc": false}', "docker network create app")
    for name, network in (("one", "bridge"), ("two", "bridge"), ("three", "app"), ("four", "app")):
        made.run(f"docker run -d --name {name} --network {network} nginx")
    assert made.run("docker exec one curl -sS -m 1 172.17.0.3").code == 28
    assert made.run("docker exec three curl -sSo /dev/null -m 1 172.18.0.3").code == 0
    assert '"com.docker.network.bridge.enable_icc": "false"' in made.run("docker network inspect bridge").out


def test_iptables_false_leaves_the_rules_as_they_are() -> None:
    made = session("docker network create app")
    before = saved(made)
    made.run("""echo '{"iptables": false}' > /etc/docker/daemon.json""")
    made.run("systemctl restart docker")
    made.run("docker run -d --name web -p 8080:80 nginx")
    made.run("docker network create later")
    assert saved(made) == before
    assert made.run("curl -sSo /dev/null 127.0.0.1:8080").code == 0  # docker-proxy carries it


@pytest.mark.parametrize(("text", "addresses"), [
    ('{"bip": "10.20.0.1/24"}', ["10.20.0.1/24"] * 2), ('{"fixed-cidr": "10.20.0.128/25"}', ["10.20.0.129/25"] * 2),
    ('{"fixed-cidr": "172.17.5.0/24"}', ["172.17.0.1/16"] * 2),
    ('{"default-address-pools": [{"base": "10.30.0.0/16", "size": 24}]}', ["10.30.0.1/24"] * 2)])
def test_docker0_keeps_the_address_that_a_setting_gave_it(text: str, addresses: list[str]) -> None:
    made = configured(text)
    found = [made.run("ip -4 -br addr show docker0").out.split()[-1]]
    made.run("echo '{}' > /etc/docker/daemon.json")
    made.run("systemctl restart docker")
    assert [*found, made.run("ip -4 -br addr show docker0").out.split()[-1]] == addresses


def test_ranges_mtu_and_name_servers() -> None:
    made = configured(json.dumps({"bip": "10.20.0.1/24", "fixed-cidr": "10.20.0.128/25", "mtu": 1400,
                                  "dns": ["192.168.1.99"], "dns-search": ["corp.test"], "dns-opts": ["ndots:3"]}))
    for line in ("docker network create app", "docker run -d --name web nginx",
                 "docker run -d --name w2 --network app nginx"):
        made.run(line)
    assert made.run("docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' web").out == "10.20.0.128\n"
    assert "mtu 1400" in made.run("docker exec web ip link show eth0").out
    assert "mtu 1400" in made.run("ip link show docker0").out
    assert "mtu 1500" in made.run("docker exec w2 ip link show eth0").out
    lines = made.run("docker exec web cat /etc/resolv.conf").out.splitlines()[4:]
    assert lines == ["nameserver 192.168.1.99", "search corp.test", "options ndots:3", "",
                     "# Based on host file: '/etc/resolv.conf' (legacy)", "# Overrides: [nameservers search options]",
                     "# Option ndots from: override"]
    inner = made.run("docker exec w2 cat /etc/resolv.conf").out
    assert "nameserver 127.0.0.11\nsearch corp.test\noptions ndots:3\n" in inner
    assert "# ExtServers: [192.168.1.99]\n" in inner
    assert "nameserver 1.1.1.1\nsearch corp.test" in made.run("docker run --rm --dns 1.1.1.1 nginx "
                                                             "cat /etc/resolv.conf").out
    made.run("echo '{}' > /etc/docker/daemon.json")
    made.run("systemctl restart docker")
    assert "mtu 1500" in made.run("ip link show docker0").out


def test_pools_and_options_of_networks_that_are_made_later() -> None:
    made = configured(json.dumps({"default-address-pools": [{"base": "10.30.0.0/16", "size": 24}],
                                  "default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "1234"}}}),
                      "docker network create before")
    made.run("docker network create after")
    facts = "docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}} {{json .Options}}' before after"
    assert made.run(facts).out == '172.18.0.0/16 {}\n10.30.1.0/24 {"com.docker.network.driver.mtu":"1234"}\n'
    assert "mtu 1234" in made.run("docker run --rm --network after busybox ip link show eth0").out


def test_where_ports_are_bound_and_what_host_gateway_is() -> None:
    made = configured('{"ip": "127.0.0.1", "host-gateway-ip": "10.1.2.3"}')
    made.run("docker network create app")
    made.run("docker run -d --name one -p 9000:80 --add-host hg:host-gateway nginx")
    made.run("docker run -d --name two --network app -p 9001:80 nginx")
    assert made.run("docker port one").out == "80/tcp -> 127.0.0.1:9000\n"
    assert made.run("docker port two").out == "80/tcp -> 0.0.0.0:9001\n80/tcp -> [::]:9001\n"
    assert "10.1.2.3\thg" in made.run("docker exec one cat /etc/hosts").out


def test_forwarding_is_left_alone() -> None:
    made = session("docker ps", "sysctl -w net.ipv4.ip_forward=0", "iptables -P FORWARD ACCEPT")
    for text, forwards in (('{"ip-forward": false}', "0\n"), ('{"ip-forward-no-drop": true}', "1\n")):
        made.run(f"echo '{text}' > /etc/docker/daemon.json")
        made.run("systemctl restart docker")
        assert made.run("sysctl -n net.ipv4.ip_forward").out == forwards
        assert made.run("iptables -S FORWARD").out.startswith("-P FORWARD ACCEPT\n")


def test_masquerading_and_direct_routing() -> None:
    made = configured('{"ip-masq": false, "allow-direct-routing": true}')
    made.run("docker run -d --name web nginx")
    assert not [line for line in saved(made) if "MASQUERADE" in line or "PREROUTING -d" in line]


# -- what dockerd does not start with


@pytest.mark.parametrize(("text", "said"), [
    ('{"userland-prox": false}', f"{UNKNOWN}userland-prox"),
    ('{"userland-proxy": "no"}', f"{UNMARSHAL}string into Go struct field Config.userland-proxy of type bool"),
    ('{"userland-proxy": false,}', f"{BAD_JSON}invalid character '}}' looking for beginning of object key string"),
    ("{userland-proxy: false}", f"{BAD_JSON}invalid character 'u' looking for beginning of object key string"),
    ("x", f"{BAD_JSON}invalid character 'x' looking for beginning of value"),
    ("[]", UNMARSHAL + "array into Go value of type map[string]interface {}"),
    ('{"bip": "10.20.0.1"}', NO_NETWORK + "parse bip failed: invalid CIDR address: 10.20.0.1"),
    ('{"bip": "10.20.0.0/24"}', NO_NETWORK + 'error creating default "bridge" network: failed to allocate gateway '
                                             "(10.20.0.0): Address already in use"),
    ('{"bip": "hello"}', NO_NETWORK + "parse bip failed: invalid CIDR address: hello"),
    ('{"bip": 5}', UNMARSHAL + "number into Go struct field Config.bip of type string"),
    ('{"mtu": "1500"}', UNMARSHAL + "string into Go struct field Config.mtu of type int"),
    ('{"mtu": -5}', BAD_VALUE + "invalid default MTU: -5"),
    ('{"mtu": 40}', NO_NETWORK + 'error creating default "bridge" network: invalid argument'),
    ('{"fixed-cidr": "hello"}', NO_NETWORK + "parse fixed-cidr failed: invalid CIDR address: hello"),
    ('{"dns": "8.8.8.8"}', UNMARSHAL + "string into Go struct field Config.dns of "
                                      "type []net.IP"),
    ('{"dns": ["hello"]}', BAD_JSON + "invalid IP address: hello"),
    ('{"dns-search": ["-bad-"]}', BAD_VALUE + "-bad- is not a valid domain"),
    ('{"default-address-pools": [{"base": "10.30.0.0/16", "size": 8}]}', NO_NETWORK + (
        "error obtaining controller instance: could not construct local address space: network at index 0 "
        "(&{10.30.0.0/16 8}) has a smaller prefix (/16) than the target size of that pool (/8)")),
    ('{"default-address-pools": [{"base": "hello", "size": 24}]}',
     BAD_JSON + 'netip.ParsePrefix("hello"): no \'/\''),
    ('{"default-address-pools": [{"base": "10.30.0.0/16"}]}', NO_NETWORK + (
        "error obtaining controller instance: could not construct local address space: network at index 0 "
        "(&{10.30.0.0/16 0}) is not in canonical form")),
    ('{"default-address-pools": {"base": "10.30.0.0/16"}}',
     UNKNOWN + "base"),
    ('{"userland-proxy-path": "/nowhere"}', BAD_VALUE + (
        'invalid userland-proxy-path: exec: "/nowhere": stat /nowhere: no such file or directory')),
    ('{"userland-proxy-path": "docker-proxy"}',
     BAD_VALUE + "invalid userland-proxy-path: must be an absolute path: docker-proxy"),
    ('{"log-level": "loud"}', BAD_VALUE + "invalid logging level: loud"),
    ('{"labels": ["x"]}', BAD_VALUE + "bad attribute format: x"),
    ('{"hosts": "unix:///var/run/docker.sock"}', UNMARSHAL + (
        "string into Go struct field Config.hosts of type []string")),
    ('{"ip": "hello"}', BAD_JSON + "invalid IP address: hello"),
    ('{"iptables": false, "icc": false}', (
        "failed to start daemon: You specified --iptables=false with --icc=false. ICC=false uses iptables to function. "
        "Please set --icc or --iptables to true")),
    ('{"default-address-pools": [{"base": "10.50.0.0/33", "size": 24}]}',
     BAD_JSON + 'netip.ParsePrefix("10.50.0.0/33"): prefix length out of range'),
    ('{"default-address-pools": [{"size": 24}]}', NO_NETWORK + (
        "error obtaining controller instance: could not construct local address space: network at index 0 "
        "(&{invalid Prefix 24}) is not in canonical form")),
    ('{"default-address-pools": [5]}',
     BAD_JSON + "json: cannot unmarshal number into .0 of type ipamutils.NetworkToSplit"),
    ('{"hosts": ["foo://x"]}', BAD_VALUE + "invalid bind address (foo://x): unsupported proto 'foo'"),
    ('{"mtu": 1.5}', UNMARSHAL + "number 1.5 into Go struct field Config.mtu of type int"),
    ('{"dns": [5]}', UNMARSHAL + "number into Config.dns.0 of type net.IP: JSON value must be string type"),
    ('{"ICC": false}', UNKNOWN + "ICC"),
    ('{"firewall-backend": "nftables"}',
     UNKNOWN + "firewall-backend")])
def test_dockerds_own_words(text: str, said: str) -> None:
    made = session("docker run -d --name web --restart always nginx")
    made.run(f"cat > /etc/docker/daemon.json <<'END'\n{text}\nEND")
    failed = made.run("systemctl restart docker")
    assert failed.code == 1
    assert failed.err.startswith("Job for docker.service failed")
    assert made.run("journalctl -u docker").out.endswith(f"dockerd[612]: {said}\n")
    assert made.run("systemctl status docker").code == 3
    assert made.run("systemctl is-active docker").out == "failed\n"
    assert made.run("docker ps").err == NOBODY
    made.run("echo > /etc/docker/daemon.json")
    assert made.run("systemctl start docker").code == 0
    assert names(made) == {"web"}


@pytest.mark.parametrize(("text", "why"), [
    ('{"bip": "10.50.0.1/24"}', "invalid pool request: Pool overlaps with other one on this address space"),
    ('{"default-address-pools": [{"base": "10.50.0.7/24", "size": 24}]}',
     "all predefined address pools have been fully subnetted")])
def test_a_subnet_that_another_network_has(text: str, why: str) -> None:
    made = session("docker network create --subnet 10.50.0.0/24 zed")
    before = saved(made)
    made.run(f"echo '{text}' > /etc/docker/daemon.json")
    assert made.run("systemctl restart docker").code == 1
    said = f'{NO_NETWORK}error creating default "bridge" network: {why}\n'
    assert made.run("journalctl -u docker").out.endswith(said)
    assert saved(made) == before
    made.run("echo '{}' > /etc/docker/daemon.json")
    assert made.run("systemctl start docker").code == 0


@pytest.mark.parametrize("cidr", ["10.21.0.0/25", "10.20.0.0/16"])
def test_a_range_outside_of_the_subnet_is_not_heeded(cidr: str) -> None:
    made = configured(json.dumps({"bip": "10.20.0.1/24", "fixed-cidr": cidr}))
    made.run("docker run -d --name web nginx")
    assert made.run("docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' web").out == "10.20.0.2\n"


@pytest.mark.parametrize("text", ["", "{}", " \n", '{"debug": true, "debug": false}', '{"mtu": null}',
                                  '{"iptables": false, "ip-masq": true}', '{"insecure-registries": ["hello"]}',
                                  '{"hosts": []}', '{"bip": "10.20.0.1/31"}', '{"icc": null}',
                                  '{"default-address-pools": []}',
                                  '{"default-network-opts": {"nosuch": {"a": "b"}}}', '{"dns-search": ["."]}'])
def test_what_dockerd_starts_with(text: str) -> None:
    read_settings(text, PROFILES["docker-28"])


def test_every_key_is_modelled_noted_or_refused() -> None:
    made = configured('{"data-root": "/data", "debug": true}')
    said = made.run("systemctl restart docker").err
    assert said == "note: what /etc/docker/daemon.json says of data-root, debug does nothing in the sandbox\n"
    made.run("""echo '{"fixed-cidr-v6": "fd00::/64"}' > /etc/docker/daemon.json""")
    assert made.run("systemctl restart docker").err == (
        "netsandbox: /etc/docker/daemon.json: 'fixed-cidr-v6' is not modelled in the sandbox\n")
    assert {what.effect for what in KEYS.values()} == {"modelled", "noted", "refused"}


@pytest.mark.parametrize(("line", "code", "out"), [
    ("systemctl is-enabled docker", 0, "enabled\n"), ("systemctl is-active docker.service", 0, "active\n"),
    ("service docker restart", 0, ""), ("systemctl restart nginx", 5,
                                        "Failed to restart nginx.service: Unit nginx.service not found.\n"),
    ("systemctl status nginx", 4, "Unit nginx.service could not be found.\n"),
    ("systemctl enable docker", 0, "note: systemctl enable docker does nothing in the sandbox\n"),
    ("systemctl mask docker", 1, "netsandbox: `systemctl mask docker` is not modelled; start, stop, restart and"),
    ("dockerd --validate", 0, "configuration OK\n"), ("docker exec web systemctl restart docker", 1,
     "System has not been booted with systemd as init system (PID 1). Can't operate.\n"),
    ("journalctl -u docker", 0, "-- No entries --\nnote: of dockerd's journal only what it complains of is kept\n"),
    ("journalctl -xeu docker.service --no-pager -n 5", 0, "-- No entries --\n"),
    ("journalctl -fu docker", 1, "netsandbox: journalctl: invalid option -- 'f'; there is `journalctl -u docker"),
    ("journalctl --since today", 1, "netsandbox: journalctl: unrecognized option '--since'; there is `journalctl"),
    ("journalctl -n five", 1, "netsandbox: unknown words: -n five; there is"),
    ("service docker", 1, "Usage: service")])
def test_systemctl(line: str, code: int, out: str) -> None:
    made = session("docker run -d --name web nginx")
    answer = made.run(line)
    assert answer.code == code
    assert out in (answer.out + answer.err) if out else answer.out + answer.err == ""


def test_going_back_over_a_restart() -> None:
    made = session(*SIX, "systemctl stop docker", "systemctl start docker", "docker start plain")
    here = state(made)
    for count in (len(SIX), len(SIX) + 1):
        made.go_to(count)
    made.go_to(*made.end)
    assert state(made) == here


# -- properties


@given(st.recursive(st.none() | st.booleans() | st.integers(-9**9, 9**9) | st.text(),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)))
def test_gos_json_reads_what_json_writes(value: object) -> None:
    assert loads(json.dumps(value)) == value


@given(st.text(alphabet='{}[]",:0123456789.eE+-\\/truefalsn \n', max_size=30))
def test_gos_json_takes_and_refuses_as_json_does(text: str) -> None:
    try:
        found = loads(text)
    except GoJsonError:
        with pytest.raises(ValueError, match=r"."):
            json.loads(text)
    else:
        assert json.loads(text) == found


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), st.none() | st.booleans() | st.integers(-9, 99999) | st.text()
                       | st.lists(st.text() | st.integers(), max_size=3)
                       | st.dictionaries(st.text(), st.text() | st.none(), max_size=2), max_size=4))
def test_any_file_is_read_or_refused_in_one_line(found: dict[str, object]) -> None:
    for profile in PROFILES.values():
        with suppress(DaemonError):
            read_settings(json.dumps(found), profile)


def test_a_host_that_does_not_forward_is_warned_of() -> None:
    made = session("docker ps", "sysctl -w net.ipv4.ip_forward=0")
    assert made.run("docker run -d --name one nginx").err == ""  # dockerd looked when it started
    made.run("""echo '{"ip-forward": false}' > /etc/docker/daemon.json""")
    made.run("systemctl restart docker")
    assert made.run("docker run -d --name two nginx").err == (
        "WARNING: IPv4 forwarding is disabled. Networking will not work.\n")
    assert made.run("docker run -d --network host --name three nginx").err == ""
    assert made.run("docker info").err == "WARNING: IPv4 forwarding is disabled\n"


def test_docker_info_tells_the_settings() -> None:
    made = configured('{"live-restore": true, "default-address-pools": [{"base": "10.30.0.0/16", "size": 24}]}')
    out = made.run("docker info").out
    assert " Live Restore Enabled: true\n Default Address Pools:\n   Base: 10.30.0.0/16, Size: 24\n" in out


@pytest.mark.parametrize(("line", "err"), [
    ("docker cp aa:/x bb:/y", "copying between containers is not supported\n"),
    ("docker cp /nowhere aa:/tmp", "lstat //nowhere: no such file or directory\n"),
    ("docker cp aa:/nowhere /tmp", "Error response from daemon: No such container: aa\n"),
    ("docker inspect aa", "Error: No such object: aa\n")])
def test_what_is_looked_at_first(line: str, err: str) -> None:
    assert session("docker ps").run(line).err == err
