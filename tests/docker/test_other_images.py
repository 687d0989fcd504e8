"""Images that tutorials run beside the usual ones: they do what theirs do, and are listed once asked for."""

from __future__ import annotations

import json

import pytest

from netsandbox.docker.image_store import ImageStore
from netsandbox.docker.images import IMAGES, OTHERS, Image, find_image
from netsandbox.session.keeping import KeptSession
from tests.lines import said


def test_hello_world_says_hello_and_ends() -> None:
    session = KeptSession()
    assert said(session, "docker run hello-world").startswith("\nHello from Docker!\n")
    assert "Exited (0)" in said(session, "docker ps -a")
    assert said(session, "docker run --rm hello-world ls").count("executable file not found") == 1


@pytest.mark.parametrize(("image", "expected"), [
    ("curlimages/curl", "200"), ("alpine/curl:8.1", "200"), ("radial/busyboxplus:curl curl", "200"),
    ("wbitt/network-multitool curl", "200"), ("centos:7 curl", "200"), ("rockylinux curl", "200")])
def test_curl_is_in_an_image(image: str, expected: str) -> None:
    session = KeptSession()
    session.run("docker run -d nginx")
    assert said(session, f"docker run --rm {image} -s -o /dev/null -w %{{http_code}} http://172.17.0.2") == expected


def test_a_server_with_tools_serves() -> None:
    session = KeptSession()
    session.run("docker run -d --name tools -p 80:80 praqma/network-multitool")
    assert "Welcome to nginx!" in said(session, "curl -s localhost")
    assert said(session, "docker exec tools hostname -i").strip() == "172.17.0.2"


def test_none_is_named_twice() -> None:
    assert not IMAGES.keys() & OTHERS.keys()


@pytest.mark.parametrize(("image", "port", "expected"), [
    ("traefik/whoami", 80, "Hostname: {id}\nIP: 127.0.0.1\nIP: 172.17.0.2\nRemoteAddr: 172.17.0.1:"),
    ("jwilder/whoami", 8000, "I'm {id}\n"),
    ("nginxdemos/hello", 80, "Server address: 172.17.0.2:80\nServer name: {id}"),
    ("training/webapp python app.py", 5000, "Hello world!"), ("registry:2", 5000, ""),
    ("strm/helloworld-http", 80, "<h1>Hello from {id}</h1>"), ("elasticsearch:8.1", 9200, '{{\n  "name": "{id}",'),
    ("gcr.io/google-samples/hello-app:1.0", 8080, "Version: 1.0.0\nHostname: {id}\n"),
    ("kennethreitz/httpbin", 80, "the sandbox's httpbin has /get, /headers, /ip, /status/CODE and /user-agent\n"),
    ("grafana/grafana", 3000, "the sandbox has none of this application's pages\n"),
    ("ghcr.io/traefik/whoami", 80, "Hostname: {id}\n"), ("wordpress", 80, "It works!"),
    ("php:8-apache", 80, "It works!"), ("traefik:v3 --api.insecure", 80, "the sandbox has none of"),
    ("traefik/whoami --port 2001 --name me", 2001, "Name: me\nHostname: {id}\n"),
    ("-e WHOAMI_PORT_NUMBER=81 traefik/whoami", 81, "Hostname: {id}\n"),
    ("hashicorp/http-echo", 5678, "hello-world\n"), ("hashicorp/http-echo:1.0 -text='a b'", 5678, "a b\n"),
    ("-e ECHO_TEXT=env hashicorp/http-echo -listen=:80", 80, "env\n"),
    ("jmalloc/echo-server", 8080, "Request served by {id}\n\nGET / HTTP/1.1\n\nHost: 172.17.0.2:8080\nUser-Agent: "),
    ("python:3.12 python -m http.server 80", 80, "Directory listing for /")])
def test_a_web_server_answers_in_its_own_way(image: str, port: int, expected: str) -> None:
    session = KeptSession()
    identity = said(session, f"docker run -d {image}")[:12]
    assert expected.format(id=identity) in said(session, f"curl -s 172.17.0.2:{port}")


def test_http_echo_answers_with_go_s_fields_and_the_status_that_it_was_told() -> None:
    session = KeptSession()
    session.run("docker run -d --name echo hashicorp/http-echo -text=no -status-code=404")
    assert said(session, "curl -si 172.17.0.2:5678").replace("\r", "").startswith(
        "HTTP/1.1 404 Not Found\nX-App-Name: http-echo\nX-App-Version: 1.0.0\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n"
        "Content-Length: 3\nContent-Type: text/plain; charset=utf-8\n\nno\n")
    assert "[INFO] server is listening on :5678" in said(session, "docker logs echo")


