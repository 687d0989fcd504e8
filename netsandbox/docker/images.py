"""The images that a container can be run from, and what their programs do.

An image here is its main program: which ports it binds, what it writes into
the container's log, and how it ends when a port is taken or it is stopped.
"""

from __future__ import annotations

from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from shlex import split
from typing import NamedTuple

from netsandbox.docker.health import HealthCheck
from netsandbox.linux.core.files.inode import Layer


class HistoryStep(NamedTuple):
    """What one step of an image's making added, in characters of files; `at` is virtual nanoseconds."""

    at: int
    created_by: str
    size: int
    comment: str | None = None  # of docker commit; None where BuildKit made it


class Image(NamedTuple):
    """One image."""

    name: str
    # entrypoint, cmd: the words of its program (ENTRYPOINT and CMD)
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()  # what that program listens on (TCP)
    exposed: tuple[str, ...] = ()  # as `docker ps` shows an unpublished port
    server: str = ""  # whose words it fails with when a port is taken (apps.server)
    process: str = ""  # the server's program; as an argument it starts the server too
    backlog: int = 128
    dual_stack: bool = True
    greeting: tuple[str, ...] = ()  # first lines of its log
    ready: tuple[str, ...] = ()  # last lines of its log once its ports are bound, as Server words them
    stop_signal: str = "SIGTERM"  # what `docker stop` sends
    tag: str = "latest"
    tools: tuple[str, ...] = ()  # the programs that it has beside its own; `*` for all
    size: str = ""  # as `docker images` shows it
    layer: Layer | None = None  # the files that its containers begin with; None for those that its server brings
    digest: str = ""  # of one that was made; all its names have it
    says: tuple[str, ...] = ()  # what its program prints before it ends
    volumes: tuple[str, ...] = ()  # the directories for which each container gets a volume
    # environment, workdir, user, labels, health_check: what its containers begin with where they are told nothing
    environment: tuple[str, ...] = ()
    workdir: str = ""
    user: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    health_check: HealthCheck | None = None
    created: int | None = None  # of one that was made: virtual nanoseconds
    history: tuple[HistoryStep, ...] = ()  # what it was made by, the first step first
    # comment, author: what docker commit was told of them
    comment: str = ""
    author: str = ""

    @property
    def has_busybox(self) -> bool:
        """Whether its tools are BusyBox's."""
        return "busybox" in self.tools

    def really_has(self, name: str) -> bool:
        """Whether the real image has a program that the sandbox has not."""
        if self.has_busybox:
            return name in APPLETS
        beside = CLIENTS.get(self.process or next(iter(self.cmd), ""), ())
        return name in beside or (bool({"bash", "*"} & set(self.tools)) and name in COREUTILS)

    @property
    def identity(self) -> str:
        """64 hex digits: an image is named by a hash, here of its name unless it was made of a container."""
        return self.digest or sha256(f"{self.name}:{self.tag}".encode()).hexdigest()


NGINX_GREETING = (
    "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
    "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
    "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
    "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf",
    "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf",
    "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh",
    "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
    "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
    "/docker-entrypoint.sh: Configuration complete; ready for start up")

NGINX_READY = (
    "{nginx} [notice] 1#1: using the \"epoll\" event method", "{nginx} [notice] 1#1: nginx/1.29.5",
    "{nginx} [notice] 1#1: start worker processes", "{nginx} [notice] 1#1: start worker process 29")

SHELL = ("sh", "[", "cat", "echo", "env", "false", "hostname", "nsenter", "printenv", "pwd", "sleep", "tail", "test",
         "top", "true", "whoami")
DEBIAN = (*SHELL, "bash", "apt", "apt-get", "getent", "ls", "lsns", "readlink", "seq", "uname")
RED_HAT = (*SHELL, "bash", "dnf", "yum", "curl", "getent", "ls", "lsns", "readlink", "seq", "uname")
BUSYBOX = (*SHELL, "ls", "readlink", "seq", "uname", "nc", "nslookup", "ping", "wget", "ip", "arp", "route",
           "traceroute", "netstat", "ifconfig", "arping", "brctl", "sysctl", "busybox")
ALPINE = (*BUSYBOX, "apk", "getent")
EVERYTHING = ("*",)
CLIENTS = {"mysqld": ("mysql", "mysqldump", "mysqladmin"), "mariadbd": ("mariadb", "mariadb-dump", "mariadb-admin"),
           "postgres": ("psql", "pg_dump", "pg_isready", "createdb", "createuser"),
           "zsh": ("ab", "bird", "birdc", "calicoctl", "ctop", "drill", "file", "fortio", "git", "grpcurl", "http",
                   "iftop", "iperf", "iptraf-ng", "ipset", "ipvsadm", "ltrace", "netgen", "ngrep", "openssl", "perl",
                   "pip", "scapy", "snmpget", "snmpwalk", "speedtest-cli", "strace", "swaks", "tcptraceroute",
                   "termshark", "trip", "tshark", "vim", "websocat", "zsh")}
