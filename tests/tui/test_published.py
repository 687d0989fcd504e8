"""Published ports on a host's edge, docker-proxy where it carries, and a container's endpoints in its pane."""

from __future__ import annotations

from itertools import pairwise

import pytest

from netsandbox.lab import docker_rows, views
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.device.tables import table_of
from netsandbox.tui.device.tabs import tabs_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.session.peek import flights_of
from netsandbox.tui.session.source import Flight
from netsandbox.tui.topology.build import build
from netsandbox.tui.topology.draw import Placed
from netsandbox.tui.topology.layout import layout, scope_of
from netsandbox.tui.topology.model import PROXY, Place
from netsandbox.tui.topology.parts import Detail
from netsandbox.tui.topology.proxies import with_proxies
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


def boxes(session: KeptSession) -> list[tuple[str, str, str]]:
    """Each docker-proxy: where it is selected, what stands on the edge at its line, the network it hangs on."""
    nodes = views.nodes(session.lab)
    scope = with_proxies(build(nodes, views.interfaces(session.lab), views.links(session.lab)), nodes)
    inner = next(item.inner for item in scope.items if item.name == "host")
    assert inner is not None
    return [(item.place.interface, item.ports[0].edge, inner.nets[item.ports[1].net or 0].name)
            for item in inner.items if item.kind == PROXY]


def picture(session: KeptSession, detail: Detail | None = None) -> Placed:
    lab = session.lab
    return layout(scope_of(views.nodes(lab), views.interfaces(lab), views.links(lab)), 100, 30, detail=detail)


@pytest.fixture
def carrying(one: KeptSession) -> KeptSession:
    one.run("curl -sS -o /dev/null 127.0.0.1:8080")
    return one


def test_ports_stand_on_the_edge_and_the_proxy_once_it_carries(one: KeptSession) -> None:
    assert on_edge(one) == ("127.0.0.1:53/udp>api", ":8080>web")
    one.run("curl -sS -o /dev/null 172.17.0.2")
    assert on_edge(one)[1] == ":8080>web"
    one.run("curl -sS -o /dev/null 127.0.0.1:8080")
    assert on_edge(one) == ("127.0.0.1:53/udp>api",)
    assert boxes(one) == [("docker-proxy :8080", ":8080>web", "docker0")]
    one.run("docker restart web")
    assert (on_edge(one)[1], boxes(one)) == (":8080>web", [])
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


def flown(session: KeptSession, step: int) -> list[Flight]:
    return flights_of(session.lab, step, LabView(session)._places)


PROXY_PLACE = Place("host", "docker-proxy :8080")


@pytest.mark.parametrize("detail", list(Detail))
def test_a_proxy_is_a_box_among_boxes_and_its_port_is_on_the_edge_anyhow(carrying: KeptSession, detail: Detail) -> None:
    placed = picture(carrying, detail)
    drawn = "".join("".join(row.glyphs) for row in placed.rows)
    is_drawn = detail >= Detail.BOX
    assert ("docker-proxy" in drawn, PROXY_PLACE in placed.regions) == (is_drawn,) * 2
    assert ":8080>web" in drawn, "the port is there, with its box or without, and where containers are counted"
    assert placed.shown(PROXY_PLACE) == (PROXY_PLACE if is_drawn else Place("host"))


@pytest.mark.parametrize("size", [(58, 12), (60, 11), (80, 9), (98, 20)])
def test_a_proxy_that_has_no_room_makes_nothing_else_smaller(carrying: KeptSession, one: KeptSession,
                                                             size: tuple[int, int]) -> None:
    """Its box was left out, and web was a name without box and address all the same."""
    drawn = [layout(scope_of(view.nodes(), view.interfaces(), view.links()), *size) for view in
             (LabView(carrying), LabView(one))]
    assert PROXY_PLACE in drawn[0].regions or drawn[0].detail == drawn[1].detail
    assert all(":8080>web" in "".join("".join(row.glyphs) for row in placed.rows) for placed in drawn)


def test_frames_go_by_the_edge_through_the_box_to_the_container(carrying: KeptSession) -> None:
    placed = picture(carrying)
    flights = [flight for step in range(carrying.position.step + 1) for flight in flown(carrying, step)]
    met = {flight.along for flight in flights if flight.along}
    host, box = "host", "docker-proxy :8080"
    outside = next(row.peer for row in views.interfaces(carrying.lab, "web") if row.peer is not None)
    assert met == {((host, "lo"), (host, f"{box} edge")), ((host, f"{box} front"), (host, "lo")),
                   ((host, f"{box} back"), outside), (("web", "eth0"), (host, f"{box} bridge"))}
    to_web = placed.path_along(((host, f"{box} back"), outside))
    assert all(abs(x - left) + abs(y - up) <= 1 for (left, up), (x, y) in pairwise(to_web))
    web, proxy = placed.regions[Place("web")], placed.regions[PROXY_PLACE]
    assert proxy.x <= to_web[0][0] < proxy.x + proxy.width
    assert web.x <= to_web[-1][0] < web.x + web.width
    inward = placed.path_along(((host, "lo"), (host, f"{box} edge")))
    assert inward[0][1] == placed.regions[Place(host)].y + placed.regions[Place(host)].height - 1
    assert proxy.x <= inward[-1][0] < proxy.x + proxy.width


def test_a_packet_that_rules_translate_passes_no_box(one: KeptSession) -> None:
    one.run("curl -sS -o /dev/null 172.17.0.2")
    assert not any(flight.along for step in range(one.position.step + 1) for flight in flown(one, step))


def test_its_pane_tells_each_client_and_whom_the_container_sees(carrying: KeptSession) -> None:
    view = LabView(carrying)
    assert tabs_of(view, PROXY_PLACE) == ["proxy"]
    carrying.run("docker exec web curl -sS -o /dev/null 172.17.0.1:8080")
    cells = [[cell if cell.startswith(":") or " " in cell else cell.partition(":")[0] for cell in row.cells]
             for row in table_of(view, PROXY_PLACE, "proxy", UNICODE).rows]
    assert cells == [
        ["172.17.0.2", ":8080", "172.17.0.1", "web 172.17.0.2:80"],
        ["127.0.0.1", ":8080", "172.17.0.1", "web 172.17.0.2:80"]]
    ((_stream, logged),) = carrying.run("docker logs -n 1 web").output
    assert logged.startswith("172.17.0.1 - -")
    carrying.run("docker stop web")
    assert tabs_of(view, PROXY_PLACE) == []
    assert table_of(view, PROXY_PLACE, "proxy", UNICODE).rows == ()


def test_datagrams_are_carried_too() -> None:
    session = built("docker run -d --name echo -p 127.0.0.1:5000:5000/udp --entrypoint socat nicolaka/netshoot "
                    "UDP-LISTEN:5000,fork EXEC:cat", "sh -c 'echo hi | socat - UDP:127.0.0.1:5000'")
    assert boxes(session) == [("docker-proxy 127.0.0.1:5000/udp", "127.0.0.1:5000/udp>echo", "docker0")]
    (row,) = table_of(LabView(session), Place("host", "docker-proxy 127.0.0.1:5000/udp"), "proxy", UNICODE).rows
    assert (row.cells[0].partition(":")[0], row.cells[3]) == ("127.0.0.1", "echo 172.17.0.2:5000")
