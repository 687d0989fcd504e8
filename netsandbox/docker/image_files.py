"""The files that an image of the sandbox's own brings: those of its server, whether it has run or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.http_server import ApacheSite
from netsandbox.apps.nginx_site import furnish as furnish_nginx
from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.files import Generator

if TYPE_CHECKING:
    from netsandbox.docker.images import Image
    from netsandbox.linux.core.files import Files

REPOSITORIES = b"".join(b"https://dl-cdn.alpinelinux.org/alpine/v3.23/%s\n" % part for part in (b"main", b"community"))

RELEASES = {
    "alpine": ("Alpine Linux", "3.23.0", "Alpine Linux v3.23", ""),
    "debian": ("Debian GNU/Linux", "13", "Debian GNU/Linux 13 (trixie)", "trixie"),
    "ubuntu": ("Ubuntu", "24.04", "Ubuntu 24.04.3 LTS", "noble")}
"""NAME, VERSION_ID, PRETTY_NAME and VERSION_CODENAME of /etc/os-release, by ID."""
OS_RELEASE = "/etc/os-release"


def furnish(image: Image, files: Files) -> None:
    """Before anybody has looked at a container's files."""
    files.system.furnish("/dev/shm", NOTHING)
    if "apk" in image.tools:
        files.system.furnish("/etc/apk", {"repositories": REPOSITORIES})
    if image.workdir:
        files.system.furnish(image.workdir, {})
    if image.server == "nginx":
        furnish_nginx(files)
    elif image.server == "httpd":
        ApacheSite.furnish(files)


class Release(Generator):
    """os-release(5) of a distribution."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def read(self, _path: str) -> str | None:
        name, version, pretty, codename = RELEASES[self._kind]
        code = f"VERSION_CODENAME={codename}\n" if codename else ""
        return f'PRETTY_NAME="{pretty}"\nNAME="{name}"\nVERSION_ID="{version}"\n{code}ID={self._kind}\n'


def release(image: Image) -> dict[str, Generator]:
    """/etc/os-release of what an image was made from, where it is one of those known here."""
    kind = "alpine" if "apk" in image.tools else "debian" if "apt" in image.tools else ""
    kind = "ubuntu" if kind and image.name == "ubuntu" else kind
    return {OS_RELEASE: Release(kind)} if kind else {}
