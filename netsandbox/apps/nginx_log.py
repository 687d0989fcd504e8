"""nginx's logs: which files, and in which format, its nginx.conf says (ngx_http_log_module).

In the official image both files are links to the container's output.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.linux.core.files import Files

DIRECTORY, CONFIGURATION = "/var/log/nginx", "/etc/nginx"
LINKS: dict[str, bytes | str] = {"access.log": "/dev/stdout", "error.log": "/dev/stderr"}
COMBINED = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
            '"$http_user_agent"')
MAIN = COMBINED + ' "$http_x_forwarded_for"'
CONF = f"""# What of the image's configuration the sandbox reads: where the logs go, and their format.
error_log  {DIRECTORY}/error.log notice;

http {{
    log_format  main  '{MAIN}';
    access_log  {DIRECTORY}/access.log  main;
}}
"""
FORMAT = re.compile(r"(?:^|[;{])\s*log_format\s+(\w+)\s+'([^']*)'\s*;", re.MULTILINE)
ACCESS = re.compile(r"(?:^|[;{])\s*access_log\s+(\S+?)(?:\s+(\w+))?\s*;", re.MULTILINE)
ERROR = re.compile(r"(?:^|[;{])\s*error_log\s+(\S+?)(?:\s+\w+)?\s*;", re.MULTILINE)
TOKENS_OFF = re.compile(r"(?:^|[;{])\s*server_tokens\s+off\s*;", re.MULTILINE)
VARIABLE = re.compile(r"\$(\w+)")


class Printer(Protocol):
    """The server, whose output the container's log keeps."""

    def print(self, text: str) -> None: ...

    def complain(self, text: str) -> None: ...


class NginxLog:
    """Where one server writes.

    Args:
        files: the container's; None for a server without any.
    """

    def __init__(self, files: Files | None) -> None:
        self._files = files
        self._access, self._error, self._format = "/dev/stdout", "/dev/stderr", MAIN
        self.tells_version = True
        """`server_tokens off` is not there."""
        if files is None:
            return
        files.system.furnish(DIRECTORY, LINKS)
        files.system.furnish(CONFIGURATION, {"nginx.conf": CONF.encode()})
        if not files.system.is_untouched:
            self._configure(files)

    def _configure(self, files: Files) -> None:
        try:
            text = files.read(f"{CONFIGURATION}/nginx.conf")
        except FileError:
            return
        self.tells_version = TOKENS_OFF.search(text) is None
        formats = {"combined": COMBINED, **dict(FORMAT.findall(text))}
        access, error = ACCESS.search(text), ERROR.search(text)
        if access is not None:
            self._access, self._format = access[1], formats.get(access[2] or "combined", COMBINED)
        if error is not None:
            self._error = error[1]

    def access(self, host: Printer, values: dict[str, str]) -> None:
        """One request, by the variables of the format."""
        self._write(host, self._access, VARIABLE.sub(lambda name: values.get(name[1], "-"), self._format))

    def error(self, host: Printer, text: str) -> None:
        self._write(host, self._error, text)

    def _write(self, host: Printer, path: str, text: str) -> None:
        where = self._canonical(path)
        if where == "/dev/stdout":
            host.print(text)
        elif where == "/dev/stderr" or self._files is None:
            host.complain(text)
        elif where != "off":
            try:
                self._files.write(where, text + "\n", append=True)
            except FileError:
                return

    def _canonical(self, path: str) -> str:
        """Where a path leads; in a file system at which nobody has looked the links are the image's."""
        if self._files is None or not path.startswith("/"):
            return path
        if self._files.system.is_untouched:
            name = path.removeprefix(f"{DIRECTORY}/")
            return str(LINKS.get(name, path))
        try:
            return self._files.canonical(path)
        except FileError:
            return path