def test_whoami_tells_the_same_as_json() -> None:
    session = KeptSession()
    identity = said(session, "docker run -d traefik/whoami --name=me")[:12]
    told = json.loads(said(session, "curl -s -H 'X-One: 1' 172.17.0.2/api?q"))
    assert told.pop("remoteAddr").startswith("172.17.0.1:")
    assert told == {"hostname": identity, "ip": ["127.0.0.1", "172.17.0.2"], "url": "/api?q", "host": "172.17.0.2",
                    "method": "GET", "name": "me", "headers": {"Accept": ["*/*"], "User-Agent": ["curl/8.14.1"],
                                                               "X-One": ["1"]}}
    assert "the sandbox's whoami has /, /api" in said(session, "curl -s 172.17.0.2/data")


def test_an_application_s_entrypoint_takes_options_and_a_script_gives_way() -> None:
    session = KeptSession()
    assert said(session, "docker run --rm haproxy echo hi") == "hi\n"
    assert said(session, "docker run --rm php:apache echo hi") == "hi\n"
    session.run("docker run -d --name agent consul agent -dev")
    assert "8300-8302/tcp, 8500/tcp" in said(session, "docker ps")


def test_httpbin_tells_what_was_asked_and_by_whom() -> None:
    session = KeptSession()
    session.run("docker run -d -p 80:80 kennethreitz/httpbin")
    assert said(session, "curl -s localhost/ip") == '{\n  "origin": "172.17.0.1"\n}\n'
    asked = said(session, "curl -s 'http://172.17.0.2/get?a=1' | tr -d ' \n'")
    assert asked == ('{"args":{"a":"1"},"headers":{"Accept":"*/*","Host":"172.17.0.2","User-Agent":"curl/8.14.1"},'
                     '"origin":"172.17.0.1","url":"http://172.17.0.2/get?a=1"}')
    assert said(session, "curl -so /dev/null -w '%{http_code}' localhost/status/418") == "418"


def test_a_registry_is_empty() -> None:
    session = KeptSession()
    session.run("docker run -d -p 5000:5000 registry:2")
    assert said(session, "curl -s localhost:5000/v2/_catalog") == '{"repositories":[]}\n'
    assert said(session, "curl -s localhost:5000/v2/web/tags/list") == "404 page not found\n"
    refused = said(session, "docker pull localhost:5000/nginx")
    assert "netsandbox: the registry localhost:5000 is not modelled" in refused


REFUSED = "Error response from daemon: Get \"{url}/v2/\": dial tcp {end}: connect: connection refused\n"


@pytest.mark.parametrize(("line", "url", "end"), [
    ("docker pull localhost:5000/x", "http://localhost:5000", "127.0.0.1:5000"),
    ("docker pull 127.0.0.1:5000/x", "http://127.0.0.1:5000", "127.0.0.1:5000"),
    ("docker pull 172.17.0.1:5000/a/x", "https://172.17.0.1:5000", "172.17.0.1:5000")])
def test_nobody_listens_where_a_registry_should_be(line: str, url: str, end: str) -> None:
    job = KeptSession().run(line)
    assert (job.code, job.out, job.err) == (1, "Using default tag: latest\n", REFUSED.format(url=url, end=end))


def test_run_meets_the_same_registry() -> None:
    job = KeptSession().run("docker run 127.0.0.1:5000/x")
    assert (job.code, job.err) == (125, (
        "Unable to find image '127.0.0.1:5000/x:latest' locally\ndocker: "
        + REFUSED.format(url="http://127.0.0.1:5000", end="127.0.0.1:5000")
        + "\nRun 'docker run --help' for more information\n"))


@pytest.mark.parametrize("registry", ["172.17.0.9:5000", "registry.example:443", "localhost:99999"])
def test_any_other_registry_is_not_modelled(registry: str) -> None:
    job = KeptSession().run(f"docker pull -q {registry}/x:1")
    assert (job.code, job.out) == (1, "")
    said = f"netsandbox: the registry {registry} is not modelled\nnote: the sandbox downloads nothing"
    assert job.err.startswith(said)


@pytest.mark.parametrize(("image", "port"), [("postgres:16", 5432), ("mongo", 27017), ("mariadb", 3306)])
def test_a_database_listens_and_takes_a_connection(image: str, port: int) -> None:
    session = KeptSession()
    session.run(f"docker run -d --name db {image}")
    assert "succeeded!" in said(session, f"nc -zv 172.17.0.2 {port}")
    assert f"{port}/tcp" in said(session, "docker ps")


def test_postgres_says_when_it_is_ready() -> None:
    session = KeptSession()
    session.run("docker run -d --name db postgres")
    assert said(session, "docker logs db") == (
        "2026-01-01 00:00:00.000 UTC [1] LOG:  database system is ready to accept connections\n")


@pytest.mark.parametrize(("reference", "name"), [
    ("docker.mirrors.example.org/library/nginx:1.25", "nginx"), ("arm64v8/alpine", "alpine"),
    ("docker.io/library/redis", "redis"), ("public.ecr.aws/docker/library/busybox:1.36", "busybox")])
