"""Which Engine a docker line is for: -H, --context, DOCKER_HOST, or the context in use; and how it is reached."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.http_client import HttpClient
from netsandbox.commands.docker.client.flags import FALSE, TRUE
from netsandbox.docker.daemon_settings import SOCKET
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import NOBODY, DockerError
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import AddressError, parse_ipv4
from netsandbox.wire.http import Head

if TYPE_CHECKING:

    from netsandbox.commands.docker.client.client import Client

UNIX = SOCKET
DEFAULT_PORT, SSH_PORT = 2375, 22
UNRESOLVED = "Failed to initialize: unable to resolve docker endpoint: "
VALUED = {"-H": "host", "--host": "host", "-c": "context", "--context": "context", "--config": "config",
          "-l": "log-level", "--log-level": "log-level", "--tlscacert": "tlscacert", "--tlscert": "tlscert",
          "--tlskey": "tlskey"}
LEVELS = ("debug", "info", "warn", "warning", "error", "fatal", "panic", "trace")
PLAIN = ("-D", "--debug")
VERSION = ("-v", "--version")  # Asks for the version where no command follows
ENCRYPTED = ("--tls", "--tlsverify")
WHY = {"ECONNREFUSED": "connection refused", "EHOSTUNREACH": "no route to host",
       "ENETUNREACH": "network is unreachable", "ETIMEDOUT": "connection timed out"}
PATHS = {"ps": "containers/json", "images": "images/json", "info": "info", "version": "version",
         "network ls": "networks", "events": "events",
         "network prune": "networks/prune", "container prune": "containers/prune"}
"""What the client asks for, of commands that are about nothing in particular."""


class Options(NamedTuple):
    """Options before the command."""

    # host, context: empty unless given
    host: str
    context: str
    words: list[str]  # the command and what follows
    ignored: tuple[str, ...] = ()  # those that change nothing here


class Endpoint(NamedTuple):
    """An Engine's place, and the context that says so."""

    url: str
    context: str


def global_options(words: list[str]) -> Options:
    """The options that stand before a command (DockerError: one has no value, or asks for encryption)."""
    rest, found = list(words), dict[str, str]()
    while rest and rest[0].startswith("-") and _take_option(rest, found):
        pass
    _check(found)
    asked = found.pop("version", "")
    return Options(found.get("host", ""), found.get("context", ""), [asked, *rest] if asked else rest,
                   tuple(name for name in found if name not in ("host", "context")))


def _take_option(rest: list[str], found: dict[str, str]) -> bool:
    """Whether the first word is such an option; it and its value are found then."""
    name, equals, value = rest[0].partition("=")
    if name in PLAIN:
        if equals:
            _check_truth(value)
        found["debug"] = rest.pop(0)
    elif rest[0] in VERSION:
        found["version"] = rest.pop(0)
    elif name in ENCRYPTED:
        raise DockerError(f"netsandbox: {name} is not modelled: there is no encryption; `docker -H tcp://HOST:2375`"
                          " reaches an Engine whose daemon.json has it in \"hosts\"")
    elif name[:2] in VALUED and not name.startswith("--") and len(rest[0]) > 2:
        found[VALUED[name[:2]]] = rest.pop(0)[2:].removeprefix("=")
    elif name in VALUED:
        rest.pop(0)
        if not equals and not rest:
            shown = name if name.startswith("--") else f"'{name[1]}' in {name}"
            raise _misused(f"flag needs an argument: {shown}")
        found[VALUED[name]] = value if equals else rest.pop(0)
    else:
        return False
    return True


def _check_truth(value: str) -> None:
    if value not in TRUE | FALSE:
        raise _misused(f'invalid argument "{value}" for "-D, --debug" flag: strconv.ParseBool: parsing "{value}": '
                       "invalid syntax")


def _misused(what: str) -> DockerError:
    return DockerError(f"{what}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n"
                       "Run 'docker --help' for more information", 125)


def _check(found: dict[str, str]) -> None:
    if found.get("host") and found.get("context"):
        raise DockerError("Failed to initialize: conflicting options: either specify --host or --context, not both")
    level = found.get("log-level", "info")
    if level.lower() not in LEVELS:
        raise DockerError(f"Unable to parse logging level: {level}")


