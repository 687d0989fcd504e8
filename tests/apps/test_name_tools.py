"""nslookup, getent and dig: nothing found, an address, another port, as BIND and glibc tell of it."""

from __future__ import annotations

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session

ANSWERED = "ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:{}; udp: {}\n;; QUESTION SECTION:\n"
HEADER = "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11#53\n\n"
NOTHING = f"{HEADER}Non-authoritative answer:\n*** Can't find c2: No answer\n\n"
FOUND_FROM = "Authoritative answers can be found from:\n\n"


@pytest.fixture
def session() -> Session:
    session = Session()
    for line in ("docker network create net1", "docker run -d --name c1 --network net1 nginx",
                 "docker run -d --name c2 --network net1 nginx"):
        assert session.run(line).code == 0
    return session


@pytest.mark.parametrize(("words", "code", "out"), {
    "nothing": ("-type=aaaa c2", 0, NOTHING),
    "nothing of another kind": ("-type=mx c2", 0, NOTHING + FOUND_FROM),
    "an address": ("172.18.0.3", 0, f"3.0.18.172.in-addr.arpa\tname = c2.net1.\n\n{FOUND_FROM}"),
    "a name": ("c2", 0, f"{HEADER}Non-authoritative answer:\nName:\tc2\nAddress: 172.18.0.3\n\n"),
}.values())
def test_nslookup(session: Session, words: str, code: int, out: str) -> None:
    job = session.run(f"docker exec c1 nslookup {words}")
    assert (job.out, job.code or 0) == (out, code)


@pytest.mark.parametrize(("key", "code", "address", "name"), [
    ("c2", 0, "::ffff:172.18.0.3", "c2"), ("nosuch", 2, "", ""), ("10.0.0.1", 0, "::ffff:10.0.0.1", "10.0.0.1")])
def test_getent_maps_addresses_into_ipv6(session: Session, key: str, code: int, address: str, name: str) -> None:
    job = session.run(f"docker exec c1 getent ahostsv6 {key}")
    rows = f"{address} STREAM {name}\n{address} DGRAM  \n{address} RAW    \n" if address else ""
    assert (job.out, job.code or 0) == (rows, code)


def test_a_name_that_getent_finds_only_for_ipv4_leaves_no_refusal(session: Session) -> None:
    """It asks for an IPv6 address first; that there is none is no answer yet."""
    assert session.run("docker exec c1 getent hosts c2").out == "172.18.0.3      c2\n"
    assert session.run("why").out.startswith("Nothing has been dropped or refused so far.")
    assert session.run("docker exec c1 getent hosts c3").code == 2
    assert "wants the address of c3 and gets none" in session.run("why").out


@pytest.mark.parametrize(("words", "code", "says"), {
    "its port": ("-p 53 c2", 0, ";; SERVER: 127.0.0.11#53(127.0.0.11) (UDP)"),
    "closed": ("-p54 c2", 9, ";; communications error to 127.0.0.11#54: connection refused"),
    "no number": ("-p x c2", 1, "invalid port number 'x': not a valid number\n"),
    "too much": ("-p 70000 c2", 1, "invalid port number '70000': out of range\n"),
    "size": ("+bufsize=1232 +short c2", 0, "172.18.0.3\n"), "no size": ("+bufsize +short c2", 0, "172.18.0.3\n"),
    "big": ("+bufsize=70000 c2", 10, "invalid buffer size '70000': out of range\n"),
    "not": ("+nobufsize c2", 1, "Invalid option: +nobufsize\nUsage:  dig "),
    "value": ("+foo=1 c2", 1, "Invalid option: +foo\nUsage:  dig "), "types": (
        "c2 A MX +short", 0, ";; Warning, extra type option\n"), "-i": ("-i c2", 1, "dig: -i removed\n"),
}.values())
def test_dig_takes_a_port_and_a_size(session: Session, words: str, code: int, says: str) -> None:
    job = session.run(f"docker exec c1 dig {words}")
    assert says in job.out + job.err
    assert (job.code or 0) == code


@pytest.mark.parametrize(("words", "asked", "says"), [
    ("", "[1au] A? example.com. (52)", ANSWERED.format("", 1232)),
    ("+nocookie", "[1au] A? example.com. (40)", ANSWERED.format("", 1232)),
    ("+noedns", "+ A? example.com. (29)", "ADDITIONAL: 0\n\n;; QUESTION"),
    ("+noedns +bufsize=600", "[1au] A? example.com. (52)", ANSWERED.format("", 1232)),
    ("+nsid +noedns", "+ A? example.com. (29)", "ADDITIONAL: 0\n\n;; QUESTION"),
    ("+dnssec +cookie=01", "[1au] A? example.com. (45)", ANSWERED.format(" do", 1232)),
    ("+cd @8.8.8.8", "+% [1au] A? example.com. (52)", "flags: qr rd ra cd; QUERY"),
    ("+keepalive @8.8.8.8", "[1au] A? example.com. (56)", ANSWERED.format("", 512)),
    ("+cookie=x", "", "dig: isc_hex_decodestring: bad hex encoding")])
def test_dig_says_what_datagrams_it_takes(words: str, asked: str, says: str) -> None:
    session = KeptSession(uplink=DEFAULT_LAN)
    job = session.run(f"tcpdump -ni eth0 port 53 & dig example.com {words}; kill %1")
    assert says in job.out + job.err
    assert asked in job.out