"""What an image has beside its program, by that program's name; netshoot's is a shell."""


def _text(name: str) -> str:
    return (Path(__file__).with_name("image_texts") / f"{name}.txt").read_text(encoding="utf-8")


COREUTILS = frozenset(_text("coreutils").split())
"""What a Debian without packages of its own has: coreutils, util-linux and their like."""
APPLETS = frozenset(_text("busybox").split())  # What BusyBox has beside

IMAGES: dict[str, Image] = {image.name: image for image in (
    Image("nginx", ("/docker-entrypoint.sh",), ("nginx", "-g", "daemon off;"), (80,), ("80/tcp",), "nginx", "nginx",
          511, greeting=NGINX_GREETING, ready=NGINX_READY, stop_signal="SIGQUIT", tools=(*DEBIAN, "curl", "nginx"),
          size="161MB"),
    Image("httpd", (), ("httpd-foreground",), (80,), ("80/tcp",), "httpd", "httpd-foreground", 511,
          stop_signal="SIGWINCH", tools=DEBIAN, size="117MB", workdir="/usr/local/apache2"),
    Image("redis", ("docker-entrypoint.sh",), ("redis-server",), (6379,), ("6379/tcp",), "redis", "redis-server", 511,
          ready=("1:M {redis} * Ready to accept connections tcp",), tools=(*DEBIAN, "redis-cli"),
          size="137MB", volumes=("/data",), workdir="/data"),
    Image("memcached", ("docker-entrypoint.sh",), ("memcached",), (11211,), ("11211/tcp",), "memcached", "memcached",
          1024, dual_stack=False, tools=DEBIAN, size="83.9MB"),
    Image("mysql", ("docker-entrypoint.sh",), ("mysqld",), (3306,), ("3306/tcp", "33060/tcp"), "mysql", "mysqld", 151,
          tools=(*SHELL, "bash", "ls", "microdnf", "uname"), size="859MB", volumes=("/var/lib/mysql",)),
    Image("busybox", (), ("sh",), tools=(*BUSYBOX, "httpd", "telnet"), size="4.43MB"),
    Image("alpine", (), ("/bin/sh",), tools=ALPINE, size="8.32MB"),
    Image("ubuntu", (), ("/bin/bash",), tag="24.04", tools=DEBIAN, size="78.1MB"),
    Image("debian", (), ("bash",), tools=DEBIAN, size="117MB"),
    Image("nicolaka/netshoot", (), ("zsh",), tools=EVERYTHING, size="500MB"),
    Image("registry.k8s.io/pause", ("/pause",), tag="3.10", size="736kB"),
)}


HELLO = tuple(_text("hello").split("\n"))
NGINX_WITH_TOOLS = Image("", (), ("nginx", "-g", "daemon off;"), (80,), ("80/tcp", "443/tcp"), "nginx", "nginx", 511,
                         ready=NGINX_READY, tools=EVERYTHING, size="63MB")


def _silent(name: str, process: str, *ports: int, size: str, ready: str = "", volumes: tuple[str, ...] = ()) -> Image:
    """A server whose protocol nobody speaks here; it listens, and takes connections."""
    return Image(name, ("docker-entrypoint.sh",), (process,), ports, tuple(f"{port}/tcp" for port in ports), "silent",
                 process, ready=(ready,) if ready else (), tools=DEBIAN, size=size, volumes=volumes)


def _web(name: str, kind: str, port: int, *cmd: str, size: str, tools: tuple[str, ...] = ()) -> Image:
    """A web server of another kind."""
    return Image(name, (), cmd, (port,), (f"{port}/tcp",), kind, cmd[0], tools=tools, size=size)


def _entry(name: str, kind: str, port: int, entrypoint: str, ready: str, size: str) -> Image:
    """One whose words are options."""
    return Image(name, (entrypoint,), (), (port,), (f"{port}/tcp",), kind, entrypoint, ready=(ready,), size=size)


def _application(name: str, ports: str, size: str, cmd: str) -> Image:
    """One that is reached and has no pages here."""
    numbers, words = tuple(int(port) for port in ports.split(",")), tuple(split(cmd))
    has_script = words[0].endswith("docker-entrypoint.sh") and len(words) > 1
    front = 1 if has_script or words[0].startswith("/") else 0
    return Image(name, words[:front], words[front:], numbers, tuple(f"{port}/tcp" for port in numbers), "no pages",
                 words[int(has_script)], tools=DEBIAN, size=size)


