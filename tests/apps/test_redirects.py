"""Where a Location leads, and what goes there with the request: as curl 8.14 and wget 1.25 did it."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

BOTH = ("sh -c '"
        'printf "HTTP/1.1 {code} Go\\r\\nLocation: {where}\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"'
        " | nc -N -l 8001 >/tmp/first & "
        'printf "HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nyes" | nc -N -l 8002 >/tmp/second & '
        "sleep 0.1; {line}'")
OTHER = "http://127.0.0.1:8002/b"


def asked(line: str, code: int = 301, where: str = OTHER) -> tuple[str, list[str]]:
    """(what the client prints, the request that the second server got)."""
    session = KeptSession()
    said = session.run(BOTH.format(code=code, where=where, line=line)).out
    return said, session.run("cat /tmp/second").out.replace("\r", "").splitlines()


@pytest.mark.parametrize(("where", "leads"), [
    ("?x=1", "http://127.0.0.1:8001/a/b?x=1"), ("../d", "http://127.0.0.1:8001/d"), ("d", "http://127.0.0.1:8001/a/d"),
    ("/d", "http://127.0.0.1:8001/d"), ("//h:8/d", "http://h:8/d"), ("/a b?c d", "http://127.0.0.1:8001/a%20b?c+d")])
def test_a_relative_location_is_joined_to_its_url(where: str, leads: str) -> None:
    said, _request = asked("curl -s -w \"%{redirect_url}\" http://127.0.0.1:8001/a/b?c", where=where)
    assert said == leads


@pytest.mark.parametrize("options", ["-u me:pw", "--oauth2-bearer tok", '-H "Authorization: Bearer tok"',
                                     '-H "Cookie: a=b"'])
def test_secrets_stay_with_the_first_server(options: str) -> None:
    _said, request = asked(f"curl -sL {options} http://127.0.0.1:8001/")
    assert request == ["GET /b HTTP/1.1", "Host: 127.0.0.1:8002", "User-Agent: curl/8.14.1", "Accept: */*", ""]


def test_they_go_along_where_they_may() -> None:
    _said, request = asked("curl -sL --location-trusted http://me:pw@127.0.0.1:8001/")
    assert "Authorization: Basic bWU6cHc=" in request
    assert "Cookie: a=b" in asked("curl -sL -b a=b http://127.0.0.1:8001/")[1]  # of -b, as curl 8.14 does


@pytest.mark.parametrize(("options", "code", "first", "has_body"), [
    ("", 301, "GET", False), ("", 307, "POST", True), ("--post302", 302, "POST", True),
    ("--post302", 301, "GET", False), ("-X POST", 301, "POST", False),
    ("-X PUT", 303, "PUT", False), ("--max-redirs -1", 308, "POST", True)])
def test_a_post_becomes_a_get(options: str, code: int, first: str, has_body: bool) -> None:
    _said, request = asked(f"curl -sL {options} -d x=y http://127.0.0.1:8001/", code)
    assert request[0] == f"{first} /b HTTP/1.1"
    assert (request[-1] == "x=y") is has_body


def test_the_next_url_is_a_post_again() -> None:
    _said, request = asked("curl -sL -d x=y http://127.0.0.1:8001/ http://127.0.0.1:8002/next", where="http://")
    assert (request[0], request[-1]) == ("POST /next HTTP/1.1", "x=y")


def test_data_of_a_get_is_added_once() -> None:
    assert asked("curl -sLG -d x=y http://127.0.0.1:8001/")[1][0] == "GET /b HTTP/1.1"


def test_wget_tells_the_location_as_it_came() -> None:
    said, _request = asked("wget -t 1 -O - http://127.0.0.1:8001/a/b 2>&1", where="d")
    assert "Location: d [following]\n" in said
    assert "http://127.0.0.1:8001/a/d\n" in said