def test_a_mirrors_name_is_the_image_itself(reference: str, name: str) -> None:
    image = find_image(reference)
    assert image is not None
    assert image.name == name


def test_a_base_image_of_somebody_else_has_a_stand_in_and_a_note_says_so_once() -> None:
    session = KeptSession()
    note = "note: busybox stands for somebody/busybox:1, of which the sandbox knows nothing more\n"
    assert session.run("docker run --rm somebody/busybox:1 echo hello").err == note
    assert said(session, "docker run -d --name box somebody/busybox:1 sleep 10").count("note") == 0
    assert "somebody/busybox:1" in said(session, "docker ps")
    assert "pull access denied" in said(session, "docker run somebody/nginx")


@pytest.mark.parametrize(("image", "has", "has_not"), [
    ("nginx:alpine", "ping curl nginx apk", "bash apt"), ("redis:7-alpine", "redis-cli wget", "bash curl"),
    ("python:3.12-alpine", "python3 nc", "curl bash"), ("nginx:1.29", "bash curl which awk", "ping ip apk"),
    ("alpine:3.20", "ip which", "bash curl")])
def test_the_tag_tells_what_an_image_stands_above(image: str, has: str, has_not: str) -> None:
    found = find_image(image)
    assert found is not None
    have = {name for name in f"{has} {has_not}".split() if name in found.tools or found.really_has(name)}
    assert have == set(has.split())


@pytest.mark.parametrize(("image", "pretty"), [
    ("alpine", "Alpine Linux v3.23"), ("nginx:alpine", "Alpine Linux v3.23"), ("ubuntu", "Ubuntu 24.04.3 LTS"),
    ("nginx", "Debian GNU/Linux 13 (trixie)"), ("busybox", ""), ("ubuntu:22.04", "Ubuntu 22.04.5 LTS"),
    ("debian:bookworm-slim", "Debian GNU/Linux 12 (bookworm)"), ("alpine:3.18", "Alpine Linux v3.18")])
def test_os_release(image: str, pretty: str) -> None:
    said = KeptSession().run(f"docker run --rm {image} sh -c 'cat /etc/os-release; ls /etc'")
    assert said.out.startswith(f'PRETTY_NAME="{pretty}"\n') is bool(pretty)
    assert ("os-release\n" in said.out) is bool(pretty)
    assert ("can't open" in said.err or "No such file" in said.err) is not bool(pretty)


def test_what_was_asked_for_is_listed_under_its_name_and_tag() -> None:
    session = KeptSession()
    before = said(session, "docker images")
    for line in ("docker pull postgres", "docker create nginx:1.25", "docker run --rm ubuntu true",
                 "docker run -d nginx", "docker pull quay.io/centos/centos:stream9"):
        assert session.run(line).code == 0, line
    listed = said(session, "docker images --format '{{.Repository}}:{{.Tag}}'").split()
    assert listed[:3] == ["ubuntu:latest", "nginx:1.25", "postgres:latest"]
    assert len(listed) == len(before.splitlines()) + 2
    assert said(session, "docker rmi postgres").startswith("Untagged: postgres:latest\nDeleted: ")
    assert "No such image: postgres:latest" in said(session, "docker rmi postgres")
    assert said(session, "docker pull -q postgres") == "docker.io/library/postgres:latest\n"


def test_each_image_goes_by_its_id() -> None:
    session = KeptSession()
    assert session.run("docker run -d --name web $(docker images -q nginx)").code == 0
    assert said(session, "docker image inspect -f '{{.RepoTags}}' $(docker inspect -f '{{.Image}}' web)") == (
        "[nginx:latest]\n")
    assert said(session, "docker ps --filter ancestor=nginx --format '{{.Names}}'") == "web\n"
    assert "(cannot be forced) - image is being used by running container" in said(
        session, "docker rmi -f $(docker images -q nginx)")
    assert "one of the sandbox's own" in said(session, "docker rmi $(docker images -q redis)")


def test_few_digits_of_an_id_are_enough_where_one_image_has_them() -> None:
    session = KeptSession()
    assert said(session, "docker image inspect -f '{{.RepoTags}}' $(docker images -q nginx | cut -c1-3)") == (
        "[nginx:latest]\n")
    assert said(session, "docker inspect -f '{{.RepoTags}}' sha256:$(docker images -q nginx | cut -c1-4)") == (
        "[nginx:latest]\n")
    assert said(session, "docker run --rm $(docker images -q busybox | cut -c1-3) echo hi") == "hi\n"
    assert "pull access denied" in said(session, "docker pull $(docker images -q nginx)")
    store = ImageStore()
    for name in ("one", "two"):
        store.keep(Image(name, tag="latest", digest=f"abc{name.encode().hex()}".ljust(64, "0")))
    assert store.find("abc") is None
    assert store.find("abc6f") == store.find("one") is not None
