"""DNS and HTTP in the layers of a frame: each field by its bytes, whatever these are."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netsandbox.session.session import Session
from netsandbox.wire import dns
from netsandbox.wire.dissect import dissect
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import TCP, UDP, IPv4Packet
from netsandbox.wire.layers import Layer
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from tests.wire.test_dissect import check_tree

ASKED = dns.Message(7, dns.RECURSION_DESIRED, (dns.Question("db"),))
TOLD = dns.Message(7, 0x8180, (dns.Question("db"),), (
    dns.Answer("db", dns.CNAME, 60, b"", "redis.lan"), dns.Answer("redis.lan", dns.A, 600, bytes([172, 18, 0, 2]))),
    additional=(dns.opt(1232),))
NOBODY = dns.Message(7, 0x8183, (dns.Question("nobody.lan", dns.AAAA),))
PAGE = b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 4\r\n\r\nno\r\n"


def wire(data: bytes, dport: int, protocol: int = UDP) -> bytes:
    payload = UdpDatagram(4000, dport, data) if protocol == UDP else TcpSegment(4000, dport, 1, 1, 0x18, 500, data=data)
    return Frame(1, 2, ETH_P_IP, IPv4Packet(0x0A000001, 0x0A000002, protocol, payload)).wire()


def last(data: bytes) -> Layer:
    dissection = dissect(data)
    check_tree(dissection, data)
    return dissection.layers[-1]


@pytest.mark.parametrize(("message", "summary", "values"), [
    (ASKED, "query: db A", ["0x0007", "0x0100 (query, recursion desired)", "1", "0", "0", "0", "db A"]),
    (TOLD, "response: db CNAME redis.lan, TTL 60", [
        "0x0007", "0x8180 (response, recursion desired, recursion available, NOERROR)", "1", "2", "0", "1", "db A",
        "db CNAME redis.lan, TTL 60", "redis.lan A 172.18.0.2, TTL 600", ". OPT"]),
    (NOBODY, "response: NXDOMAIN", [
        "0x0007", "0x8183 (response, recursion desired, recursion available, NXDOMAIN)", "1", "0", "0", "0",
        "nobody.lan AAAA"])])
def test_a_message_of_dns(message: dns.Message, summary: str, values: list[str]) -> None:
    layer = last(wire(message.emit(), 53))
    assert (layer.name, layer.summary) == ("DNS", summary)
    assert [field.value for field in layer.fields] == values


def test_a_request_and_a_response_of_http() -> None:
    layer = last(wire(PAGE, 80, TCP))
    assert (layer.name, layer.summary) == ("HTTP", "HTTP/1.1 404 Not Found")
    assert [field[:2] for field in layer.fields] == [
        ("Response", "HTTP/1.1 404 Not Found"), ("Server", "nginx"), ("Content-Length", "4"), ("End of head", ""),
        ("Body", "4 bytes")]
    assert last(wire(b"GET /\x1b[2J HTTP/1.1\r\nnonsense\r\n", 8080, TCP)).fields[0].value == "GET /^[[2J HTTP/1.1"
    rest = last(wire(b"the rest of a page", 80, TCP))
    assert (rest.name, rest.summary, rest.fields[0].name) == ("HTTP", "goes on, 18 bytes", "Body")
    assert last(wire(b"the rest of a page", 81, TCP)).name == "Data"


def test_a_checksum_that_lo_leaves_to_nobody_is_told_as_such() -> None:
    session = Session()
    for line in ("docker network create net", "docker run -d --name one --network net nginx",
                 "docker run -d --name two --network net nginx", "docker exec one getent hosts two"):
        session.run(line)
    values = {field.value.partition("(")[2] for record in session.lab.trace.since(0) if hasattr(record.event, "frame")
              for layer in dissect(record.event.frame.wire()).layers if layer.name == "UDP" for field in layer.fields
              if field.name == "Checksum"}
    assert any(value.startswith("left to the device; whole it is 0x") for value in values)
    assert not any("should be" in value for value in values)


@given(st.sampled_from([ASKED.emit(), TOLD.emit(), PAGE, b"GET / HTTP/1.1\r\n\r\n"]),
       st.integers(0, 400), st.binary(max_size=12), st.sampled_from([(53, UDP), (80, TCP)]))
@example(TOLD.emit(), 20, b"\xc0\xff\xc0\x00", (53, UDP))
def test_any_message_has_a_tree(message: bytes, at: int, noise: bytes, port: tuple[int, int]) -> None:
    last(wire(message[:at] + noise + message[at + len(noise):], *port))
