"""Lines of tutorials beside the real programs: curl 8.14, socat 1.8, nc of OpenBSD, inetutils' telnet, iperf3 3.18."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session

FILE = 'printf "%%{http_code} %%{url_effective}\\\\n" > fmt'


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    for line in ("mkdir w; cd w; echo hello > f.txt", FILE,
                 "python3 -m http.server 8000 --bind 127.0.0.1 &> /dev/null &"):
        session.run(line)
    return session


@pytest.mark.parametrize(("line", "out", "err"), [
    ("curl -s -o /dev/null -w @fmt 127.0.0.1:8000/f.txt", "200 http://127.0.0.1:8000/f.txt\n", ""),
    (("curl -s -o /dev/null -w '%{http_version} %{urlnum} %{conn_id}|%header{content-length}|%header{x}\\n' "
     "127.0.0.1:8000/f.txt"), "1 0 0|6|\n", ""),
    ("curl -s -o /dev/null -w 'a%{stderr}b%{stdout}c\\n' 127.0.0.1:8000/f.txt", "ac\n", "b"),
    ("curl -s -o /dev/null -w '%{header{server}}\\n' 127.0.0.1:8000/f.txt", "}\n",
     "curl: unknown --write-out variable: 'header{server'\n"),
    ("curl -s -o /dev/null -w '%{json}\\n' 127.0.0.1:8000/f.txt", "\n", "curl: -w %{json} is not modelled\n"),
    ("curl -s -w @nofile 127.0.0.1:8000/f.txt", "", ("curl: option -w: error encountered when reading a file\n"
     "curl: try 'curl --help' or 'curl --manual' for more information\n")),
    ("nc -n -zv localhost 8000", "", 'nc: getaddrinfo for host "localhost" port 8000: Name or service not known\n'),
    ("telnet -h", "", ("telnet: invalid option -- 'h'\n"
     "Try 'telnet --help' or 'telnet --usage' for more information.\n")),
    ("iperf3 --nosuch", "", ("iperf3: unrecognized option '--nosuch'\n\nUsage: iperf3 [-s|-c host] [options]\n"
     "Try `iperf3 --help' for more information.\n")),
    ("getent services 80/tcp", "http                  80/tcp www\n", ""),
    ("getent services 53", "domain                53/tcp\n", ""),
    ("getent services 53/udp", "domain                53/udp\n", ""),
    ("getent services 9999", "", "")])
def test_as_the_real_one(line: str, out: str, err: str, session: Session) -> None:
    job = session.run(line)
    assert (job.out, job.err) == (out, err)


def test_host_says_how_it_is_called_in_full(session: Session) -> None:
    said = session.run("host").err.splitlines()
    assert (len(said), said[2], said[-1]) == (23, "       -a is equivalent to -v -t ANY",
                                              "       -6 use IPv6 query transport only")


@pytest.mark.parametrize("address", ["TCP:127.0.0.1:1", "TCP4:localhost:1"])
def test_socat_warns_of_the_call_and_ends_with_the_address(address: str, session: Session) -> None:
    job = session.run(f"socat - {address},connect-timeout=1")
    assert job.code == 1
    assert re.sub(r"(?m)^\S+ \S+ socat\[\d+\] ", "", job.err) == (
        f"W connect(5, AF=2 127.0.0.1:1, 16): Connection refused\nE {address}: Connection refused\n")
