"""What curl 8.14, wget 1.25, telnet and socat 1.8 say of lines that come to nothing, and curl's file://."""

from __future__ import annotations

import re

import pytest

from netsandbox.apps.socat.address import TUNNELS
from netsandbox.apps.tracepath import USAGE
from netsandbox.session.keeping import KeptSession

DATE = re.compile("2026-[0-9]+-[0-9]+ [0-9:]+|Thu, 01 Jan 2026 .*GMT(?=\nLoc)")
HEAD = "Content-Length: 3\nAccept-ranges: bytes\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\n\n"
BY_HAND = ("Warning: Setting custom HTTP method to HEAD with -X/--request may not work the \n"
           "Warning: way you want. Consider using -I/--head instead.\n")
MOVED = ("HTTP/1.0 301 Moved Permanently\nServer: SimpleHTTP/0.6 Python/3.13.5\nDate: DATE\nLocation: /d/\n"
         "Content-Length: 0\n\n")
TOO_LONG = ".".join(["a" * 63] * 4)
CASES = [
    (f"ping -c 1 {TOO_LONG}", 2, f"ping: {TOO_LONG}: Name or service not known\n"),
    ((f"echo search {TOO_LONG[:252]} > /tmp/r; cp /etc/resolv.conf /tmp/o; cp /tmp/r /etc/resolv.conf; "
     f"curl -s nosuch; cp /tmp/o /etc/resolv.conf"), 0, ""),
    ("curl file:///root/f", 0, "hi\n"), ("curl -I file:///root/f", 0, HEAD),
    ("curl -i FILE:///root/f", 0, HEAD + "hi\n"), ("curl -sS file://localhost/root/f", 0, "hi\n"),
    ("curl file:///nosuch", 37, "curl: (37) Couldn't open file /nosuch\n"),
    ("curl -s 'http://a/{b,{c,d}}'", 3, ""), ("curl http:///127.0.0.1:81 -so /dev/null", 7, ""),
    ("curl 'http://a/{b,{c,d}}'", 3, "curl: (3) nested brace in URL position 13:\nhttp://a/{b,{c,d}}\n            ^\n"),
    ("curl -X HEAD 172.17.0.2 -m 3", 28,
     BY_HAND + "curl: (28) Operation timed out after 3000 milliseconds with 0 out of 615 bytes received\n"),
    ("wget file:///etc/hosts", 1, "file:///etc/hosts: Unsupported scheme.\n"),
    ("wget 127.0.0.1:99999", 1, "127.0.0.1:99999: Scheme missing.\n"),
    ("wget -O- 'http://172.17.0.2/[a].txt' 2>&1 | head -2", 0,
     "Warning: wildcards not supported in HTTP.\n--DATE--  http://172.17.0.2/[a].txt\n"),
    ("wget -O- 'http://172.17.0.2/{a}' 2>&1 | head -1", 0, "--DATE--  http://172.17.0.2/%7Ba%7D\n"),
    ("telnet 127.0.0.1 99999", 1, "Port number 99999 is out of range.\n"),
    ("telnet a b c", 1, "telnet: too many arguments\n"),
    ("telnet no.x", 1, "Server lookup failure:  no.x:telnet, Temporary failure in name resolution\n"),
    ("sleep 0.1 | telnet localhost 8000 | tail -1; echo $?", 0,
     "Escape character is '^]'.\n0\nConnection closed by foreign host.\n"),
    ("curl -sL -w '%{num_connects}' 172.17.0.2:81 -o a localhost:8000/d/ -o b 172.17.0.2:81 -o c; ss -tn | wc -l", 0,
     "2101\n"),
    ("curl -s no.x 172.17.0.2 -o /dev/null -o /dev/null", 0, ""), ("curl -s 172.17.0.2 no.x -o /dev/null", 6, ""),
    ("curl -si localhost:8000/d", 0, MOVED), ("curl -sL localhost:8000/d", 0, "in d\n"),
    ("wget -qS -O /dev/null http://localhost:8000/d/ 2>&1 | head -1", 0, "  HTTP/1.0 200 OK\n"),
    ("wget -nv http://no.x", 4, "wget: unable to resolve host address ‘no.x’\n"),
    ("wget http:///x", 1, "http:///x: Invalid host name.\n"),
    ("socat - UNIX-LISTEN:/x", 1, "socat: the address UNIX-LISTEN is not modelled\n"),
    ("socat -T 1 - PTY", 1, "socat: -T is not modelled\n"),
    ("socat TUN:10.9.9.1/24,up TCP:1.2.3.4:80", 1, f"socat: the address TUN is not modelled{TUNNELS}\n"),
    ("socat PTY -", 1, "socat: the address PTY is not modelled\n"),
    ("traceroute -n no.x 2>&1 | head -1", 0, "no.x: Temporary failure in name resolution\n"),
    ("arping -c 1 0a:00:00:00:00:02", 2, "arping: 0a:00:00:00:00:02: Name or service not known\n"),
    ("arping -c 1 fe80::1", 2, "arping: fe80::1: Address family for hostname not supported\n"),
    ("tracepath -h > /dev/null; echo $?", 0, "255\n" + USAGE + "\n"),
    ("netstat -lant | head -1", 0, "Active Internet connections (servers and established)\n"),
    ("netstat -lt | head -1", 0, "Active Internet connections (only servers)\n"),
    ("socat -u -lf /tmp/l -lp x OPENSSL:a:1 -", 1, "socat: the address OPENSSL is not modelled\n")]


@pytest.fixture(scope="module")
def one() -> KeptSession:
    session = KeptSession()
    session.run("echo hi > /root/f")
    session.run("docker run -d --name web nginx; docker exec web sh -c 'echo \"server { listen 81; location / "
                "{ return 302 http://172.17.0.2/; } }\" > /etc/nginx/conf.d/a.conf; nginx -s reload'")
    session.run("mkdir -p /srv/d; echo in d > /srv/d/index.html")
    session.run("python3 -m http.server -d /srv &")
    return session


@pytest.mark.parametrize(("line", "code", "said"), CASES, ids=[line for line, _code, _said in CASES])
def test_what_is_said(one: KeptSession, line: str, code: int, said: str) -> None:
    job = one.run(line)
    assert (job.code, DATE.sub("DATE", job.out + job.err)) == (code, said)