TOOLBOXES = (
    "tutum/curl", "tutum/dnsutils", "infoblox/dnstools", "arunvelsriram/utils", "giantswarm/tiny-tools",
    "eddiehale/utils", "rancher/curl", "smatyukevich/ubuntu-net-utils", "collabnixlabs/ubuntu-nettools",
    "amouat/network-utils", "jonlabelle/network-tools", "dwdraju/alpine-curl-jq", "rtuohy/alpine-curl",
    "sequenceiq/alpine-curl", "leodotcloud/swiss-army-knife")
"""Images of a shell and network tools."""
POSTGRES_READY = "{postgres} [1] LOG:  database system is ready to accept connections"
OTHERS: dict[str, Image] = {image.name: image for image in (
    _silent("postgres", "postgres", 5432, size="438MB", ready=POSTGRES_READY, volumes=("/var/lib/postgresql/data",)),
    _silent("training/postgres", "postgres", 5432, size="365MB", ready=POSTGRES_READY),
    _silent("mongo", "mongod", 27017, size="854MB", volumes=("/data/configdb", "/data/db")),
    *(_silent(name, process, *ports, size=size) for name, process, ports, size in (
        ("nats", "nats-server", (4222, 6222, 8222), "18.4MB"), ("zookeeper", "zkServer.sh", (2181,), "309MB"),
        ("couchdb", "couchdb", (5984,), "268MB"), ("neo4j", "neo4j", (7474, 7687), "579MB"),
        ("eclipse-mosquitto", "mosquitto", (1883,), "20MB"),
        ("apache/kafka", "kafka-server-start.sh", (9092,), "413MB"),
        ("mcr.microsoft.com/mssql/server", "sqlservr", (1433,), "1.61GB"))),
    _silent("rabbitmq", "rabbitmq-server", 5672, size="258MB"),
    _silent("cassandra", "cassandra", 9042, size="383MB"), _silent("rethinkdb", "rethinkdb", 8080, size="131MB"),
    IMAGES["mysql"]._replace(name="mariadb", cmd=("mariadbd",), process="mariadbd", exposed=("3306/tcp",),
                             tools=DEBIAN, size="334MB"),
    *(IMAGES["httpd"]._replace(name=name, entrypoint=("docker-entrypoint.sh",), cmd=("apache2-foreground",),
                               process="apache2-foreground", tools=(*DEBIAN, "curl"), size="701MB",
                               workdir="/var/www/html")
      for name in ("wordpress", "phpmyadmin", "phpmyadmin/phpmyadmin", "drupal")),
    *(Image(name, (), (shell,), tools=(*DEBIAN, "curl", "python3", "python"), size="1.1GB") for name, shell in (
        ("python", "python3"), ("node", "node"), ("golang", "bash"), ("openjdk", "bash"), ("ruby", "irb"),
        ("php", "php"), ("maven", "mvn"), ("gradle", "gradle"), ("eclipse-temurin", "jshell"))),
    *(_entry(name, "whoami", 80, "/whoami", "{nginx} Starting up on port {port}", "6.58MB") for name in (
        "traefik/whoami", "containous/whoami")),
    _entry("hashicorp/http-echo", "http-echo", 5678, "/http-echo", "{nginx} [INFO] server is listening on :{port}",
           "7.04MB"),
    _entry("jmalloc/echo-server", "request served", 8080, "/bin/echo-server", "Echo server listening on port {port}.",
           "7.33MB"),
    _web("jwilder/whoami", "i am", 8000, "/app/http", size="10.1MB"),
    _web("tomcat", "tomcat", 8080, "catalina.sh", "run", size="515MB", tools=(*DEBIAN, "curl")),
    _web("nginxdemos/hello", "hello", 80, "nginx", "-g", "daemon off;", size="42.6MB", tools=(*ALPINE, "curl")),
    _web("training/webapp", "flask", 5000, "python", "app.py", size="349MB", tools=(*DEBIAN, "python")),
    _web("strm/helloworld-http", "hello from", 80, "python", "/main.py", size="53.4MB", tools=(*DEBIAN, "python")),
    _web("elasticsearch", "elasticsearch", 9200, "eswrapper", size="1.27GB", tools=(*DEBIAN, "curl")),
    _web("registry", "registry", 5000, "/etc/docker/registry/config.yml", size="57.7MB", tools=ALPINE),
    _web("kennethreitz/httpbin", "httpbin", 80, "gunicorn", "-b", "0.0.0.0:80", "httpbin:app", "-k", "gevent",
         size="534MB", tools=(*DEBIAN, "python3")),
    *(_web(name, "hello-app", 8080, "./hello-app", size="11.5MB") for name in (
        "google-samples/hello-app", "gcr.io/google-samples/hello-app")),
    *(_application(*line.split(maxsplit=3)) for line in _text("applications").strip().split("\n")),
    Image("hello-world", (), ("/hello",), size="10.1kB", says=HELLO),
    *(Image(name, ("curl",), tools=(*BUSYBOX, "curl"), size="22MB") for name in (
        "curlimages/curl", "alpine/curl", "byrnedo/alpine-curl", "appropriate/curl")),
    *(Image(name, (program,), cmd, tools=(*BUSYBOX, program), size="12MB") for name, program, cmd in (
        ("networkstatic/iperf3", "iperf3", ()), ("mlabbe/iperf3", "iperf3", ("-s",)), ("alpine/socat", "socat", ()),
        ("itsthenetwork/alpine-tcpdump", "tcpdump", ()), ("corfr/tcpdump", "tcpdump", ()))),
    *(Image(name, (), ("/bin/sh",), tools=EVERYTHING, size="60MB") for name in TOOLBOXES),
    Image("centos", (), ("/bin/bash",), tools=(*RED_HAT, "arping", "ping", "tracepath"), size="200MB"),
    *(Image(name, (), ("/bin/bash",), tools=RED_HAT, size="200MB") for name in (
        "rockylinux", "almalinux", "fedora", "amazonlinux", "oraclelinux")),
    *(NGINX_WITH_TOOLS._replace(name=name) for name in ("wbitt/network-multitool", "praqma/network-multitool")),
    Image("radial/busyboxplus", (), ("/bin/sh",), tools=(*BUSYBOX, "curl"), size="13MB"),
    *(Image(name, ("/pause",), size="736kB") for name in (
        "k8s.gcr.io/pause", "google_containers/pause", "google-containers/pause", "gcr.io/google_containers/pause",
        "gcr.io/google_containers/pause-amd64",
        "registry.k8s.io/pause-amd64", "mirrorgooglecontainers/pause-amd64")))}
