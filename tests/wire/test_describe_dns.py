"""DNS messages in tcpdump's words, as tcpdump 4.99 printed them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire import dns
from netsandbox.wire.describe_dns import describe_dns

WEB, REVERSE = (dns.Question("web"),), (dns.Question("7.0.0.10.in-addr.arpa", dns.PTR),)
TEXT = (dns.Question("t.x", dns.TXT),)


@pytest.mark.parametrize(("message", "text"), [
    (dns.Message(1, 0x100, WEB), "1+ A? web. (21)"),
    (dns.Message(2, 0x8180, (dns.Question("example.com"),), (
        dns.Answer("example.com", dns.A, 60, b"\x5d\xb8\xd7\x0e"),)),
     "2 1/0/0 A 93.184.215.14 (45)"),
    (dns.Message(3, 0x8183, (dns.Question("no.lan"),)), "3 NXDomain 0/0/0 (24)"),
    (dns.Message(4, 0x8580, REVERSE, (dns.Answer(REVERSE[0].name, dns.PTR, 60, b"", "web.lan"),)),
     "4* 1/0/0 PTR web.lan. (60)"),
    (dns.Message(5, 0x8182, WEB), "5 ServFail 0/0/0 (21)"), (dns.Message(8, 0x8105, WEB), "8 Refused- 0/0/0 (21)"),
    (dns.Message(6, 0x100, (dns.Question("web", dns.AAAA),)), "6+ AAAA? web. (21)"),
    (dns.Message(7, 0x8180, (dns.Question("www.a.b"),), (
        dns.Answer("www.a.b", dns.CNAME, 60, b"", "a.b"), dns.Answer("a.b", dns.A, 60, b"\1\2\3\4"))),
     "7 2/0/0 CNAME a.b., A 1.2.3.4 (55)"),
    (dns.Message(9, 0, WEB), "9 A? web. (21)"), (dns.Message(10, 0x8380, WEB), "10| 0/0/0 (21)"),
    (dns.Message(12, 0x8180, TEXT, (dns.Answer("t.x", dns.TXT, 1, b"\x05hello"),)), '12 1/0/0 TXT "hello" (39)'),
    (dns.Message(14, 0x2800, (dns.Question("x.y", dns.SOA),)), "14 update SOA? x.y. (21)")])
def test_a_message_is_told_as_tcpdump_tells_it(message: dns.Message, text: str) -> None:
    data = message.emit()
    assert describe_dns(data, len(data)) == text


@pytest.mark.parametrize(("opt", "text"), [
    (dns.opt(1232, False, [(dns.COOKIE, bytes(8))]), "OPT UDPsize=1232 [COOKIE 0000000000000000] (44)"),
    (dns.opt(4096, True, [(dns.NSID, b""), (dns.COOKIE, bytes(24)), (dns.KEEPALIVE, b"")]),
     f"OPT UDPsize=4096 DO [NSID,COOKIE {'0' * 16} {'0' * 32},KEEPALIVE] (68)"),
    (dns.opt(512), "OPT UDPsize=512 (32)")])
def test_what_an_asker_says_of_itself_is_told_with_vv(opt: dns.Answer, text: str) -> None:
    data = dns.Message(1, 0x100, (dns.Question("a.b"),), additional=(opt,)).emit()
    assert describe_dns(data, len(data), 2) == f"1+ [1au] A? a.b. ar: . {text}"
    assert describe_dns(data, len(data), 1).startswith("1+ [1au] A? a.b. (")


@given(st.binary(min_size=12, max_size=60))
def test_any_bytes_are_told(data: bytes) -> None:
    told = describe_dns(data, len(data))  # a message that is cut off has no length behind it (print-domain.c, trunc)
    assert told.endswith(" [|domain]") != told.endswith(f" ({len(data)})")
