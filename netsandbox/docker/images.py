"""The images that a container can be run from, and what their programs do.

An image here is its main program: which ports it binds, what it writes into
the container's log, and how it ends when a port is taken or it is stopped.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple


class Image(NamedTuple):
    """One image.

    Attributes:
        command: as `docker ps` shows it.  ports: what it listens on (TCP).
        exposed: as `docker ps` shows an unpublished port.
        server: whose words it fails with when a port is taken (apps.server).
        greeting: first lines of its log.
        lasts: whether it runs on in the background without a command.
        stop_code: exit status after `docker stop`.
        stop_seconds: how long it takes to stop (10: it ignores SIGTERM and is killed).
        ready: last line of its log once its ports are bound.
    """

    name: str
    command: str
    ports: tuple[int, ...] = ()
    exposed: tuple[str, ...] = ()
    server: str = ""
    process: str = ""
    backlog: int = 128
    dual_stack: bool = True
    greeting: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    lasts: bool = True
    stop_code: int = 0
    stop_seconds: int = 0


NGINX_GREETING = (
    "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
    "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
    "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
    "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf",
    "/docker-entrypoint.sh: Configuration complete; ready for start up")

IMAGES: dict[str, Image] = {image.name: image for image in (
    Image("nginx", "/docker-entrypoint.sh nginx -g 'daemon off;'", (80,), ("80/tcp",), "nginx", "nginx", 511,
          greeting=NGINX_GREETING),
    Image("httpd", "httpd-foreground", (80,), ("80/tcp",), "httpd", "httpd", 511),
    Image("redis", "docker-entrypoint.sh redis-server", (6379,), ("6379/tcp",), "redis", "redis-server", 511,
          ready=("1:M 01 Jan 2026 00:00:00.000 * Ready to accept connections tcp",)),
    Image("memcached", "docker-entrypoint.sh memcached", (11211,), ("11211/tcp",), "memcached", "memcached", 1024,
          dual_stack=False),
    Image("mysql", "docker-entrypoint.sh mysqld", (3306,), ("3306/tcp", "33060/tcp"), "mysql", "mysqld", 151),
    Image("busybox", "sh", lasts=False, stop_code=137, stop_seconds=10),
    Image("alpine", "/bin/sh", lasts=False, stop_code=137, stop_seconds=10),
    Image("ubuntu", "/bin/bash", lasts=False, stop_code=137, stop_seconds=10),
    Image("debian", "bash", lasts=False, stop_code=137, stop_seconds=10),
    Image("nicolaka/netshoot", "zsh", lasts=False, stop_code=137, stop_seconds=10),
    Image("registry.k8s.io/pause", "/pause"),
)}


def find_image(reference: str) -> Image | None:
    """An image by its reference; tag, digest and the docker.io prefix do not matter."""
    name = reference.split("@")[0].removeprefix("docker.io/").removeprefix("library/")
    head, slash, tail = name.rpartition("/")
    return IMAGES.get(head + slash + tail.split(":")[0])


def nearest_image(reference: str) -> str | None:
    near = get_close_matches(reference.split(":")[0], list(IMAGES), 1)
    return near[0] if near else None
