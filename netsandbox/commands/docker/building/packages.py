"""What a RUN installs: the programs that the sandbox has anyhow, which are the image's from then on."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.docker.images import Image

INSTALLS = re.compile(r"\b(?:apt-get|apt|apk|yum|dnf|microdnf)\b[^;&|]*?\b(?:install|add)\b([^;&|]*)")
PROGRAMS = {
    **dict.fromkeys(("iputils-ping", "iputils", "inetutils-ping"), "ping"), "iputils-arping": "arping",
    **dict.fromkeys(("iproute2", "iproute"), "ip ss bridge tc"), "net-tools": "ifconfig netstat route arp",
    **dict.fromkeys(("dnsutils", "bind9-dnsutils", "bind-tools", "bind-utils"), "dig nslookup host"),
    **dict.fromkeys(("netcat", "netcat-openbsd", "netcat-traditional", "nmap-ncat"), "nc"), "bridge-utils": "brctl",
    **dict.fromkeys(("procps", "procps-ng"), "ps pgrep pkill sysctl"), "redis-tools": "redis-cli"}
"""Of packages that are not called as their programs."""
SERVERS = {"nginx": "nginx", "apache2": "httpd", "httpd": "httpd", "redis": "redis", "redis-server": "redis",
           "memcached": "memcached", "mysql-server": "mysql", "mariadb-server": "mariadb", "postgresql": "postgres"}
"""What is a server of its own image here."""


def installed(image: Image, text: str, has_program: Callable[[str], bool]) -> tuple[Image, list[str]]:
    """The image with what a command line installs, and what there is to say of the rest."""
    words = [word for found in INSTALLS.findall(text) for word in found.split() if not word.startswith("-")]
    programs = [name for word in words for name in PROGRAMS.get(word, word).split() if has_program(name)]
    notes = [f"note: the sandbox installs no {word}: `FROM {SERVERS[word]}` brings it" for word in words
             if word in SERVERS and image.server != SERVERS[word]]
    return image._replace(tools=tuple(dict.fromkeys((*image.tools, *programs)))), notes
