"""nginx's configuration: what is taken and what is refused, in nginx 1.26's own words, and what a client gets."""

from __future__ import annotations

import shlex

import pytest

from netsandbox.apps.nginx.conf import MAIN, ConfError
from netsandbox.apps.nginx.servers import Configuration
from netsandbox.apps.nginx.site import packaged
from netsandbox.linux.core.files.inode import FileError
from netsandbox.session.session import Session


class Texts:
    """One file (conf.Reader)."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, path: str) -> str:
        if path != MAIN:
            raise FileError("ENOENT")
        return self.text

    def is_directory(self, path: str) -> bool:
        return False

    def names(self, path: str) -> list[str]:
        return []


def complaint(text: str) -> str:
    try:
        Configuration(Texts(text))
    except ConfError as error:
        return str(error).replace(f" in {MAIN}", "")
    return ""


def http(text: str) -> str:
    return f"events {{}}\nhttp {{\n{text}\n}}\n"


def server(text: str) -> str:
    return http(f"server {{\nlisten 8080;\n{text}\n}}")


def place(text: str) -> str:
    return server(f"location / {{\n{text}\n}}")


@pytest.mark.parametrize(("text", "said"), [
    ("", 'no "events" section in configuration'), ("events {}\n", ""),
    ("http {}", 'no "events" section in configuration'), ("events", 'unexpected end of file, expecting ";" or "}":1'),
    ("events {", 'unexpected end of file, expecting "}":1'), ("}", 'unexpected "}":1'), (";", 'unexpected ";":1'),
    ("{", 'unexpected "{":1'), (http("server { listen 80 }"), 'unexpected "}":3'),
    (http("foo bar;"), 'unknown directive "foo":3'), (http("listen 80;"), '"listen" directive is not allowed here:3'),
    (http("http {}"), '"http" directive is not allowed here:3'),
    ("events {}\nevents {}\n", '"events" directive is duplicate:2'),
    ("http;", 'directive "http" has no opening "{":1'),
    (server("root a b;"), 'invalid number of arguments in "root" directive:5'),
    (server("root a; root b;"), '"root" directive is duplicate:5'),
    (server('return 200 "a'), 'unexpected end of file, expecting ";" or "}":8'),
    (server("return 200 'a'b;"), 'unexpected "b":5'), (server("return abc;"), 'invalid return code "abc":5'),
    (server("return 1000;"), 'invalid return code "1000":5'),
    (server("return 200 $nope;"), 'unknown "nope" variable'),
    (server("listen 8080;"), "a duplicate listen 0.0.0.0:8080:5"),
    (server("location / { }\nlocation / { }"), 'duplicate location "/":6'),
    (server("location = / { }\nlocation / { }"), ""),
    (server("location foo / { }"), 'invalid location modifier "foo":5'),
    (server("location /;"), 'directive "location" has no opening "{":5'),
    (place("proxy_pass foo;"), "invalid URL prefix:6"), (place("proxy_pass http://;"), 'no host in upstream "":6'),
    (place("proxy_pass http://127.0.0.1:99999;"), 'invalid port in upstream "127.0.0.1:99999":6'),
    (place("allow 10.0.0.1/33;"), 'invalid parameter "10.0.0.1/33":6'),
    (place("proxy_connect_timeout x;"), '"proxy_connect_timeout" directive invalid value:6'),
    (place("add_header A b c;"), 'invalid parameter "c":6'), (place("proxy_http_version 2;"), 'invalid value "2":6'),
    (http("upstream b { }"), "no servers are inside upstream:3"),
    (http("upstream b { server 127.0.0.1 weight=0; }"), 'invalid parameter "weight=0":3'),
    (http("upstream b { server 127.0.0.1 backup; }"), 'no servers in upstream "b":3'),
    (http("upstream b { server a; }\nupstream b { server a; }"), 'duplicate upstream "b":4'),
    (http("server { listen 70000; }"), 'invalid port in "70000" of the "listen" directive:3'),
    (http("server { listen abc; }"), 'host not found in "abc" of the "listen" directive:3'),
    (http("server { listen 80 default_server; }\nserver { listen 80 default_server; }"),
     "a duplicate default server for 0.0.0.0:80:4"), (http("access_log /x nope;"), 'unknown log format "nope":3'),
    (http("sendfile maybe;"), ( 'invalid value "maybe" in "sendfile" directive, it must be "on" or "off":3')),
    ("events {}\nhttp { include nope.conf; }",
     'open() "/etc/nginx/nope.conf" failed (2: No such file or directory):2'),
    ("events {}\nhttp { include nope*.conf; }", ""),
    (f"include {MAIN};", f'open() "{MAIN}" failed (24: Too many open files):1'),
    (place("proxy_pass https://a;"),
     "netsandbox: proxy_pass https://a is not modelled: it takes http:// and a host, no variables,:6"),
    (server("rewrite a b;"), 'netsandbox: nginx\'s directive "rewrite" is not modelled,:5'),
    (http("server { listen 443 ssl; }"), "netsandbox: nginx's listen … ssl is not modelled,:3")])
def test_what_nginx_says_of_a_configuration(text: str, said: str) -> None:
    assert complaint(text) == said


CONF = r"""
events {}
http {
  types { text/html html; }
  upstream two { server 127.0.0.1:8091; server 127.0.0.1:8092; }
  upstream w { server 127.0.0.1:8091 weight=3; server 127.0.0.1:8092; }
  upstream half { server 127.0.0.1:8099; server 127.0.0.1:8092; }
  server { listen 8091; return 200 "one $request_uri $http_host $http_x_real_ip $http_connection $server_protocol\n"; }
  server { listen 8092; location / { return 200 "two\n"; } location /r { return 302 /z; } }
  server { listen 80; server_name a.example *.b.example; server_tokens off; return 200 "A\n"; }
  server {
    listen 80 default_server;
    default_type application/octet-stream;
    location / { return 200 "B $host $uri $args $remote_addr\n"; }
    location = /x { return 404; }
    location /new { return 301 /there; }
    location /far { return 302 https://example.com$request_uri; }
    location /p/ { proxy_pass http://127.0.0.1:8091/; }
    location /q/ {
      proxy_pass http://127.0.0.1:8091; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr;
    }
    location /two { proxy_pass http://two; }
    location /w { proxy_pass http://w; }
    location /half { proxy_pass http://half; }
    location /none { proxy_pass http://127.0.0.1:8099; }
    location /red { proxy_pass http://127.0.0.1:8092/r; }
    location /deny { deny all; proxy_pass http://127.0.0.1:8091; }
    location /html/ { root /usr/share/nginx; }
    location /al/ { alias /usr/share/nginx/html/; }
    location /try { root /usr/share/nginx/html; try_files $uri /50x.html; }
    location /h { add_header X-A "v $host"; return 200 "h"; }
  }
}
"""


@pytest.fixture(scope="module")
def web() -> Session:
    session = Session()
    session.run("cat > nginx.conf <<'EOF'" + CONF + "EOF")
    made = session.run("docker run -d --name web -v $PWD/nginx.conf:/etc/nginx/nginx.conf nginx")
    assert made.code == 0, made.err
    return session


@pytest.mark.parametrize(("words", "said"), [
    ("-H 'Host: a.example' localhost", "A\n"), ("-H 'Host: c.b.example:80' localhost", "A\n"),
    ("'127.0.0.1/s?a=1'", "B 127.0.0.1 /s a=1 127.0.0.1\n"), ("-o /dev/null -w '%{http_code}' localhost/x", "404"),
    ("localhost/xx", "B localhost /xx  127.0.0.1\n"), ("'localhost/a/../b//c'", "B localhost /b/c  127.0.0.1\n"),
    ("'localhost/p/a?d=1'", "one /a?d=1 127.0.0.1:8091  close HTTP/1.0\n"),
    ("localhost/q/a", "one /q/a localhost 127.0.0.1 close HTTP/1.0\n"), ("localhost/h", "h"),
    ("-o /dev/null -w '%{http_code}' localhost/deny", "403"),
    ("-o /dev/null -w '%{http_code}' localhost/none", "502"),
    ("-o /dev/null -w '%{http_code}' -X POST localhost/al/", "405"),
    ("-o /dev/null -w '%{size_download}' localhost/html/", "615"),
    ("-o /dev/null -w '%{size_download}' localhost/al/", "615"),
    ("-o /dev/null -w '%{http_code}' localhost/try", "200")])
def test_what_a_client_gets(web: Session, words: str, said: str) -> None:
    assert web.run(f"docker exec web curl -s {words}").out == said


def head(web: Session, path: str) -> list[str]:
    return web.run(f"docker exec web curl -si localhost{path}").out.replace("\r", "").partition("\n\n")[0].splitlines()


def test_heads_have_the_fields_in_nginx_order(web: Session) -> None:
    assert [line.partition(":")[0] for line in head(web, "/new")] == [
        "HTTP/1.1 301 Moved Permanently", "Server", "Date", "Content-Type", "Content-Length", "Location", "Connection"]
    assert "Location: http://localhost/there" in head(web, "/new")
    assert head(web, "/far")[0] == "HTTP/1.1 302 Moved Temporarily"
    assert head(web, "/far")[-1] == "Location: https://example.com/far"
    assert head(web, "/h")[-1] == "X-A: v localhost"
    assert "Location: http://127.0.0.1:8092/z" in head(web, "/red")


def test_a_group_takes_turns_by_weight_and_leaves_out_who_failed(web: Session) -> None:
    def asked(path: str, times: int) -> str:
        return "".join(web.run(f"docker exec web curl -s localhost{path}").out[0] for _ in range(times))
    assert asked("/two", 4) == "otot"
    assert asked("/w", 8) == "ootoooto"
    assert asked("/half", 3) == "ttt"
    log = web.run("docker logs web").err
    assert log.count('upstream: "http://127.0.0.1:8099/half"') == 1, "it is left out for ten seconds"
    assert "(111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: , request: " in log


def test_what_the_image_brings_can_be_changed_and_is_read_again() -> None:
    session = Session()
    for line in ("docker run -d --name web nginx",
                 "docker exec web sed -i 's/80;/81;/' /etc/nginx/conf.d/default.conf"):
        assert session.run(line).code == 0
    assert session.run("docker exec web curl -s -o /dev/null localhost").code == 0, "not read again yet"
    assert session.run("docker exec web nginx -t").err == (
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
        "nginx: configuration file /etc/nginx/nginx.conf test is successful\n")
    assert "signal process started" in session.run("docker exec web nginx -s reload").err
    assert session.run("docker exec web curl -s localhost").code == 7
    assert "Welcome to nginx!" in session.run("docker exec web curl -s localhost:81").out
    session.run("docker exec web sh -c 'echo } >> /etc/nginx/nginx.conf'")
    for line in ("nginx -t", "nginx -s reload"):
        refused = session.run(f"docker exec web {line}")
        assert refused.code == 1
        assert 'nginx: [emerg] unexpected "}" in /etc/nginx/nginx.conf:' in refused.err
    assert session.run("docker kill -s HUP web").code == 0
    assert 'unexpected "}"' in session.run("docker logs web").err
    assert session.run("docker exec web curl -s localhost:81").code == 0, "it goes on as it was"
    assert session.run("docker restart web").code == 0
    assert session.run("docker ps -a --format {{.Status}}").out.startswith("Exited (1)")


def test_upstream_names_are_looked_up_at_the_start() -> None:
    session = Session()
    conf = "server { listen 80; location / { proxy_pass http://app:8000; } }"
    for line in ("docker network create n", "mkdir conf", f"echo {shlex.quote(conf)} > conf/a.conf",
                 "docker run -d --name lb --network n -v $PWD/conf:/etc/nginx/conf.d -p 80:80 nginx"):
        assert session.run(line).code == 0
    assert session.run("docker logs lb").err.endswith(
        'nginx: [emerg] host not found in upstream "app:8000" in /etc/nginx/conf.d/a.conf:1\n')
    assert session.run("docker run --rm --network n -v $PWD/conf:/etc/nginx/conf.d nginx nginx -t").code == 1
    session.run("docker run -d --name app --network n -w /usr python:alpine python3 -m http.server")
    session.run("docker start lb")
    assert "Directory listing for /" in session.run("curl -s localhost").out
    for line in ("docker stop app", "docker run -d --network n busybox sleep 1000", "wait 5s"):
        session.run(line)
    assert "<h1>502 Bad Gateway</h1>" in session.run("curl -s localhost").out
    assert "is not a file or does not exist" in session.run("docker logs lb").out


def test_a_place_that_asks_itself_ends_with_the_worker_s_connections() -> None:
    lab = Session()
    assert not lab.run("docker run -d --name web nginx").code
    text = "server { listen 80; location / { proxy_pass http://127.0.0.1; } }"
    for line in (f"echo '{text}' > /etc/nginx/conf.d/default.conf", "nginx -s reload",
                 "sed -i 's/connections  1024/connections  20/' /etc/nginx/nginx.conf; nginx -s reload"):
        assert not lab.run(f"docker exec web sh -c {shlex.quote(line)}").code
    assert lab.run("curl -so /dev/null -w %{http_code} 172.17.0.2").out == "500"
    assert " [alert] 29#29: *11 20 worker_connections are not enough while connecting to upstream, " in lab.run(
        "docker logs web").err
    assert complaint("events { worker_connections x; }") == 'invalid number "x" in "worker_connections" directive'


def test_what_changes_nothing_is_said_once_each() -> None:
    text = server("proxy_buffering off; gzip on;\nlocation / { gzip off; }")
    assert Configuration(Texts(text)).notes == [
        f"note: nginx {name} changes nothing in the sandbox" for name in ("proxy_buffering", "gzip")]
    lab = Session()
    lab.run("docker run -d --name web nginx")
    line = "echo 'gzip on;' > /etc/nginx/conf.d/more.conf; nginx -t"
    assert lab.run(f"docker exec web sh -c {shlex.quote(line)}").err.splitlines()[2:] == [
        "note: nginx gzip changes nothing in the sandbox"]
    assert packaged().notes == []
