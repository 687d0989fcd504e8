"""The files that an image of the sandbox's own brings: those of its server, whether it has run or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.http_server import ApacheSite
from netsandbox.apps.nginx_site import furnish as furnish_nginx

if TYPE_CHECKING:
    from netsandbox.docker.images import Image
    from netsandbox.linux.core.files import Files

REPOSITORIES = b"".join(b"https://dl-cdn.alpinelinux.org/alpine/v3.23/%s\n" % part for part in (b"main", b"community"))


def furnish(image: Image, files: Files) -> None:
    """Before anybody has looked at a container's files."""
    if "apk" in image.tools:
        files.system.furnish("/etc/apk", {"repositories": REPOSITORIES})
    if image.workdir:
        files.system.furnish(image.workdir, {})
    if image.server == "nginx":
        furnish_nginx(files)
    elif image.server == "httpd":
        ApacheSite.furnish(files)
