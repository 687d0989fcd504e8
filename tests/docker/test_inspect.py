"""docker inspect, network inspect, port, and the templates of --format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.commands.docker.templates.values import raw
from netsandbox.session.session import Session
from tests.docker.machine import Machine

ENDPOINT_29 = ["IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority", "NetworkID", "EndpointID", "Gateway",
               "IPAddress", "MacAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen",
               "DNSNames"]
NETWORK_29 = ["Name", "Id", "Created", "Scope", "Driver", "EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Attachable",
              "Ingress", "ConfigFrom", "ConfigOnly", "Options", "Labels", "Containers", "Status"]


def read(docker: Machine, line: str) -> Any:
    said = docker(line)
    assert said.code == 0, said.err
    return json.loads(said.out)[0]


def test_the_default_network_as_29_prints_it(docker: Machine) -> None:
    identity = docker("run -d --name nginx-1 nginx").out.strip()
    endpoint = docker.container("nginx-1").endpoints["bridge"]
    text = docker("network inspect bridge").out
    bridge = json.loads(text)[0]
    assert list(bridge) == NETWORK_29
    assert bridge["IPAM"] == {"Driver": "default", "Options": None,
                              "Config": [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}]}
    assert bridge["Containers"] == {identity: {
        "Name": "nginx-1", "EndpointID": endpoint.identity, "MacAddress": f"{endpoint.mac:012x}"[:2] + "".join(
            f":{f'{endpoint.mac:012x}'[i:i + 2]}" for i in range(2, 12, 2)),
        "IPv4Address": "172.17.0.2/16", "IPv6Address": ""}}
    assert bridge["Status"] == {"IPAM": {"Subnets": {"172.17.0.0/16": {"IPsInUse": 4, "DynamicIPsAvailable": 65532}}}}
    assert bridge["Options"]["com.docker.network.bridge.name"] == "docker0"
    assert text.startswith('[\n    {\n        "Name": "bridge",\n        "Id": "')
    assert text.endswith("    }\n]\n")


@pytest.mark.parametrize("profile", ["docker-27", "docker-28"])
def test_before_29_the_containers_came_before_the_options(profile: str) -> None:
    docker = Machine(profile)
    docker("run -d --name web nginx")
    keys = list(read(docker, "network inspect bridge"))
    assert keys.index("Containers") < keys.index("Options")
    assert "Status" not in keys
    settings = read(docker, "inspect web")["NetworkSettings"]
    assert settings["IPAddress"] == "172.17.0.2"
    assert settings["Gateway"] == "172.17.0.1"
    assert docker("inspect -f '{{.NetworkSettings.IPAddress}}' web").out == "172.17.0.2\n"
    networks = list(settings["Networks"]["bridge"])
    assert networks.index("MacAddress") < networks.index("DriverOpts")
    assert ("GwPriority" in networks) == (profile == "docker-28")


def test_a_container_as_29_prints_it(docker: Machine) -> None:
    docker("run -d --name nginx-1 nginx")
    web = read(docker, "inspect nginx-1")
    assert web["Name"] == "/nginx-1"
    assert (web["Path"], web["Args"]) == ("/docker-entrypoint.sh", ["nginx", "-g", "daemon off;"])
    assert web["State"]["Status"] == "running"
    assert web["State"]["FinishedAt"] == "0001-01-01T00:00:00Z"
    assert list(web["NetworkSettings"]) == ["SandboxID", "SandboxKey", "Ports", "Networks"]
    assert list(web["NetworkSettings"]["Networks"]["bridge"]) == ENDPOINT_29
    assert web["NetworkSettings"]["Ports"] == {"80/tcp": None}
    assert web["HostConfig"]["NetworkMode"] == "bridge"
    docker("stop nginx-1")
    stopped = read(docker, "inspect nginx-1")
    assert stopped["State"]["Status"] == "exited"
    assert stopped["NetworkSettings"]["Networks"]["bridge"]["IPAddress"] == ""
    assert stopped["NetworkSettings"]["Ports"] == {}


def test_modes_without_an_address(docker: Machine) -> None:
    owner = docker("run -d --name owner redis").out.strip()
    docker("run -d --name h1 --net host nginx")
    docker("run -d --name guest --net container:owner nginx")
    assert read(docker, "inspect h1")["NetworkSettings"]["Networks"]["host"]["IPAddress"] == ""
    guest = read(docker, "inspect guest")
    assert guest["HostConfig"]["NetworkMode"] == f"container:{owner}"
    assert guest["NetworkSettings"]["Networks"] == {}
    members = read(docker, "network inspect host")["Containers"].values()
    assert [member["Name"] for member in members] == ["h1"]
    assert read(docker, "network inspect none")["Driver"] == "null"


def test_the_old_template_fails_on_29_and_the_note_names_the_new_one(docker: Machine) -> None:
    docker("run -d --name web nginx")
    said = docker("inspect -f '{{.NetworkSettings.IPAddress}}' web")
    assert said.code == 1
    assert said.err.splitlines()[0] == ('template parsing error: template: :1:18: executing "" at '
                                        '<.NetworkSettings.IPAddress>: map has no entry for key "IPAddress"')
    new = said.err.splitlines()[1].partition("it: ")[2]
    assert docker(f"inspect -f '{new}' web").out == "172.17.0.2\n"


def test_several_and_missing_ones(docker: Machine) -> None:
    docker("run -d --name one nginx")
    docker("run -d --name two nginx")
    said = docker("inspect -f '{{.Name}}' one nope two")
    assert (said.code, said.out, said.err) == (1, "/one\n/two\n", "error: no such object: nope\n")
    assert docker("inspect nope") == (1, "[]\n", "error: no such object: nope\n")
    assert docker("inspect -f '{{' one") == (64, "", "template parsing error: template: :1: unclosed action\n")
    assert docker("inspect --type network one").code == 1
    assert docker("inspect --type odd one").err.startswith('unknown type: "odd": must be one of "config", "container"')
    assert read(docker, "inspect nginx")["RepoTags"] == ["nginx:latest"]
    assert docker("inspect -f json one").out.startswith('[{"Id":"')
    assert docker("network inspect one").err == "Error response from daemon: network one not found\n"


def test_port(docker: Machine) -> None:
    docker("run -d --name web nginx")
    assert docker("port web") == (0, "", "")
    assert docker("port web 80") == (1, "", "Error: No public port '80' published for web\n")
    assert docker("port web x").err == "Error: invalid port (x): strconv.ParseUint: parsing \"x\": invalid syntax\n"


DATA = {"Id": "abc", "On": True, "Off": False, "Empty": [], "Nothing": None, "Number": 7,
        "List": ["a", "b"], "Map": {"x": {"IP": "1.2.3.4"}, "a": {"IP": "5.6.7.8"}}}


@pytest.mark.parametrize(("template", "expected"), [
    ("plain", "plain"), ("{{.Id}}", "abc"), ("{{ .Id }}", "abc"), ("a{{/* note */}}b", "ab"),
    ("{{range .Map}}{{.IP}} {{end}}", "5.6.7.8 1.2.3.4 "), ("{{range $k, $v := .Map}}{{$k}}={{$v.IP}};{{end}}",
                                                          "a=5.6.7.8;x=1.2.3.4;"),
    ("{{range $i, $e := .List}}{{$i}}{{$e}}{{end}}", "0a1b"), ("{{range .Empty}}x{{else}}none{{end}}", "none"),
    ("{{range .Nothing}}x{{end}}", ""), ("{{if .On}}yes{{else}}no{{end}}", "yes"),
    ("{{if .Off}}yes{{else}}no{{end}}", "no"),
    ("{{if .Off}}1{{else if .On}}2{{else}}3{{end}}", "2"), ("{{with .Map}}{{.x.IP}}{{end}}", "1.2.3.4"),
    ("{{index .Map \"x\"}}", "map[IP:1.2.3.4]"), ("{{(index .Map \"x\").IP}}", "1.2.3.4"), ("{{index .List 1}}", "b"),
    ("{{json .List}}", '["a","b"]'), ("{{.List | json}}", '["a","b"]'), ("{{join .List \", \"}}", "a, b"),
    ("{{len .List}}", "2"), ("{{.Id | upper | printf \"%s-%d\" \"x\"}}", "x-%!d(string=ABC)"), ("{{.List}}", "[a b]"),
    ("{{.Nothing}}", "<no value>"), ("{{.On}} {{.Number}}", "true 7"), ("{{println .Id}}", "abc\n"),
    ("{{eq .Id \"abc\"}} {{len .Number}} {{lt 1 2}}", "true 1 true"),
    ("{{and .On .Id}} {{or .Off .Id}} {{not .On}}", "abc abc false"), ("{{$x := .Id}}{{$x}}{{$.Number}}", "abc7"),
    (" {{- .Id -}} ", "abc"), ("{{`raw`}}{{\"a\\tb\"}}", "rawa\tb"), ("{{print 1 true}}", "1 true"),
    ("{{range .List}}{{$.Id}}{{.}}{{end}}", "abcaabcb"),
    ("{{$x := 1}}{{range .List}}{{$x}}{{$x = .}}{{end}}{{if $x = 5}}{{$x}}{{end}}", "1a5"),
    ("{{split \"a,b\" \",\"}}", "[a b]")])
def test_a_template(template: str, expected: str) -> None:
    assert Template(template).execute(raw(DATA)) == expected


@pytest.mark.parametrize(("template", "expected"), [
    ("{{.Id", "template: :1: unclosed action"), ("{{end}}", "template: :1: unexpected {{end}}"),
    ("{{if .Id}}", "template: :1: unexpected EOF"), ("{{}}", "template: :1: missing value for command"),
    ("{{.Id }} {{.Odd}}", 'template: :1:11: executing "" at <.Odd>: map has no entry for key "Odd"'),
    ("\n{{.Odd}}", 'template: :2:2: executing "" at <.Odd>: map has no entry for key "Odd"'),
    ("{{.Map.x.Odd}}", 'template: :1:6: executing "" at <.Map.x.Odd>: map has no entry for key "Odd"'),
    ("{{.Id.Odd}}", "template: :1:5: executing \"\" at <.Id.Odd>: can't evaluate field Odd in type interface {}"),
    ("{{odd .Id}}", 'template: :1: function "odd" not defined'),
    ("{{.Id = 5}}", 'template: :1: unexpected "=" in operand'),
    ("{{$x = 2}}", 'template: :1:7: executing "" at <2>: undefined variable: $x'),
    ("{{$y}}", 'template: :1: undefined variable "$y"'),
    ("{{index .List 9}}",
     'template: :1:2: executing "" at <index .List 9>: error calling index: index out of range: 9'),
    ("{{\"open}}", "template: :1: unterminated quoted string"), ("{{#}}", "template: :1: unexpected \"#\" in command"),
    ("{{.Id .Id}}", "template: :1:2: executing \"\" at <.Id>: can't give argument to non-function .Id"),
    ("{{(.Id}}", "template: :1: unclosed left paren"),
    ("{{range .Id}}{{end}}", "template: :1:8: executing \"\" at <.Id>: range can't iterate over abc"),
    ("{{join .Id}}", 'template: :1:2: executing "" at <join>: wrong number of args for join: want 2 got 1'),
    ("{{" + "(" * 99, "template: :1: unclosed action"),
    ("{{" + "(" * 99 + "}}", "template: :1: max expression depth exceeded"),
    ("{{if .Id}}" * 99, "template: :1: exceeded maximum nesting")])
def test_a_template_that_is_wrong(template: str, expected: str) -> None:
    with pytest.raises(TemplateError) as refused:
        Template(template).execute(raw(DATA))
    assert str(refused.value) == expected


def test_a_template_cannot_print_without_end() -> None:
    nested = "{{range .}}" * 40 + "x" * 100 + "{{end}}" * 40
    with pytest.raises(TemplateError, match="too long"):
        Template(nested).execute(_self_like())


def _self_like() -> list[Any]:
    inner: list[Any] = ["x"]
    for _level in range(45):
        inner = [inner, inner, inner]
    return inner


def test_a_port_is_published_as_long_as_a_network_leads_out() -> None:
    docker, ports = Machine("docker-28"), "inspect -f '{{json .NetworkSettings.Ports}}' web"
    published = '{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}]}\n'
    for line in ("run -d --name web -p 8080:80 nginx", "network create n1", "network disconnect bridge web"):
        assert docker(line).code == 0
    assert (docker(ports).out, docker("port web").out) == ("{}\n", "")
    assert docker("network connect n1 web").code == 0
    assert (docker(ports).out, docker("port web 80").out) == (published, "0.0.0.0:8080\n[::]:8080\n")


def test_a_port_that_another_has_taken_meanwhile() -> None:
    docker = Machine("docker-28")
    for line in ("run -d --name web -p 8080:80 nginx", "network create n1", "network disconnect bridge web",
                 "run -d --name other -p 8080:80 nginx"):
        assert docker(line).code == 0
    job = docker("network connect n1 web")
    assert job.code == 1
    assert "Bind for 0.0.0.0:8080 failed: port is already allocated" in job.err


@pytest.mark.parametrize(("template", "expected"), [
    ("{{.HostConfig.Init}} {{.SizeRw}} {{.Config.StopTimeout}}", "<nil> <nil> <nil>"),
    ('{{printf "%T %T %T" .Config.Labels .State .HostConfig.Memory}}', "map[string]string *container.State int64"),
    ("{{range $p, $c := .HostConfig.PortBindings}}{{$p.Port}} {{$p.Proto}}{{end}}", "80 tcp"),
    ("{{range .Mounts}}[{{.Name}}]{{.Propagation}}{{end}} {{.HostConfig.Ulimits}}", "[]rprivate [nofile=100:200]"),
    ("{{len .RestartCount}}", "1"),  # as a number of JSON, which is a text
    ("{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.GroupAdd}} {{.HostConfig.PortBindings}}",
     "true [staff] map[80/tcp:[{ 8080}]]")])
def test_what_the_types_of_the_api_have(template: str, expected: str) -> None:
    docker = Machine("docker-28")
    docker("create --name web -p 8080:80 -v /etc:/e --ulimit nofile=100:200 --read-only --group-add staff nginx")
    assert docker(f"inspect -f '{template}' web").out == expected + "\n"


def test_a_bridge_of_ones_own_or_none() -> None:
    session = Session(profile="docker-28")
    for line in ("ip link add br9 type bridge", "ip addr add 10.99.0.1/24 dev br9", "ip link set br9 up",
                 "echo '{\"bridge\": \"none\"}' > /etc/docker/daemon.json", "systemctl restart docker"):
        assert session.run(line).code == 0, line
    assert "eth0" not in session.run("docker run --rm busybox ip -br addr").out
    for line in ("echo '{\"bridge\": \"br9\"}' > /etc/docker/daemon.json", "systemctl restart docker"):
        assert session.run(line).code == 0, line
    assert session.run("docker run --rm busybox ip route").out.startswith("default via 10.99.0.1 dev eth0")
    assert session.run("docker run --rm --gpus all busybox true").code == 125


def test_all_names_of_an_image_are_told(docker: Machine) -> None:
    docker("tag nginx foo/bar:1")
    assert docker("image inspect foo/bar:1 -f '{{json .RepoTags}}'").out == '["foo/bar:1","nginx:latest"]\n'
    docker("rmi foo/bar:1")
    assert docker("image inspect nginx -f '{{json .RepoTags}}'").out == '["nginx:latest"]\n'


def test_what_a_container_has_written_is_told_where_it_is_asked(docker: Machine) -> None:
    docker("run --name aa nginx sh -c 'echo x > /x'")
    assert docker("inspect -f '{{.SizeRw}}' aa").out == "<nil>\n"
    assert docker("inspect --size -f '{{.SizeRw}}' aa").out == "2\n"
    written, whole = docker("container inspect -s -f '{{.SizeRw}} {{.SizeRootFs}}' aa").out.split()
    assert int(whole) > int(written) == 2


def test_info_has_the_names_that_go_has(docker: Machine) -> None:
    assert docker("info -f '{{.HTTPProxy}}|{{.CPUCfsQuota}}'").out == "|true\n"
    assert "can't evaluate field HttpProxy" in docker("info -f '{{.HttpProxy}}'").err
