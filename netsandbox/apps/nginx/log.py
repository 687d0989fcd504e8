"""nginx's logs: which files, and in which format, its nginx.conf says (ngx_http_log_module).

In the official image both files are links to the container's output.
"""

from __future__ import annotations

import re
from typing import Protocol

from netsandbox.apps.nginx.servers import Configuration, Scope
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError

DIRECTORY = "/var/log/nginx"
ACCESS_LOG, ERROR_LOG = f"{DIRECTORY}/access.log", f"{DIRECTORY}/error.log"
LINKS: dict[str, bytes | str] = {"access.log": "/dev/stdout", "error.log": "/dev/stderr"}
VARIABLE = re.compile(r"\$(\w+)")


class Printer(Protocol):
    """The server, whose output the container's log keeps."""

    def print(self, text: str) -> None: ...

    def complain(self, text: str) -> None: ...


class NginxLog:
    """Where one server writes (files: the container's; None for a server without any)."""

    def __init__(self, files: Files | None, configuration: Configuration) -> None:
        self._files = files
        self._formats = configuration.formats
        self._error = configuration.http.word("error_log", ERROR_LOG)

    def access(self, host: Printer, place: Scope, values: dict[str, str]) -> None:
        """One request, by the variables of the format, as the place of the configuration wants it."""
        logs = [found.words for found in place.find("access_log")] or [(ACCESS_LOG,)]
        for path, *names in logs:
            form = self._formats[names[0] if names and "=" not in names[0] else "combined"]
            self._write(host, path, VARIABLE.sub(lambda name: values.get(name[1], "-"), form))

    def error(self, host: Printer, text: str) -> None:
        self._write(host, self._error, text)

    def _write(self, host: Printer, path: str, text: str) -> None:
        where = self._canonical(path)
        if where == "/dev/stdout" or (self._files is None and path == ACCESS_LOG):
            host.print(text)
        elif where in ("/dev/stderr", "stderr") or self._files is None:
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


def furnish_logs(files: Files) -> None:
    files.system.furnish(DIRECTORY, LINKS)
