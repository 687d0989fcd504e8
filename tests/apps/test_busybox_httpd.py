"""BusyBox's httpd in the image busybox, and `busybox APPLET`, as BusyBox 1.37 answers."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

FOUND = ("HTTP/1.1 200 OK\nDate: Thu, 01 Jan 2026 00:00:00 GMT\nConnection: close\nContent-type: text/html\n"
         "Accept-Ranges: bytes\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\nETag: \"6955b900-3\"\n"
         "Content-Length: 3\n\nhi\n")
MISSING = ("HTTP/1.1 404 Not Found\nDate: Thu, 01 Jan 2026 00:00:00 GMT\nConnection: close\nContent-type: text/html\n\n"
           "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\n"
           "The requested URL was not found\n</BODY></HTML>\n")


@pytest.fixture(scope="module")
def one() -> KeptSession:
    session = KeptSession()
    site = "mkdir -p /www/d; echo hi > /www/index.html; busybox httpd -f -vv -h /www"
    assert session.run(f"docker run -d --name web -p 8000:80 busybox sh -c '{site}'").code == 0
    assert session.run("docker run -d --name plain busybox httpd -f -p 81").code == 0
    return session


@pytest.mark.parametrize(("line", "said"), [
    ("curl -si localhost:8000/", FOUND), ("curl -s localhost:8000/nosuch", MISSING.partition("\n\n")[2]),
    ("curl -si localhost:8000/d/", MISSING), ("curl -si 172.17.0.3:81/nosuch", MISSING),
    ("curl -sI localhost:8000/", FOUND.removesuffix("hi\n")),
    ("curl -si localhost:8000/d | head -5 | tail -1", "Location: /d/\n"),
    ("curl -si -d x localhost:8000/ | head -1", "HTTP/1.1 501 Not Implemented\n"),
    ("curl -si -H 'Range: bytes=1-9' localhost:8000/ | sed -n '1p;5p;9,$p'",
     "HTTP/1.1 206 Partial Content\nContent-Range: bytes 1-2/3\nContent-Length: 2\n\ni\n"),
    *((f"curl -s -H 'Range: bytes={part}' localhost:8000/", "hi\n") for part in ("-2", "3-4", "2-1", "0-0,1-1", "x")),
    ("curl -si -H 'If-None-Match: W/\"6955b900-3\"' localhost:8000/",
     FOUND.partition("Accept")[0].replace("200 OK", "304 Not Modified") + "\n"),
    ("docker exec plain httpd -f -u nobody", "httpd: -u is not modelled\n"),
    ("docker exec plain busybox httpd -f -p 81", "httpd: bind: Address already in use\n"),
    ("docker exec plain httpd -f -h /x", "httpd: can't change directory to '/x': No such file or directory\n"),
    ("docker exec plain httpd -p 82", "httpd: netsandbox: it goes on in the background with `httpd -f … &` alone\n"),
    ("docker exec plain httpd -f -p x", "httpd: bad port 'x'\n"),
    ("docker run --rm alpine busybox cat /etc/hostname | wc -c", "13\n")])
def test_an_answer(one: KeptSession, line: str, said: str) -> None:
    job = one.run(line)
    assert (job.out + job.err).replace("\r", "") == said


def test_an_image_has_it_or_has_not(one: KeptSession) -> None:
    for image, words in (("alpine", 'exec: "httpd": executable file not found'), ("nginx", "exec: httpd: not found")):
        job = one.run(f"docker run --rm {image} httpd -f")
        assert (job.code, words in job.err) == (127, True)
    one.run("curl -s localhost:8000/nowhere")
    assert "url:/nowhere\n" in one.run("docker logs web").out + one.run("docker logs web").err
    one.run("docker exec -it plain sh")
    assert one.run("busybox hostname").out == one.run("hostname").out
    one.run("exit")