"""What tutorials run beside those; they are there when they are asked for, and listed after that."""
PHP_APACHE = OTHERS["drupal"]._replace(name="php", entrypoint=("docker-php-entrypoint",), size="506MB")
"""What `php:apache` and `php:8-apache` are."""
ARCHITECTURES = ("amd64", "arm32v7", "arm64v8", "i386")
BASES = frozenset({"busybox", "alpine", "ubuntu", "debian", "centos"})
"""Images that others publish under the same name, with little more in them."""


def find_image(reference: str) -> Image | None:
    """An image by its reference; digest and the docker.io prefix do not matter, nor does a registry's name.

    Of the tag it matters whether it names Alpine, as `nginx:1.29-alpine` does.
    """
    name = reference.split("@")[0]
    if "/library/" in name:
        name = name.rpartition("/library/")[2]
    name = name.removeprefix("docker.io/").removeprefix("library/")
    head, slash, tail = name.rpartition("/")
    bare = head + slash + tail.split(":")[0]
    if head in ARCHITECTURES:
        bare = bare.removeprefix(f"{head}/")
    host, _slash, rest = bare.partition("/")
    tag = tail.partition(":")[2]
    found = PHP_APACHE if bare == "php" and "apache" in tag else IMAGES.get(bare) or OTHERS.get(bare)
    if found is None and "." in host and ":" not in host and rest:
        return find_image(rest)
    return _on_alpine(found, tag) if found is not None and "alpine" in tag else found


def _on_alpine(image: Image, tag: str) -> Image:
    """The same server above Alpine's files, where it stands above Debian's."""
    if not set(DEBIAN) <= set(image.tools):
        return image
    brought = [tool for tool in image.tools if tool not in DEBIAN and (tool != "curl" or image.server == "nginx")]
    return image._replace(tools=(*ALPINE, *brought), tag=tag)


def stand_in(reference: str) -> Image | None:
    """The base image that somebody else's image of the same name is taken for; a note says so where it is run."""
    head, _slash, tail = reference.split("@")[0].rpartition("/")
    name = tail.split(":")[0]
    return find_image(name) if head and name in BASES else None


def nearest_image(reference: str) -> str | None:
    near = get_close_matches(reference.split(":")[0], list(IMAGES), 1)
    return near[0] if near else None
