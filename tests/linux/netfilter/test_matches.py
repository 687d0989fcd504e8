"""Matches as iptables 1.8.11 takes, refuses, saves and lists them: lines that were put to it, and what it said."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.matches.header import read_hex_text
from netsandbox.linux.netfilter.nft.print import Style, table_text
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.ipv4 import UDP, IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from tests.linux.netfilter.router import Router

LINES = [json.loads(line) for line in (Path(__file__).parent / "matches.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("row", LINES, ids=lambda row: row["line"][:60])
def test_a_line_is_answered_as_iptables_answers_it(row: dict[str, Any]) -> None:
    namespace = Router().namespace
    answer = iptables.run(namespace, shlex.split(row["line"]))
    assert (answer.code, answer.err) == (row["rc"], row.get("err", ""))
    if not row["rc"]:
        assert iptables.run(namespace, ["-S", "INPUT"]).out.splitlines()[-1] == row["saved"]
        assert iptables.run(namespace, ["-nL", "INPUT"]).out.splitlines()[-1] == row["listed"]


@pytest.mark.parametrize("row", [row for row in LINES if not row["rc"] and "days  " not in row["saved"]],
                         ids=lambda row: row["line"][:60])
def test_what_is_saved_makes_the_same_rule_again(row: dict[str, Any]) -> None:
    namespace = Router().namespace
    answer = iptables.run(namespace, shlex.split(row["saved"]))
    assert answer.code == 0, answer.err
    assert iptables.run(namespace, ["-S", "INPUT"]).out.splitlines()[-1] == row["saved"]


def _counted(router: Router, line: str, data: bytes = b"GET /index") -> int:
    """How many of one packet a rule of FORWARD counts."""
    router.iptables(f"-A FORWARD {line}")
    router.pass_through(IPv4Packet(parse_ipv4("10.0.0.2"), parse_ipv4("203.0.113.9"), UDP,
                                   UdpDatagram(1000, 80, data)), "eth0", "eth1")
    return router.namespace.netfilter.tables["filter"].chains["FORWARD"].rules[0].packets


@pytest.mark.parametrize(("line", "holds"), [
    ("-m time --timestart 00:00 --timestop 00:10", True),
    ("-m time --timestart 00:10 --timestop 23:59", False),
    ("-m time --timestart 22:00 --timestop 06:00", True),
    ("-m time --weekdays Thu", True),
    ("-m time ! --weekdays Thu", False),
    ("-m time --timestart 22:00 --timestop 06:00 --weekdays Wed --contiguous", True),
    ("-m time --timestart 22:00 --timestop 06:00 --weekdays Thu --contiguous", False),
    ("-m time --monthdays 1", True),
    ("-m time --monthdays 2,3", False),
    ("-m time --datestart 2026-01-01 --datestop 2026-01-02", True),
    ("-m time --datestart 2026-01-02", False),
    ("-m time --datestop 2025-12-31T23:59:59", False),
])
def test_time_goes_by_the_virtual_clock(line: str, holds: bool) -> None:
    """The lab begins at midnight, Thursday, 1 January 2026."""
    assert _counted(Router(), line) == holds


@pytest.mark.parametrize(("line", "holds"), [
    ("-m string --string GET --algo bm", True),
    ("-m string --string get --algo bm", False),
    ("-m string --string get --algo kmp --icase", True),
    ("-m string --string GET --algo bm --from 28", True),
    ("-m string --string GET --algo bm --from 29", False),
    ("-m string --string GET --algo bm --to 31", True),
    ("-m string --string GET --algo bm --to 30", False),
    ("-m string --hex-string |474554| --algo bm", True),
    ("-m string ! --string POST --algo bm", True),
])
def test_a_text_is_looked_for_from_the_ip_header_on(line: str, holds: bool) -> None:
    assert _counted(Router(), line) == holds


def test_hex_and_plain_text_mix() -> None:
    assert read_hex_text("GET|20 2f|x").data == b"GET /x"


def test_a_quota_is_used_up() -> None:
    router = Router()
    assert _counted(router, "-m quota --quota 80") == 1
    for _more in range(2):
        router.pass_through(IPv4Packet(parse_ipv4("10.0.0.2"), parse_ipv4("203.0.113.9"), UDP,
                                       UdpDatagram(1000, 80, b"GET /index")), "eth0", "eth1")
    assert router.namespace.netfilter.tables["filter"].chains["FORWARD"].rules[0].packets == 2


def test_connbytes_has_connections_counted() -> None:
    router = Router()
    router.iptables("-A FORWARD -m connbytes --connbytes 1 --connbytes-dir both --connbytes-mode packets")
    assert router.namespace.sysctls.get("net.netfilter.nf_conntrack_acct") == 1


@pytest.mark.parametrize(("line", "words"), [
    ("-m dscp ! --dscp 46", "ip dscp != 0x2e"),
    ("-m pkttype --pkt-type otherhost", "pkttype 3"),
    ("-m quota ! --quota 7", "quota over 7 bytes"),
    ("-m connbytes --connbytes 1:5 --connbytes-dir original --connbytes-mode bytes", "ct original bytes 1-5"),
    ("-m connbytes ! --connbytes 4 --connbytes-dir both --connbytes-mode bytes", "ct bytes lt 4"),
    ("-m time --weekdays Mon", " meta day 1"),
    ("-m time --weekdays Sat,Sun", " meta day { 6, 0 }"),
    ("-m time --monthdays 3", 'xt match "time"'),
    ("-m time --datestop 2026-02-01", 'meta time "1970-01-01 00:00:00"-"2026-02-01 00:00:00"'),
    ("-m time --timestart 22:00 --timestop 06:00 --contiguous", ' meta hour "22:00:00"-"06:00:00"'),
    ("-p tcp -m tcpmss ! --mss 5:9", "ip protocol tcp tcp option maxseg size != 5-9"),
    ("-m string --string GET --algo bm", 'xt match "string"'),
    ("-m connlimit --connlimit-above 3", 'xt match "connlimit"'),
    ("-m tos --tos 0x10", 'xt match "tos"'),
    ("-m policy --dir in --pol none", "meta secpath missing"), ("-m policy --dir out", "meta secpath exists"),
    ("-m helper ! --helper ftp", 'ct helper != "ftp"'), ("-m cpu ! --cpu 1", "cpu != 1"),
    ("-p esp -m esp ! --espspi 5:16", "ip protocol esp esp spi != 5-16"),
    ("-p esp -m esp", "ip protocol esp meta l4proto esp"),
    ("-m devgroup --src-group 1 --dst-group 3/7", "iifgroup 0x1 oifgroup and 0x7 == 0x3"),
    ("-m devgroup ! --src-group 0x1/0xff", "iifgroup and 0xff != 0x1"),
    ("-p tcp -m ecn ! --ecn-tcp-ece --ecn-tcp-cwr --ecn-ip-ect 3",
     "ip protocol tcp tcp flags != ecn tcp flags != cwr ip ecn ce"),
])
def test_nft_lists_it_in_its_own_words(line: str, words: str) -> None:
    router = Router()
    router.iptables(f"-A FORWARD {line}")
    listed = table_text(router.namespace.netfilter.tables["filter"], Style(), 1)
    assert f"\t\t{words} counter packets 0 bytes 0\n" in listed


@pytest.mark.parametrize(("target", "words"), [
    ("NFQUEUE --queue-num 3 --queue-bypass", "queue num 3 bypass"),
    ("NFQUEUE --queue-balance 0:3 --queue-cpu-fanout", "queue num 0-3 fanout"),
    ("AUDIT --type drop", "log level audit"), ("TEE --gateway 1.2.3.4 --oif eth0", "dup to 1.2.3.4 device eth0")])
def test_nft_lists_targets_in_its_own_words(target: str, words: str) -> None:
    router = Router()
    router.iptables(f"-A FORWARD -j {target}")
    listed = table_text(router.namespace.netfilter.tables["filter"], Style(), 1)
    assert f"\t\tcounter packets 0 bytes 0 {words}\n" in listed
