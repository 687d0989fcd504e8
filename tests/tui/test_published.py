"""Published ports on a host's edge, docker-proxy where it carries, and a container's endpoints in its pane."""

from __future__ import annotations

import pytest

from netsandbox.lab import docker_rows, views
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.device_tables import table_of, tabs_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.lab_view import LabView
from netsandbox.tui.topology_model import Place, build, published_text
from tests.session.lines import built

LINES = ("docker network create app", "docker run -d --name web -p 8080:80 nginx",
         "docker run -d --name api --network app --network-alias back -p 127.0.0.1:53:53/udp nginx",
         "docker network connect bridge api")


@pytest.fixture
def one() -> KeptSession:
    return built(*LINES)


def on_edge(session: KeptSession) -> tuple[str, ...]:
    lab = session.lab
    scope = build(views.nodes(lab), views.interfaces(lab), views.links(lab))
    return next(item.published for item in scope.items if item.name == "host")


def test_ports_stand_on_the_edge_and_the_proxy_once_it_carries(one: KeptSession) -> None:
    assert on_edge(one) == ("127.0.0.1:53/udp>api", ":8080>web")
    one.run("curl -sS -o /dev/null 172.17.0.2")
    assert on_edge(one)[1] == ":8080>web"
    one.run("curl -sS -o /dev/null 127.0.0.1:8080")
    assert on_edge(one)[1] == ":8080>[docker-proxy]>web"
    one.run("docker restart web")
    assert on_edge(one)[1] == ":8080>web"
    one.run("docker stop web api")
    assert on_edge(one) == ()


def test_a_containers_networks(one: KeptSession) -> None:
    rows = docker_rows.endpoints(one.lab, "api")
    assert [(row.network, row.interface, row.address, row.gateway, row.names[:2]) for row in rows] == [
        ("app", "eth0", "172.18.0.2/16", "172.18.0.1", ("api", "back")),
        ("bridge", "eth1", "172.17.0.3/16", "", ())]
    view = LabView(one)
    assert "endpoints" in tabs_of(view, Place("api"))
    assert "endpoints" not in tabs_of(view, Place("host"))
    table = table_of(view, Place("api"), "endpoints", UNICODE)
    assert table.columns[:4] == ("network", "interface", "address", "gateway")
    assert [row.cells[:4] for row in table.rows] == [
        ("app", "eth0", "172.18.0.2/16", "172.18.0.1"), ("bridge", "eth1", "172.17.0.3/16", ""),
        ("", "", "127.0.0.1:53", "")]
    one.run("docker stop api")
    assert docker_rows.endpoints(one.lab, "api") == docker_rows.endpoints(one.lab, "nobody") == []


def test_words_of_a_port() -> None:
    row = docker_rows.PublishedRow("192.168.1.10", 80, "tcp", "web", 8080, True)
    assert published_text(row) == "192.168.1.10:80>[docker-proxy]>web"
