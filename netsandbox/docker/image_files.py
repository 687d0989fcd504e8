"""The files that an image of the sandbox's own brings: those of its server, whether it has run or not."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.apps.nginx.site import furnish as furnish_nginx
from netsandbox.apps.sites.apache import ApacheSite
from netsandbox.docker.images import Image
from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.files import accounts
from netsandbox.linux.core.files.file_system import Files, Generator
from netsandbox.wire import services

REPOSITORIES = b"".join(b"https://dl-cdn.alpinelinux.org/alpine/v3.23/%s\n" % part for part in (b"main", b"community"))

RELEASES = {
    "alpine": {"3.23": ("3.23.0", "Alpine Linux v3.23")},
    "debian": {"trixie": ("13", "Debian GNU/Linux 13 (trixie)"), "bookworm": ("12", "Debian GNU/Linux 12 (bookworm)"),
               "bullseye": ("11", "Debian GNU/Linux 11 (bullseye)"), "buster": ("10", "Debian GNU/Linux 10 (buster)")},
    "ubuntu": {"noble": ("24.04", "Ubuntu 24.04.3 LTS"), "jammy": ("22.04", "Ubuntu 22.04.5 LTS"),
               "focal": ("20.04", "Ubuntu 20.04.6 LTS"), "bionic": ("18.04", "Ubuntu 18.04.6 LTS")}}
"""VERSION_ID and PRETTY_NAME of /etc/os-release, by ID and VERSION_CODENAME; the first is the latest."""
NAMES = {"alpine": "Alpine Linux", "debian": "Debian GNU/Linux", "ubuntu": "Ubuntu"}
ALPINE_TAG = re.compile(r"3\.[12]\d(\.\d+)?")
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

    def __init__(self, kind: str, tag: str) -> None:
        self._kind = kind
        self._tag = tag

    def read(self, _path: str) -> str | None:
        known, stem = RELEASES[self._kind], self._tag.removesuffix("-slim")
        codename = next((name for name, (version, _pretty) in known.items() if stem in (name, version)), "")
        version, pretty = known[codename or next(iter(known))]
        if self._kind == "alpine" and ALPINE_TAG.fullmatch(stem):
            version, pretty = f"{stem}.0" if stem.count(".") == 1 else stem, f"Alpine Linux v{stem[:4]}"
        code = f"VERSION_CODENAME={codename or next(iter(known))}\n" if self._kind != "alpine" else ""
        return f'PRETTY_NAME="{pretty}"\nNAME="{NAMES[self._kind]}"\nVERSION_ID="{version}"\n{code}ID={self._kind}\n'


OF_DISTRIBUTION: dict[str, Callable[[], str]] = {
    "/etc/passwd": accounts.passwd_file, "/etc/group": accounts.group_file, "/etc/services": services.services_file}
"""Of a Debian, also where it is a host."""
BARE = ("debian", "httpd")  # Images that add nobody to the users of their distribution


class Distribution(Generator):
    """The same in a container."""

    def read(self, path: str) -> str | None:
        return OF_DISTRIBUTION[path]()


def release(image: Image, reference: str) -> dict[str, Generator]:
    """/etc/os-release of what an image was made from, where it is one of those known here, and its users (reference: as
    it was asked for, whose tag may name an older release of a distribution)."""
    kind = "alpine" if "apk" in image.tools else "debian" if "apt" in image.tools else ""
    kind = "ubuntu" if kind and image.name == "ubuntu" else kind
    tag = reference.rpartition("/")[2].partition(":")[2] if image.name == kind else ""
    found: dict[str, Generator] = {OS_RELEASE: Release(kind, tag)} if kind else {}
    return {**found, **dict.fromkeys(OF_DISTRIBUTION if image.name in BARE else (), Distribution())}
