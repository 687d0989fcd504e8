"""Parts of a file, as nginx 1.26 and Apache 2.4 sent them to curl 8.14."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture(scope="module")
def web() -> KeptSession:
    session = KeptSession()
    session.run("docker run -d --name web nginx; docker run -d --name old httpd")
    session.run("docker exec web sh -c 'printf abcdefghij > /usr/share/nginx/html/a.txt'")
    session.run("docker exec old sh -c 'printf abcdefghij > /usr/local/apache2/htdocs/a.txt'")
    return session


@pytest.mark.parametrize("address", ["172.17.0.2", "172.17.0.3"])
@pytest.mark.parametrize(("part", "said"), [
    ("2-4", "cde 206 3"), ("2-", "cdefghij 206 8"), ("-3", "hij 206 3"), ("8-99", "ij 206 2"),
    ("-99", "abcdefghij 206 10"), ("5", "fghij 206 5")])
def test_a_part_is_sent(web: KeptSession, address: str, part: str, said: str) -> None:
    assert web.run(f"curl -s -r {part} -w ' %{{http_code}} %{{size_download}}' {address}/a.txt").out == said


def fields(session: KeptSession, line: str) -> list[str]:
    return [one for one in session.run(line).out.partition("\n\n")[0].splitlines()
            if not one.startswith(("Date", "Server", "Last-Modified", "ETag"))]


def test_nginx_says_which(web: KeptSession) -> None:
    assert fields(web, "curl -si -r 2-4 172.17.0.2/a.txt") == [
        "HTTP/1.1 206 Partial Content", "Content-Type: text/plain", "Content-Length: 3", "Connection: keep-alive",
        "Content-Range: bytes 2-4/10"]
    assert web.run("docker logs web").out.splitlines()[-1].split('"')[2] == " 206 3 "
    for part in ("20-30", "4-2", "-0", "a-b"):
        said = web.run(f"curl -si -r {part} 172.17.0.2/a.txt").out
        assert said.startswith("HTTP/1.1 416 Requested Range Not Satisfiable\n")
        assert "\nContent-Length: 197\nConnection: keep-alive\nContent-Range: bytes */10\n\n<html>" in said


def test_apache_says_which(web: KeptSession) -> None:
    assert fields(web, "curl -sI -r 2-4 172.17.0.3/a.txt") == [
        "HTTP/1.1 206 Partial Content", "Accept-Ranges: bytes", "Content-Length: 3", "Content-Range: bytes 2-4/10",
        "Content-Type: text/plain"]
    assert web.run("curl -sI -r 20-30 172.17.0.3/a.txt").out.startswith("HTTP/1.1 416 Requested Range Not Sat")


@pytest.mark.parametrize("wish", ["Range: lines=1-2", "Range: bytes=2-4' -H 'If-Range: old", "Range: bytes=1-2,4-5"])
def test_all_is_sent_where_no_part_is_meant(web: KeptSession, wish: str) -> None:
    assert web.run(f"curl -s -H '{wish}' 172.17.0.2/a.txt").out == "abcdefghij"
    refused = "netsandbox: several parts in one Range are not modelled"
    assert (web.run("docker logs --tail 2 web").err.strip() == refused) is ("," in wish)


def test_a_part_of_an_error_is_the_whole_of_it(web: KeptSession) -> None:
    assert "404 Not Found" in web.run("curl -s -r 2-4 172.17.0.2/none").out


def test_curl_warns_of_what_is_no_range(web: KeptSession) -> None:
    assert web.run("curl -r 5 172.17.0.2/a.txt").err.startswith(
        "Warning: A specified range MUST include at least one dash (-). Appending one \nWarning: for you\n")
    assert web.run("curl -r a-b 172.17.0.2/a.txt").err.startswith("Warning: Invalid character is found in given range.")
