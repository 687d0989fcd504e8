"""In how many writes a web server sends a page, as tcpdump showed of the real ones: each is a segment of its own."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession

NOPUSH = "sed -i 's/sendfile .*/&\\n    tcp_nopush on;/' /etc/nginx/nginx.conf"
NO_SENDFILE = "sed -i 's/sendfile .*/sendfile off;/' /etc/nginx/nginx.conf"


def sent(session: KeptSession, device: str, line: str, port: int = 80) -> list[int]:
    """Bytes of each segment with data that the server sends while a line runs."""
    job = session.run(f"sh -c 'tcpdump -lni {device} src port {port} & sleep 0.1; {line} >/dev/null 2>&1; sleep 1; "
                      "kill $!'")
    return [int(size) for size in re.findall(r"Flags \[P?\.\], seq .*length (\d+)", job.out)]


@pytest.mark.parametrize(("image", "change", "path", "sizes"), [
    ("nginx", "", "/", [238, 615]), ("nginx", NOPUSH, "/", [853]), ("nginx", NO_SENDFILE, "/", [853]),
    ("nginx", "", "/nope", [308]), ("httpd", "", "/", [270])])
def test_a_page_of(image: str, change: str, path: str, sizes: list[int]) -> None:
    session = KeptSession()
    session.run(f"docker run -d --name web {image}")
    if change:
        session.run(f'docker exec web sh -c "{change}"; docker restart web')
    assert sent(session, "docker0", f"curl -s http://172.17.0.2{path}") == sizes
    assert len(sent(session, "docker0", f"curl -sI http://172.17.0.2{path}")) == 1


def test_pythons_and_busyboxs_servers_write_the_head_alone() -> None:
    session = KeptSession()
    session.run("mkdir /w; echo hello > /w/a.txt")
    session.run("python3 -m http.server -d /w 8000 &")
    head, whole = sent(session, "lo", "curl -s 127.0.0.1:8000/a.txt", 8000)
    assert whole == len("hello\n") < head
    assert len(sent(session, "lo", "curl -s 127.0.0.1:8000/nope", 8000)) == 2
    session.run("docker run -d --name bb busybox sh -c 'mkdir /w; echo hello > /w/a.txt; httpd -f -p 80 -h /w'")
    assert sent(session, "docker0", "curl -s http://172.17.0.2/a.txt")[1:] == [6]
    assert len(sent(session, "docker0", "curl -s http://172.17.0.2/nope")) == 1