def checked(text: str, before: str = UNRESOLVED) -> str:
    """A place as the client writes it out (DockerError: it is none)."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        scheme, rest = "tcp", text.strip()
    if scheme not in ("tcp", "unix", "ssh"):
        raise DockerError(f"{before}invalid bind address format: {text}")
    if scheme != "tcp":
        return f"{scheme}://{rest}"
    host, colon, port = rest.partition("/")[0].partition(":")
    if colon and not re.fullmatch(r"\d{1,5}", port):
        raise DockerError(f'{before}parse "tcp://{rest}": invalid port ":{port}" after host')
    return f"tcp://{host or '127.0.0.1'}:{port or DEFAULT_PORT}"


def path_of(client: Client, command: str) -> str:
    """The request that the client's first connection is for, as its errors show it."""
    if command in ("run", "create"):
        return f'Post "http://{{place}}/v{client.api}/containers/create"'
    words = [word for word in client.arguments[len(command.split()):] if not word.startswith("-")]
    plain = f"containers/{words[0]}/json" if words else "_ping"
    return f'Get "http://{{place}}/v{client.api}/{PATHS.get(command, plain)}"'


class Dial:
    """A connection to an Engine elsewhere (apps.http_client.ClientOwner); it lasts as long as the command.

    Args:
        then: called with the Engine once it has said which one it is.
        failed: called with what the client says otherwise.
    """

    def __init__(self, client: Client, url: str, request: str, then: Callable[[DockerEngine], None],
                 failed: Callable[[DockerError], None]) -> None:
        self.client = client
        self.url = url
        self.request = request
        self.then = then
        self.failed = failed
        self.is_ssh = url.startswith("ssh://")
        self.host, _colon, port = url.partition("://")[2].rpartition("@")[2].partition("/")[0].partition(":")
        self.user = url.partition("://")[2].rpartition("@")[0]
        self.port = int(port) if port.isdecimal() else SSH_PORT
        self.http = HttpClient(client.namespace, client.process, self)
        self._body = b""

    def begin(self) -> None:
        """Look the name up, and connect."""
        try:
            address = parse_ipv4(self.host)
        except AddressError:
            found = self.client.machine.addresses().get(self.host)
            if found is None:
                self._refuse("", f"dial tcp: lookup {self.host}: no such host")
                return
            address = found
        try:
            self.http.connect(address, self.port)
        except SocketError as error:
            self.broken(self.http, "connect", error.name)

    def close(self) -> None:
        self.http.close()

    def connected(self, client: HttpClient) -> None:
        if self.is_ssh:
            self._fail("netsandbox: ssh is not modelled; \"hosts\": [\"tcp://0.0.0.0:2375\"] in the other one's "
                       "daemon.json lets `docker -H tcp://HOST` in")
            return
        lines = (f"GET /v{self.client.api}/info HTTP/1.1", f"Host: {self.host}:{self.port}",
                 f"User-Agent: Docker-Client/{self.client.version} (linux)", "", "")
        client.request("GET", to_bytes("\r\n".join(lines)))

    def got_head(self, client: HttpClient, raw: bytes, head: Head) -> None:
        """Nothing in it is needed."""

    def got_body(self, client: HttpClient, data: bytes) -> None:
        self._body += data

    def finished(self, client: HttpClient) -> None:
        try:
            told = json.loads(self._body)
            engine = self.client.machine.engine(str(told["ID"]))
        except (ValueError, KeyError, TypeError):
            engine = None
        if engine is None:
            self._fail("error during connect: what answers there is no Docker Engine")
        else:
            self.then(engine)

    def broken(self, client: HttpClient, what: str, error: str) -> None:
        if what != "connect":
            self._refuse("EOF", "EOF")
        elif self.is_ssh:
            self._fail(self._of_ssh(WHY.get(error, error).capitalize()))
        else:
            self._refuse(error, f"dial tcp {self.host}:{self.port}: connect: {WHY.get(error, error)}")

    def _of_ssh(self, why: str) -> str:
        who = f"-l {self.user} " if self.user else ""
        request = self.request.format(place="docker.example.com")
        return (f"error during connect: {request}: command [ssh {who}-o ConnectTimeout=30 -T -- {self.host} docker "
                "system dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or "
                f"later is installed on the remote host: stderr=ssh: connect to host {self.host} port {self.port}: "
                f"{why}\n")

    def _refuse(self, error: str, why: str) -> None:
        if error == "ECONNREFUSED":
            self._fail(NOBODY.format(endpoint=self.url))
        else:
            place = f"{self.host}:{self.port}"
            self._fail(f"error during connect: {self.request.format(place=place)}: {why}")

    def _fail(self, text: str) -> None:
        self.close()
        self.failed(DockerError(text))
