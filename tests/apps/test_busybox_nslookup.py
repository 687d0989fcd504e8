"""nslookup of the images busybox and alpine, beside what BusyBox 1.37 printed and sent."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession

HEAD = "Server:\t\t{server}\nAddress:\t{address}:53\n\n"
BOTH = "Non-authoritative answer:\nName:\t{name}\nAddress: {address}\n\nNon-authoritative answer:\n\n"
NONE = "** server can't find {name}: NXDOMAIN\n\n"
SILENT = ";; connection timed out; no servers could be reached\n\n"


@pytest.fixture(scope="module")
def lab() -> KeptSession:
    session = KeptSession(uplink="192.168.1.0/24")
    for line in ("docker network create n1", "docker run -d --name web --network n1 nginx",
                 "docker run -d --name pc --network n1 busybox sleep 1d", "docker run -d --name pc2 alpine sleep 1d",
                 "docker run -d --name dumb nicolaka/netshoot nc -lukp 53"):
        assert session.run(line).code == 0, line
    return session


@pytest.mark.parametrize(("line", "code", "says"), [
    ("exec pc nslookup web", 0, HEAD.format(server="127.0.0.11", address="127.0.0.11")
     + BOTH.format(name="web", address="172.18.0.2")),
    ("exec pc nslookup -type=a web", 0, HEAD.format(server="127.0.0.11", address="127.0.0.11")
     + BOTH.format(name="web", address="172.18.0.2").partition("\n\n")[0] + "\n\n"),
    ("exec pc2 nslookup example.com", 0, HEAD.format(server="192.168.1.1", address="192.168.1.1")
     + BOTH.format(name="example.com", address="93.184.215.14")),
    ("exec pc2 nslookup no.such.example", 1, HEAD.format(server="192.168.1.1", address="192.168.1.1")
     + NONE.format(name="no.such.example") * 2),
    ("exec pc2 nslookup 8.8.8.8", 0, HEAD.format(server="192.168.1.1", address="192.168.1.1")
     + "Non-authoritative answer:\n8.8.8.8.in-addr.arpa\tname = dns.google\n\n"),
    ("exec pc2 nslookup a.b 172.17.0.3", 1, SILENT),
    ("exec pc2 nslookup a.b nosuch", 1, "nslookup: bad address 'nosuch'\n"),
    ("exec pc2 nslookup -type=zz a.b", 1, 'nslookup: invalid query type "zz"\n'),
    ("exec pc2 nslookup a.b 172.17.0.1", 1, "nslookup: write to '172.17.0.1': Connection refused\n" + SILENT),
    ("exec pc2 nslookup a..b", 1, "nslookup: write to '192.168.1.1': Message too long\n" + SILENT),
    (f"exec pc2 nslookup {'a.' * 150}b", 1, "nslookup: write to '192.168.1.1': Message too long\n" + SILENT)])
def test_what_it_says(lab: KeptSession, line: str, code: int, says: str) -> None:
    job = lab.run(f"docker {line}")
    assert (job.code, job.err + job.out) == (code, says)


def test_usage_and_the_options_that_lead_to_it(lab: KeptSession) -> None:
    for words in ("", "-zz a", "a b c"):
        job = lab.run(f"docker exec pc nslookup {words}")
        assert job.code == 1
        assert "Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]" in job.err


def test_both_questions_leave_by_one_socket_and_again_after_half_the_time(lab: KeptSession) -> None:
    job = lab.run("sh -c 'tcpdump -lttni docker0 dst port 53 & sleep 0.1; docker exec pc2 nslookup a.b 172.17.0.3; "
                  "kill $!'")
    rows = re.findall(r"(\d+\.\d+) IP 172.17.0.2.(\d+) > 172.17.0.3.53: (\d+)\+ (A|AAAA)\?", job.out)
    assert [kind for *_rest, kind in rows] == ["A", "AAAA", "A", "AAAA"]
    assert len({port for _at, port, _ident, _kind in rows}) == 1
    assert int(rows[1][2]) == (int(rows[0][2]) + 1) & 0xFFFF
    assert float(rows[2][0]) - float(rows[0][0]) == pytest.approx(2.5, abs=0.001)
