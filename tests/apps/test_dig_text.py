"""Records in columns, as dig 9.20 printed them for the same names."""

from __future__ import annotations

import pytest

from netsandbox.apps.dig.text import Style, in_units, question_text, record_text
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession
from netsandbox.wire import dns

DENSE, UNITS = Style(is_dense=True), Style(units=True)
NO_TTL, NO_CLASS, NEITHER = Style(ttl=False), Style(cls=False), Style(ttl=False, cls=False)


@pytest.mark.parametrize(("style", "name", "ttl", "question", "record"), [
    (Style(), "example.com", 86400, ";example.com.\t\t\tIN\tA", "example.com.\t\t86400\tIN\tA\t1.2.3.4"),
    (DENSE, "example.com", 86400, ";example.com.\t\tIN A", "example.com.\t\t86400 IN A 1.2.3.4"),
    (DENSE, "example.com", 3661, ";example.com.\t\tIN A", "example.com.\t\t3661 IN\tA 1.2.3.4"),
    (UNITS, "example.com", 3661, ";example.com.\t\t\tIN\tA", "example.com.\t\t1h1m1s\tIN\tA\t1.2.3.4"),
    (NO_TTL, "example.com", 1, ";example.com.\t\tIN\tA", "example.com.\t\tIN\tA\t1.2.3.4"),
    (NO_CLASS, "example.com", 3661, ";example.com.\t\tIN\tA", "example.com.\t\t3661\tA\t1.2.3.4"),
    (NEITHER, "example.com", 1, ";example.com.\t\tIN A", "example.com.\t\tA\t1.2.3.4"),
    (Style(), "www.a.shifen.com", 60, ";www.a.shifen.com.\t\tIN\tA", "www.a.shifen.com.\t60\tIN\tA\t1.2.3.4"),
    (DENSE, "www.a.shifen.com", 60, ";www.a.shifen.com.\tIN A", "www.a.shifen.com.\t60 IN A\t1.2.3.4"),
    (Style(), "averyverylongname.example.com", 5, ";averyverylongname.example.com.\tIN\tA",
     "averyverylongname.example.com. 5 IN\tA\t1.2.3.4"),
    (DENSE, "averyverylongname.example.com", 5, ";averyverylongname.example.com. IN A",
     "averyverylongname.example.com. 5 IN A 1.2.3.4"),
    (Style(), "big", 1000000, ";big.\t\t\t\tIN\tA", "big.\t\t\t1000000\tIN\tA\t1.2.3.4"),
    (DENSE, "big", 1000000, ";big.\t\t\tIN A", "big.\t\t\t1000000\tIN A 1.2.3.4"),
    (UNITS, "big", 1000000, ";big.\t\t\t\tIN\tA", "big.\t\t\t1w4d13h46m40s IN A\t1.2.3.4")])
def test_columns(style: Style, name: str, ttl: int, question: str, record: str) -> None:
    assert question_text(dns.Question(name, dns.A), style) == question
    assert record_text(dns.Answer(name, dns.A, ttl, bytes([1, 2, 3, 4])), style) == record


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (60, "1m"), (86400, "1d"), (90061, "1d1h1m1s")])
def test_a_time_in_units(seconds: int, text: str) -> None:
    assert in_units(seconds) == text


def test_host_tells_all_of_a_message() -> None:
    session = KeptSession(uplink=DEFAULT_LAN)
    out = session.run("host -v -t a example.com 8.8.8.8").out
    assert out.startswith('Trying "example.com"\nUsing domain server:\nName: 8.8.8.8\nAddress: 8.8.8.8#53\n'
                          "Aliases: \n\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: ")
    assert out.endswith("\n\n;; ANSWER SECTION:\nexample.com.\t\t600\tIN\tA\t93.184.215.14\n\n"
                        "Received 45 bytes from 8.8.8.8#53 in 20 ms\n")
    assert session.run("host -t ns nosuch.invalid").out == "Host nosuch.invalid not found: 3(NXDOMAIN)\n"
    assert session.run("dig @foo.invalid a").err == "dig: couldn't get address for 'foo.invalid': not found\n"
    assert session.run("getent nosuch").out == "Try `getent --help' or `getent --usage' for more information.\n"
