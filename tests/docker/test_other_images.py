"""Images that tutorials run beside the usual ones: they do what theirs do, and `docker images` has no room for all."""

from __future__ import annotations

import pytest

from netsandbox.docker.images import IMAGES, OTHERS
from netsandbox.session.keeping import KeptSession


def said(session: KeptSession, line: str) -> str:
    job = session.run(line)
    return job.out + job.err


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
