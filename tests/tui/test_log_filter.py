"""The filter language of the frame log: parsing, matching, errors at their place, completion."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.explain.refusals import translated
from netsandbox.lab import frame_log
from netsandbox.lab.log_filter import (
    KEYWORDS,
    MAX_TOKENS,
    PROTOCOLS,
    Both,
    Expression,
    FilterError,
    Not,
    Primitive,
    parse,
    unparse,
    validate,
)
from netsandbox.lab.log_match import VERDICTS, Names, compile_filter, complete_filter, names_of, parties
from netsandbox.lab.tables import LogRow
from netsandbox.session.session import Session
from tests.tui.labs import docker0

ARP = LogRow(
    9, 1_000, 4, "host", "veth0000005", "in", "nginx-1", "everyone", "ARP",
    "ARP, Request who-has 172.17.0.3 tell 172.17.0.2, length 28", "flooded", False, "", master="docker0",
)
REPLY = ARP._replace(
    seq=12, step=5, node="nginx-1", interface="eth0", master="", source="nginx-2", destination="nginx-1",
    info="ARP, Reply 172.17.0.3 is-at 96:0f:5a:e2:73:b8, length 28", verdict="accepted",
)
PING = ARP._replace(
    seq=20, step=7, direction="out", destination="nginx-2", protocol="ICMP", verdict="bridged",
    info="IP 172.17.0.2 > 172.17.0.3: ICMP echo request, id 1, seq 1, length 64",
)
WEB = PING._replace(
    seq=30, step=9, protocol="TCP", verdict="dropped", dropped=True, reason="NO_SOCKET",
    info="IP 172.17.0.2.40000 > 172.17.0.3.80: Flags [S], seq 1, win 64240",
)
ROWS = [ARP, REPLY, PING, WEB]

NAMES = Names(
    addresses={
        "nginx-1": frozenset({"172.17.0.2", "3e:d4:81:57:2b:0c"}),
        "nginx-2": frozenset({"172.17.0.3", "96:0f:5a:e2:73:b8"}),
    },
    masters={("host", "veth0000005"): "docker0"},
    interfaces=("eth0", "docker0", "veth0000005"),
    networks=("172.17.0.0/16",),
    reasons=("NO_SOCKET",),
)


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("", [9, 12, 20, 30]),
        ("arp", [9, 12]),
        ("ip", [20, 30]),
        ("arp or icmp", [9, 12, 20]),
        ("arp || tcp", [9, 12, 30]),
        ("not arp", [20, 30]),
        ("!arp && !icmp", [30]),
        ("host nginx-2", [9, 12, 20, 30]),
        ("src nginx-2", [12]),
        ("src host nginx-1", [9, 20, 30]),
        ("dst host nginx-2", [9, 20, 30]),
        ("dst nginx-1", [12]),
        ("host 172.17.0.3", [9, 12, 20, 30]),
        ("src 172.17.0.3", [12]),
        ("host 96:0f:5a:e2:73:b8", [12, 20, 30]),
        ("host 10.0.0.1", []),
        ("net 172.17.0.0/16", [9, 12, 20, 30]),
        ("net 172.17", [9, 12, 20, 30]),
        ("src net 172.17.0.2/31", [9, 12, 20, 30]),
        ("net 10.0.0.0/8", []),
        ("port 80", [30]),
        ("port http", [30]),
        ("src port 80", []),
        ("dst port 80", [30]),
        ("portrange 1-1023", [30]),
        ("port 81", []),
        ("host 172.17.0.3:80", [30]),
        ("dst host nginx-2:80", [30]),
        ("src host nginx-2:80", []),
        ("arp or host nginx-1:81 or nginx-2:80", [9, 12, 30]),
        ("dev docker0", [9, 20, 30]),
        ("dev host:docker0", [9, 20, 30]),
        ("dev eth0", [12]),
        ("dev nginx-1:eth0", [12]),
        ("at nginx-1", [12]),
        ("in", [9, 12]),
        ("outbound", [20, 30]),
        ("broadcast", [9]),
        ("drop", [30]),
        ("dropped", [30]),
        ("reason no_socket", [30]),
        ("verdict flooded", [9]),
        ("step 5-7", [12, 20]),
        ("frame 9", [9]),
        ("verdict flooded or bridged", [9, 20]),
        ("not verdict flooded and bridged", [20]),
        ("icmp port 80", []),
        ("arp or icmp and drop", []),
        ("arp or (tcp and drop)", [9, 12, 30]),
        ('host "nginx-1" at "host"', [9, 20, 30]),
    ],
)
def test_what_a_filter_matches(text: str, matched: list[int]) -> None:
    test = compile_filter(text, NAMES)
    assert [row.seq for row in ROWS if test(row)] == matched


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("hots nginx-1", 0, 4, "did you mean `host`?"),
        ("192.168.1.1:8080", 0, 16, "for a name write `host 192.168.1.1:8080`"),
        ("host:eth0", 0, 9, "for a name write `dev host:eth0`"),
        ("host a:65536", 7, 12, "at most 65535"),
        ("nginx-1", 0, 7, "write `host nginx-1`"),
        ("host", 4, 4, "expected a name or an address"),
        ("host and arp", 5, 8, "expected a name or an address"),
        ("arp or", 6, 6, "expected a test"),
        ("arp and or", 8, 10, "expected a test"),
        ("(arp", 0, 1, "never closed"),
        ("arp)", 3, 4, "closes nothing"),
        ("()", 1, 2, "expected a test"),
        ("net 172.17.0.5/16", 4, 17, "did you mean 172.17.0.0/16?"),
        ("net 300.0.0.0/8", 4, 15, "not a network"),
        ("net 10.0.0.0/64", 4, 15, "not a network"),
        ("port 65536", 5, 10, "at most 65535"),
        ("port x", 5, 6, "a number or a range"),
        ("portrange 9-1", 10, 13, "backwards"),
        ("frame -1", 6, 8, "a number or a range"),
        ('host "x', 5, 7, "has no end"),
        ("arp | icmp", 4, 5, "means nothing"),
        ('host ""', 5, 7, "expected a value"),
        ("not " * 60 + "arp", 200, 203, "too deeply"),
    ],
)
def test_an_error_says_where_and_what(text: str, start: int, end: int, words: str) -> None:
    error = validate(text)
    assert error is not None
    assert words in error.message
    assert (error.start, error.end) == (start, end)


def test_a_filter_has_an_end() -> None:
    error = validate("arp or " * MAX_TOKENS + "arp")
    assert error is not None
    assert "too long" in error.message


VALUES = st.text(st.characters(blacklist_characters='"', blacklist_categories=["Cs"]), min_size=1, max_size=8)
SIDES = st.sampled_from(["", "src", "dst"])
PRIMITIVES = st.one_of(
    st.sampled_from(sorted(PROTOCOLS)).map(lambda word: Primitive("protocol", value=word)),
    st.sampled_from(["drop", "in", "out", "broadcast"]).map(Primitive),
    st.tuples(SIDES, VALUES).map(lambda host: Primitive("host", *host)),
    st.tuples(st.sampled_from(["dev", "at", "reason", "verdict"]), VALUES).map(lambda of: Primitive(of[0], "", of[1])),
    st.tuples(SIDES, st.integers(0, 32), st.integers(0, 2**32 - 1)).map(
        lambda net: Primitive("net", net[0], network(net[2], net[1]))
    ),
    st.tuples(SIDES, st.integers(0, 65535), st.integers(0, 65535)).map(
        lambda port: Primitive("port", port[0], "", min(port[1:]), max(port[1:]))
    ),
    st.tuples(st.sampled_from(["step", "frame"]), st.integers(0, 99), st.integers(0, 99)).map(
        lambda number: Primitive(number[0], "", "", min(number[1:]), max(number[1:]))
    ),
)
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    PRIMITIVES,
    lambda inner: st.one_of(st.builds(Not, inner), st.builds(Both, st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=8,
)


def network(address: int, length: int) -> str:
    value = address >> (32 - length) << (32 - length)
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{length}"


@given(EXPRESSIONS)
def test_an_expression_survives_its_own_text(expression: Expression) -> None:
    text = unparse(expression)
    assert parse(text) == expression


@given(EXPRESSIONS, st.sampled_from(ROWS))
def test_and_or_not_mean_what_they_say(expression: Expression, row: LogRow) -> None:
    def holds(part: Expression) -> bool:
        if isinstance(part, Not):
            return not holds(part.inner)
        if isinstance(part, Both):
            both = (holds(part.left), holds(part.right))
            return all(both) if part.word == "and" else any(both)
        return compile_filter(part, NAMES)(row)

    assert compile_filter(expression, NAMES)(row) == holds(expression)


SIGNS = ["(", ")", "!", "&&", "||", "nginx-1", "80", "10.0.0.0/8", '"', "|"]
WORDS = st.lists(st.sampled_from([*sorted(KEYWORDS), *SIGNS]))


@given(st.one_of(st.text(), WORDS.map(" ".join)))
def test_any_text_parses_or_says_where_it_is_wrong(text: str) -> None:
    error = validate(text)
    if error is None:
        test = compile_filter(text, NAMES)
        assert [test(row) for row in ROWS]
    else:
        assert error.message
        assert "\n" not in error.message or "\n" in text
        assert 0 <= error.start <= error.end <= len(text)


@given(WORDS.map(" ".join), st.integers(0, 80))
def test_what_completion_offers_is_never_wrong_there(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    head = text[:cursor]
    before = validate(head)
    for candidate in complete_filter(text, cursor, NAMES):
        assert candidate.end == cursor
        assert candidate.text.lstrip('"').lower().startswith(head[candidate.start :].lstrip('"').lower())
        after = validate(head[: candidate.start] + candidate.text)
        if before is None or before.start >= candidate.start:
            assert after is None or after.start >= candidate.start + len(candidate.text) or "closed" in after.message


def offered(text: str) -> list[str]:
    return [candidate.text for candidate in complete_filter(text, len(text), NAMES)]


def test_completion_knows_what_comes_next() -> None:
    assert offered("host ") == ["nginx-1", "nginx-2", "172.17.0.2", "172.17.0.3"]
    assert offered("host nginx-2") == []
    assert offered("src n") == ["nginx-1", "nginx-2", "net"]
    assert offered("dev d") == ["docker0"]
    assert offered("net ") == ["172.17.0.0/16"]
    assert offered("reason ") == ["NO_SOCKET"]
    assert offered("arp ") == ["and", "or"]
    assert offered("arp or ic") == ["icmp", "icmp6"]
    assert "not" in offered("")
    assert offered('host "') == []


def test_every_verdict_of_the_log_is_offered() -> None:
    """The words that the log writes, those of two words in quotes."""
    known = {*frame_log.VERDICTS.values(), *frame_log.HOW.values(), "flooded", "dropped", "overheard", "sent"}
    assert known == set(VERDICTS)
    assert '"to port"' in offered("verdict ")
    assert compile_filter('verdict "to port"')(ARP._replace(verdict="to port"))


def test_completion_quotes_a_name_that_is_a_keyword() -> None:
    names = Names(addresses={"arp": frozenset(), "my box": frozenset()})
    texts = [candidate.text for candidate in complete_filter("host ", 5, names)]
    assert texts == ['"arp"', '"my box"']
    assert compile_filter(f"host {texts[0]}", names)(ARP._replace(source="arp"))


def test_names_come_from_the_interfaces() -> None:
    rows = docker0(2)
    names = names_of(rows.interfaces, ["NO_SOCKET"])
    assert "docker0" in names.interfaces
    assert names.networks == ("172.17.0.0/16",)
    assert any("172.17." in one for one in names.addresses["nginx-1"])
    assert "127.0.0.1" not in names.addresses["nginx-1"]
    assert set(names.masters.values()) == {"docker0"}


@pytest.mark.parametrize(
    ("info", "source", "destination", "ports"),
    [
        ("IP 10.0.0.1.5 > 10.0.0.2.53: UDP", "10.0.0.1", "10.0.0.2", (5, 53)),
        ("10.0.0.1:5 → 10.0.0.2:53 UDP", "10.0.0.1", "10.0.0.2", (5, 53)),
        ("IP 10.0.0.1 > 10.0.0.2: ICMP echo reply", "10.0.0.1", "10.0.0.2", (-1, -1)),
        ("ARP who has 10.0.0.2? tell 10.0.0.1", "10.0.0.1", "10.0.0.2", (-1, -1)),
        ("Request who-has 10.0.0.2 (ff:ff:ff:ff:ff:ff) tell 10.0.0.1", "10.0.0.1", "10.0.0.2", (-1, -1)),
        ("10.0.0.1 is at 02:00:00:00:00:01", "10.0.0.1", None, (-1, -1)),
        ("STP 802.1d", None, None, (-1, -1)),
    ],
)
def test_addresses_are_read_off_the_line(
    info: str, source: str | None, destination: str | None, ports: tuple[int, int]
) -> None:
    said = parties(info)
    assert said.sources == (frozenset({source}) if source else frozenset())
    assert said.destinations == (frozenset({destination}) if destination else frozenset())
    assert (said.source_port, said.destination_port) == ports


def test_a_bad_filter_is_not_compiled() -> None:
    with pytest.raises(FilterError, match="did you mean"):
        compile_filter("drp")


def test_a_question_to_dockers_name_server_is_dns_behind_nat_too() -> None:
    """Its rules lead 127.0.0.11:53 to another port, and the log said `UDP, length 20`; tcpdump, which goes by ports,
    still does."""
    session = Session()
    for line in ("docker network create app", "docker run -d --name web --network app nginx", "wait",
                 "docker exec web tcpdump -n -i lo udp &", "docker exec web nslookup web"):
        job = session.run(line)
    rows = [row for row in frame_log.rows(session.lab, 0, 10_000) if row.interface == "lo" and row.protocol == "UDP"]
    asked = [row for row in rows if re.search(r"> 127\.0\.0\.11\.(?!53:)\d+: \d+\+ A\? web\. \(21\)", row.info)]
    assert asked
    assert [row for row in rows if compile_filter("dns")(row)] == rows
    dump = next(one for one in session.lines if one.line.startswith("docker exec web tcpdump"))
    assert re.search(r"> 127\.0\.0\.11\.(?!53:)\d+: UDP, length 21", dump.out)
    assert job.code == 0


@pytest.mark.parametrize(("text", "says"), [("dns", r"\.53[ :].*(A\?|A [0-9])"), ("http", "HTTP: (GET|HTTP/1.1 200)")])
def test_what_udp_and_tcp_carry_is_found_by_its_name(text: str, says: str) -> None:
    session = Session()
    for line in ("docker run -d --name web nginx", "wait", "host example.com", "curl -s -o /dev/null 172.17.0.2"):
        session.run(line)
    rows = list(frame_log.rows(session.lab, 0, 10_000))
    found = [row for row in rows if compile_filter(text)(row)]
    assert any(re.search(says, row.info) for row in found)
    assert {row.protocol for row in found} == {"UDP" if text == "dns" else "TCP"}
    assert {row.seq for row in found} < {row.seq for row in rows}
    assert not [row for row in rows if row not in found and re.search(says, row.info)]


@pytest.mark.parametrize(("typed", "words"), [
    ("ip.addr==10.10.0.2", "host 10.10.0.2"), ("ip.src == 10.10.0.2 and arp", "src host 10.10.0.2"),
    ("arp or ip.addr != 10.10.0.2", "not (host 10.10.0.2)"), ("tcp.port == 6379", "tcp and port 6379"),
    ("host nginx-1 or udp.dstport eq 53", "udp and dst port 53"), ("#722", "frame 722"),
    ("(frame.number==722)", "frame 722")])
def test_what_is_typed_for_wireshark_leads_to_the_filter_s_own_words(typed: str, words: str) -> None:
    error = validate(typed)
    assert error is not None
    assert error.message.endswith(f": did you mean `{words}`?")
    assert validate(words) is None


@pytest.mark.parametrize("typed", ["icmp.type==8", "eth.addr == 00:11:22:33:44:55", "arp or dns.qry.name=x"])
def test_of_another_field_of_wiresharks_it_is_told_which_are_tests_here(typed: str) -> None:
    error = validate(typed)
    assert error is not None
    assert error.message.endswith(": of Wireshark's fields only addresses, ports and frame.number are tests here")
    assert "地址、端口" in translated(error.message, "zh")


def test_an_address_is_that_of_the_packet_and_not_another_one_of_its_sender() -> None:
    names = Names({"uplink": frozenset({"192.168.1.1", "192.168.1.70", "02:00:00:00:00:01"})})
    row = ARP._replace(source="uplink", protocol="TCP", info="192.168.1.70.50 > 172.17.0.2.80: Flags [S], length 0")
    assert [compile_filter(text, names)(row) for text in (
        "src host 192.168.1.1", "host 192.168.1.1", "src host 192.168.1.70", "host uplink", "host 02:00:00:00:00:01",
    )] == [False, False, True, True, True]


SEGMENT = ARP._replace(protocol="TCP", info="10.0.0.1.50 > 10.0.0.2.80: Flags [S.], seq 1, length 0", size=74)


@pytest.mark.parametrize(("typed", "passes"), [
    ("syn", True), ("SYN and ack", True), ("rst", False), ("not fin", True), ("tcp[tcpflags] & tcp-syn != 0", True),
    ("tcp[tcpflags] & (tcp-rst|tcp-fin) != 0", False), ("tcp[13] == 2", False), ("tcp[13]=0x12 and port 80", True),
    ("tcp[tcpflags] & (tcp-syn | tcp-ack) == tcp-syn", False), ("tcp[tcpflags] != tcp-syn", True), ("push", False),
    ("vlan", False), ("vlan 10", False), ("greater 74", True), ("greater 75", False), ("less 74", True),
    ("less 73", False)])
def test_flags_and_lengths_are_tests_as_in_tcpdump(typed: str, passes: bool) -> None:
    assert compile_filter(typed)(SEGMENT) is passes
    found = parse(typed)
    assert found is not None
    assert parse(unparse(found)) == found
    assert not compile_filter("syn or not syn and tcp[13] != 255 and tcp")(ARP)


@pytest.mark.parametrize(("typed", "passes"), [
    ("vlan", True), ("vlan 10", True), ("vlan 20 and arp", True), ("vlan 30", False), ("vlan 15-20", True),
    ("vlan 11-19", False), ("not vlan", False)])
def test_a_tag_is_any_of_those_that_a_frame_has(typed: str, passes: bool) -> None:
    assert compile_filter(typed)(ARP._replace(info=f"vlan 10, vlan 20, {ARP.info}")) is passes


@pytest.mark.parametrize(("typed", "says"), [
    ("vlan 5000", "a vlan is at most 4095: `5000`"), ("greater", "expected a value after `greater`"),
    ("less 4-5", "`less` wants a number, not `4-5`"), ("greater many", "`greater` wants a number"),
    ("tcp[0:2] = 80", "of a header's bytes only TCP's flags are tests here"),
    ("tcp[tcpflags] & tcp-foo != 0", "of a header's bytes only TCP's flags are tests here"),
    ("tcp and and", "expected a test such as `arp`"), ("not", "expected a test such as `arp`"),
    ("host", "expected a name"), ("net", "expected a network"), ("dev", "expected an interface")])
def test_what_of_them_is_wrong_is_named(typed: str, says: str) -> None:
    error = validate(typed)
    assert error is not None
    assert says in error.message
    assert not re.search("[a-z]{2,} [a-z]{2,}", re.sub("`[^`]*`", "", translated(error.message, "zh")))


@pytest.mark.parametrize(("typed", "words"), [
    ("tcp.flags.syn==1", "syn"), ("arp or tcp.flags.reset == 0", "not rst"), ("tcp.flags.push", "psh")])
def test_of_a_flag_it_is_told_how_it_is_found(typed: str, words: str) -> None:
    error = validate(typed)
    assert error is not None
    assert error.message.endswith(f": did you mean `{words}`?")
    assert validate(words) is None
