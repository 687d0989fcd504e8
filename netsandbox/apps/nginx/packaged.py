"""The files that nginx's image brings: its configuration, as far as the sandbox reads it, and its pages."""

from __future__ import annotations

from pathlib import Path

from netsandbox.apps.sites.pages import TYPES
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

CONFIGURATION, SERVERS, ROOT = "/etc/nginx", "/etc/nginx/conf.d", "/usr/share/nginx/html"


def _packaged(name: str) -> bytes:
    return (Path(__file__).with_name("image") / name).read_bytes()


DEFAULT_CONF = _packaged("default.conf").decode()
MIME_TYPES = "types {\n" + "".join(
    f"    {kind}  {' '.join(ending for ending, other in TYPES.items() if other == kind)};\n"
    for kind in dict.fromkeys(TYPES.values())) + "}\n"
FILES: dict[str, dict[str, bytes | str]] = {
    CONFIGURATION: {"nginx.conf": _packaged("nginx.conf"), "mime.types": MIME_TYPES.encode()},
    SERVERS: {"default.conf": DEFAULT_CONF.encode()},
    ROOT: {"index.html": _packaged("index.html"), "50x.html": _packaged("50x.html")}}


class Packaged:
    """Those files where nobody has looked at the container's (conf.Reader)."""

    def read(self, path: str) -> str:
        folder, _slash, name = path.rpartition("/")
        found = FILES.get(folder, {}).get(name)
        if not isinstance(found, bytes):
            raise FileError("ENOENT")
        return found.decode()

    def is_directory(self, path: str) -> bool:
        return path.rstrip("/") in FILES

    def names(self, path: str) -> list[str]:
        return list(FILES.get(path, {}))


def furnish_configuration(files: Files) -> None:
    for folder, entries in FILES.items():
        files.system.furnish(folder, entries)
