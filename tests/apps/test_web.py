"""Pages over real connections: what clients say and how they end, what servers answer and log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from netsandbox.session.session import Session

BEGIN = ["docker run -d --name web nginx", "docker run -d --name old httpd", "docker run -d --name cache redis",
         "docker run -d --name memory memcached", "docker run -d --name db mysql"]


@pytest.fixture(scope="module")
def begun() -> Session:
    session = Session(seed=1)
    for line in BEGIN:
        assert not session.run(line).code
    return session


@pytest.fixture
def lab(begun: Session) -> Iterator[Session]:
    """As it was begun, for each test anew."""
    yield begun
    while begun.done > len(BEGIN):
        begun.undo()


def test_a_page_comes_as_nginx_sends_it(lab: Session) -> None:
    job = lab.run("curl -i http://172.17.0.2/")
    head, _blank, body = job.out.partition("\n\n")
    assert head.splitlines()[:5] == [
        "HTTP/1.1 200 OK", "Server: nginx/1.29.5", f"Date: {head.partition('Date: ')[2][:29]}",
        "Content-Type: text/html", "Content-Length: 615"]
    assert len(body) == 615
    assert "Welcome to nginx!" in body
    log = lab.run("docker logs web").out.splitlines()[-1]
    assert log.startswith('172.17.0.1 - - [01/Jan/2026:00:')
    assert log.endswith('"GET / HTTP/1.1" 200 615 "-" "curl/8.14.1" "-"')


def test_curl_tells_of_its_connection(lab: Session) -> None:
    job = lab.run("curl -v -o /tmp/page http://172.17.0.3/nothing")
    assert [line for line in job.err.splitlines() if line[:1] in "*>"] == [
        "*   Trying 172.17.0.3:80...", "* Connected to 172.17.0.3 (172.17.0.3) port 80", "* using HTTP/1.x",
        "> GET /nothing HTTP/1.1", "> Host: 172.17.0.3", "> User-Agent: curl/8.14.1", "> Accept: */*", "> ",
        "* Request completely sent off", "* Connection #0 to host 172.17.0.3 left intact"]
    assert "< HTTP/1.1 404 Not Found" in job.err
    assert "The requested URL was not found on this server." in lab.run("cat /tmp/page").out


@pytest.mark.parametrize(("line", "code", "error"), [
    ("curl http://172.17.0.2:81/", 7,
     "curl: (7) Failed to connect to 172.17.0.2 port 81 after 0 ms: Could not connect to server"),
    ("curl http://172.17.0.99/", 7, "curl: (7) Failed to connect to 172.17.0.99 port 80 after 3"),
    ("curl -m 1 http://172.17.0.98/", 28, "curl: (28) Connection timed out after 1000 milliseconds"),
    ("curl -f http://172.17.0.2/x", 22, "curl: (22) The requested URL returned error: 404"),
    ("curl -sf http://172.17.0.2/x", 22, ""), ("curl https://172.17.0.2/", 35, "curl: (35) TLS is not modelled"),
    ("curl foo://x/", 1, 'curl: (1) Protocol "foo" not supported'), ("curl", 2, "curl: try 'curl --help'"),
    ("curl --nosuch x", 2, "curl: option --nosuch: is unknown"), ("curl -X", 2, "curl: option -X: requires parameter"),
    ("curl -m x y", 2, "curl: option -m: expected a proper numerical parameter"),
    ("curl --socks5 a b", 2, "curl: --socks5 is not modelled"), ("curl -F a=b c", 2, "curl: -F is not modelled"),
    ("curl http://", 3, "curl: (3) URL rejected: No host part in the URL"),
    ("curl http://x:99999/", 3, "curl: (3) URL rejected: Port number was not a decimal number between 0 and 65535"),
    ("curl --interface 1.2.3.4 http://172.17.0.2/", 45,
     "curl: (45) bind failed with errno 99: Cannot assign requested address"),
    ("curl --interface nope http://172.17.0.2/", 45,
     "curl: (45) Couldn't bind to 'nope' with errno 19: No such device"),
    ("wget http://172.17.0.2:81/", 4, "failed: Connection refused."),
    ("wget -O - http://172.17.0.2/x", 8, "ERROR 404: Not Found."), ("wget", 1, "wget: missing URL"),
    ("wget --nosuch x", 2, "wget: unrecognized option '--nosuch'"),
    ("nc -v 172.17.0.2 81", 1, "nc: connect to 172.17.0.2 port 81 (tcp) failed: Connection refused"),
    ("nc", 1, "usage: nc"), ("nc -e x 1.2.3.4 5", 1, "nc: -e is not modelled"),
    ("nc 172.17.0.2 70000", 1, "nc: port number too large: 70000"),
    ("nc -w 1 -v 172.17.0.97 80", 1, "timed out: Operation now in progress"),
    ("telnet 172.17.0.2 81", 1, "telnet: Unable to connect to remote host: Connection refused"),
    ("socat TCP:172.17.0.2:81 -", 1, "Connection refused"), ("socat A B", 1, 'unknown device/address "A"'),
    ("socat - EXEC:nosuch", 1, "No such file or directory"),
    ("python3 x.py", 127, "the sandbox has `python3 -m http.server"),
    ("getent nosuch x", 1, "Unknown database: nosuch"),
    ("getent shadow x", 1, "getent: shadow is not modelled; there are"), ("getent", 1, "wrong number of arguments"),
    ("ab -n 1 http://x/", 127, "the sandbox has no ab"),
])
def test_what_goes_wrong_is_said_in_the_tools_own_words(lab: Session, line: str, code: int, error: str) -> None:
    job = lab.run(line)
    assert job.code == code
    assert error in job.err
    assert bool(job.err) == bool(error)


def test_write_out_tells_numbers(lab: Session) -> None:
    job = lab.run("curl -s -o /dev/null -w '%{http_code} %{size_download} %{num_connects} %{remote_ip}%{nope}\\n' "
                  "http://172.17.0.2/")
    assert (job.out, job.err) == ("200 615 1 172.17.0.2\n", "curl: unknown --write-out variable: 'nope'\n")


def test_a_file_is_saved_and_served(lab: Session) -> None:
    lab.run("docker exec web sh -c 'echo hello > /usr/share/nginx/html/hello.txt'")
    assert lab.run("curl -s http://172.17.0.2/hello.txt").out == "hello\n"
    assert "‘/tmp/hello’ saved [6/6]" in lab.run("wget -O /tmp/hello http://172.17.0.2/hello.txt").err
    assert lab.run("cat /tmp/hello").out == "hello\n"


def test_a_post_is_not_for_static_files(lab: Session) -> None:
    job = lab.run("curl -s -v -d a=b http://172.17.0.2/")
    assert "> POST / HTTP/1.1" in job.err
    assert "> Content-Length: 3" in job.err
    assert "405 Not Allowed" in job.out


def test_ports_are_scanned(lab: Session) -> None:
    job = lab.run("nc -zv 172.17.0.2 79-81")
    assert job.err == ("nc: connect to 172.17.0.2 port 79 (tcp) failed: Connection refused\n"
                       "Connection to 172.17.0.2 80 port [tcp/http] succeeded!\n"
                       "nc: connect to 172.17.0.2 port 81 (tcp) failed: Connection refused\n")


def test_pythons_server_lists_a_directory_and_logs(lab: Session) -> None:
    lab.run("python3 -m http.server 8000 &")
    assert 'Directory listing for /' in lab.run("curl -s http://127.0.0.1:8000/").out
    assert "LISTEN 0      5            0.0.0.0:8000" in lab.run("ss -ltn").out
    assert "Address already in use" in lab.run("python3 -m http.server 8000").err


def test_busybox_words_its_own(lab: Session) -> None:
    assert lab.run("docker run --rm busybox wget -qO- http://172.17.0.2/").out.startswith("<!DOCTYPE html>")
    assert "wget: can't connect to remote host (172.17.0.2): Connection refused" in lab.run(
        "docker run --rm busybox wget http://172.17.0.2:81/").err
    assert "server returned error: HTTP/1.1 404 Not Found" in lab.run(
        "docker run --rm alpine wget http://172.17.0.2/x").err


@pytest.mark.parametrize(("line", "said"), [
    ("nc 127.0.0.1", "nc: missing port number"), ("nc -l", "nc: missing port number"),
    ("nc -l x", "nc: getaddrinfo: Servname not supported for ai_socktype"), ("nc -lz 80", "nc: cannot use -z and -l"),
    ("nc -p x 127.0.0.1 80", "nc: getaddrinfo: Servname not supported for ai_socktype"),
    ("nc -k 127.0.0.1 80", "nc: must use -l with -k"), ("nc -z 127.0.0.1 0", "nc: port number too small: 0"),
    ("nc -w -1 127.0.0.1 80", "nc: timeout too small: -1"), ("nc -w x 127.0.0.1 80", "nc: timeout invalid: x"),
    ("nc -w 99999999999 127.0.0.1 80", "nc: timeout too large: 99999999999"),
    ("nc 127.0.0.1 80 junk", "nc: port number invalid: junk"),
    ("nc -s 9.9.9.9 127.0.0.1 80", "nc: bind failed: Cannot assign requested address"),
    ("nc -zv 127.0.0.1 80 81", ("nc: connect to 127.0.0.1 port 80 (tcp) failed: Connection refused\n"
                               "nc: connect to 127.0.0.1 port 81 (tcp) failed: Connection refused"))])
def test_nc_says_what_is_wrong_with_its_words_as_openbsds_does(line: str, said: str) -> None:
    job = Session().run(line)
    assert (job.code, job.err.strip()) == (1, said)


def test_host_refuses_a_type_that_there_is_not() -> None:
    job = Session().run("host -t foo a.b 127.0.0.1")
    assert (job.code, job.err) == (2, "host: invalid type: foo\n\n")


@pytest.mark.parametrize(("said", "address", "first", "has_page"), [
    (r"GET / HTTP/1.0\n\n", 2, "HTTP/1.1 200 OK", True), (r"GET /\n", 2, "<!DOCTYPE html>", True),
    (r"GET /none\n", 2, "<html>", False), (r"hi\n", 2, "HTTP/1.1 400 Bad Request", False),
    (r"*1\r\n", 2, "HTTP/1.1 400 Bad Request", False), (r"GET /\n", 3, "HTTP/1.1 400 Bad Request", False),
    (r"GET / HTTP/1.0\n\n", 3, "HTTP/1.1 200 OK", True)])
def test_a_request_by_hand_is_answered(lab: Session, said: str, address: int, first: str, has_page: bool) -> None:
    job = lab.run(f"printf '{said}' | nc -w 5 172.17.0.{address} 80")
    assert job.out.splitlines()[0] == first
    assert ("works!" in job.out or "Welcome to nginx!" in job.out) == has_page


def test_tomcat_finds_nothing_until_somebody_puts_it_there() -> None:
    session = Session()
    for line in ("docker run -d -P --name tomcat01 tomcat", "docker run -d --name tomcat02 --link tomcat01 tomcat:9"):
        assert session.run(line).code == 0
    assert session.run("docker exec tomcat02 ping -c 1 tomcat01").code == 0
    head, _empty, page = session.run("curl -si localhost:32768").out.replace("\r", "").partition("\n\n")
    assert head.splitlines()[0] == "HTTP/1.1 404 "
    assert f"Content-Length: {len(page.encode())}" in head
    session.run("docker exec tomcat01 mkdir -p /usr/local/tomcat/webapps/ROOT")
    session.run("docker exec tomcat01 sh -c 'echo hi > /usr/local/tomcat/webapps/ROOT/index.html'")
    assert session.run("curl -s localhost:32768").out == "hi\n"
