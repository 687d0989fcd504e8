"""How web servers answer what is no plain request, or asks whether a page is new, as the real ones did.

nginx 1.26 and python3 -m http.server of 3.13, asked with nc and curl.
"""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

PYTHON = ('<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <meta charset="utf-8">\n'
          "        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n"
          "        <p>Error code: {code}</p>\n        <p>Message: {message}.</p>\n"
          "        <p>Error code explanation: {code} - {why}.</p>\n    </body>\n</html>\n")
SYNTAX = "Bad request syntax or unsupported method"
BARE = [("FOO", 400, "Bad request syntax ('FOO')", SYNTAX),
        ("POST /", 400, "Bad HTTP/0.9 request type ('POST')", SYNTAX),
        ("GET / FOO", 400, "Bad request version ('FOO')", SYNTAX),
        ("GET / HTTP/3.0", 505, "Invalid HTTP version (3.0)", "Cannot fulfill request")]


@pytest.fixture(scope="module")
def web() -> KeptSession:
    session = KeptSession()
    session.run("docker run -d --name web nginx; mkdir /w; echo hello > /w/a.txt; python3 -m http.server -d /w 8000 &")
    session.run("docker exec web sh -c 'echo \"server { listen 81; return 444; }\" > /etc/nginx/conf.d/a.conf; "
                "nginx -s reload'")
    return session


@pytest.mark.parametrize(("line", "code", "message", "why"), BARE)
def test_python_takes_a_bad_line_for_http_0_9(web: KeptSession, line: str, code: int, message: str, why: str) -> None:
    said = web.run(f"printf '{line}\\r\\n\\r\\n' | nc 127.0.0.1 8000").out
    assert said == PYTHON.format(code=code, message=message, why=why)


def test_four_words_of_a_known_version_have_a_head(web: KeptSession) -> None:
    said = web.run("printf 'GET a b HTTP/1.0\\r\\n\\r\\n' | nc 127.0.0.1 8000").out
    assert said.startswith("HTTP/1.0 400 Bad request syntax ('GET a b HTTP/1.0')\r\n")


@pytest.mark.parametrize(("since", "code"), [
    ("Thu, 01 Jan 2026 00:00:00 GMT", "304"), ("Sat, 28 Nov 2036 00:00:00 GMT", "304"), ("soon", "200"),
    ("Wed, 31 Dec 2025 23:59:59 GMT", "200"), ("Thu, 01 Jan 2026 00:00:00 GMT' -H 'If-None-Match: x", "200")])
def test_python_compares_dates(web: KeptSession, since: str, code: str) -> None:
    line = f"curl -si -H 'If-Modified-Since: {since}' http://127.0.0.1:8000/a.txt"
    said = web.run(line).out.splitlines()
    assert said[0].split()[1] == code
    assert len(said) == 4 or code == "200"


@pytest.mark.parametrize(("fields", "code"), [
    ("If-Modified-Since: {modified}", "304"), ("If-Modified-Since: Sat, 28 Nov 2036 00:00:00 GMT", "200"),
    ("If-None-Match: {tag}", "304"), ("If-None-Match: \"x\", W/{tag}", "304"), ("If-None-Match: *", "304"),
    ("If-None-Match: \"x\"' -H 'If-Modified-Since: {modified}", "200")])
def test_nginx_knows_its_own_dates_and_tags(web: KeptSession, fields: str, code: str) -> None:
    known = dict(line.split(": ", 1) for line in web.run("curl -sI 172.17.0.2").out.splitlines() if ": " in line)
    fields = fields.format(modified=known["Last-Modified"], tag=known["ETag"])
    said = web.run(f"curl -si -H '{fields}' 172.17.0.2").out.splitlines()
    assert said[0].split()[1] == code
    if code == "304":
        assert [line.partition(":")[0] for line in said[1:]] == [
            "Server", "Date", "Last-Modified", "Connection", "ETag", ""]


@pytest.mark.parametrize(("line", "status"), [("GET / HTTP/2", "505 HTTP Version Not Supported"),
                                              ("GET / HTTP/0.7", "400 Bad Request"), ("GET / FOO", "400 Bad Request")])
def test_nginx_tells_the_future_from_nonsense(web: KeptSession, line: str, status: str) -> None:
    assert web.run(f"printf '{line}\\r\\n\\r\\n' | nc 172.17.0.2 80").out.startswith(f"HTTP/1.1 {status}\r\n")


def test_444_closes_without_an_answer(web: KeptSession) -> None:
    assert web.run("curl -sS 172.17.0.2:81").err == "curl: (52) Empty reply from server\n"
    assert '"GET / HTTP/1.1" 444 0 ' in web.run("docker logs web").out


@pytest.mark.parametrize(("line", "fields", "code"), [
    ("GET /", "Host: x\\r\\nHost: y", 400), ("GET /", "Host: x", 200), ("GET /", "X: y", 400),
    ("GET /", "Host: x\\r\\nContent-Length: 0\\r\\nContent-Length: 0", 400),
    ("GET /", "Host: x\\r\\nContent-Length: abc", 400), ("get /", "Host: x", 400), ("GET index.html", "Host: x", 400),
    ("GET /%%zz", "Host: x", 400), ("GET /?a=%%zz", "Host: x", 200), ("GET /%%69ndex.html#y", "Host: x", 200),
    ("GET http://x/", "Host: x", 200), ("CONNECT x:80", "Host: x", 400), ("OPTIONS *", "Host: x", 400),
    ("FOO /", "Host: x", 405)])
def test_nginx_refuses_what_makes_no_sense(web: KeptSession, line: str, fields: str, code: int) -> None:
    said = web.run(f"printf '{line} HTTP/1.1\\r\\n{fields}\\r\\nConnection: close\\r\\n\\r\\n' | nc 172.17.0.2 80").out
    assert said.split()[1] == str(code)


def test_nginx_reads_lines_of_8192_bytes(web: KeptSession) -> None:
    def code(target: int, field: int) -> str:
        many = f"$(head -c {field} /dev/zero | tr '\\0' a)", f"$(head -c {target} /dev/zero | tr '\\0' a)"
        return web.run(f'curl -s -H "X: {many[0]}" 172.17.0.2/{many[1]}').out
    assert "404 Not Found" in code(8192 - len("GET / HTTP/1.1\r\n"), 8192 - len("X: \r\n"))
    assert "<h1>414 Request-URI Too Large</h1>" in code(8193 - len("GET / HTTP/1.1\r\n"), 1)
    assert code(0, 8193 - len("X: \r\n")).replace("\r", "").startswith(
        "<html>\n<head><title>400 Request Header Or Cookie Too Large</title></head>\n<body>\n"
        "<center><h1>400 Bad Request</h1></center>\n<center>Request Header Or Cookie Too Large</center>\n<hr>")
