"""nginx as a program: it reads its configuration, looks up the names in it, and serves; `nginx -t` only looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from netsandbox.apps.calendar import log_date
from netsandbox.apps.http_server import HttpSession
from netsandbox.apps.nginx.conf import MAIN, ConfError
from netsandbox.apps.nginx.packaged import DEFAULT_CONF, SERVERS
from netsandbox.apps.nginx.proxy import Group, Peer
from netsandbox.apps.nginx.servers import ANY, Configuration, Upstream
from netsandbox.apps.nginx.site import NginxSite, furnish, packaged
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Lookup, Reply
from netsandbox.apps.server import Server
from netsandbox.apps.sessions import Session
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import parse_ipv4

VERSION_TEXT = "nginx version: nginx/1.29.5"
DEFAULT = f"{SERVERS}/default.conf"
WRITTEN = (("/var/cache/nginx/client_temp", 'mkdir() "/var/cache/nginx/client_temp"'),
           ("/run/nginx.pid", 'open() "/run/nginx.pid"'))
"""What it makes before it serves, and the call that fails where it cannot."""
HANGUP = 1  # SIGHUP: read the configuration again


class Loading:
    """A configuration that is read, and whose upstream names are looked up (done: called once with the site, or with
    what nginx complains of)."""

    def __init__(self, namespace: NetworkNamespace, process: Process, files: Files | None,
                 done: Callable[[NginxSite | None, str], None]) -> None:
        self._namespace = namespace
        self._process = process
        self._files = files
        self._done: Callable[[NginxSite | None, str], None] | None = done
        self._site: NginxSite | None = None
        self._lookups: list[Lookup] = []
        self._found: dict[str, Reply] = {}

    def start(self) -> None:
        files = self._files
        try:
            site = self._site = NginxSite(files, _configuration(files))
        except ConfError as error:
            self._tell(None, str(error))
            return
        names = dict.fromkeys(one.host for group in site.configuration.groups.values() for one in group)
        if files is not None:
            context = Context(self._namespace, ["nginx"], files, int, {}, {}, Pipe(is_closed=True), {})
            self._lookups = [Lookup(context, self._process, name, partial(self._know, name)) for name in names]
        if not self._lookups:
            self._finish(site)
        for lookup in self._lookups:
            lookup.start()

    def _know(self, name: str, reply: Reply) -> None:
        self._found[name] = reply
        if len(self._found) == len(self._lookups) and self._site is not None:
            self._finish(self._site)

    def _finish(self, site: NginxSite) -> None:
        for name, group in site.configuration.groups.items():
            missing = next((one for one in group if not self._found[one.host].addresses), None)
            if missing is not None:
                self._tell(None, f'host not found in upstream "{_authority(missing)}" in {missing.where}')
                return
            site.groups[name] = Group([Peer(one, address) for one in group
                                       for address in self._found[one.host].addresses])
        site.owner = self._namespace, self._process
        self._tell(site, "")

    def _tell(self, site: NginxSite | None, complaint: str) -> None:
        """Who waits hears of it; nobody is kept for it any longer."""
        done, self._done, self._lookups = self._done, None, []
        if done is not None:
            done(site, complaint)

    def stop(self) -> None:
        for lookup in self._lookups:
            lookup.stop()


def _configuration(files: Files | None) -> Configuration:
    """The container's, which is the image's where nobody has looked at its files."""
    furnish(files)
    return packaged() if files is None or _is_packaged(files) else Configuration(files)


def _is_packaged(files: Files) -> bool:
    """Nobody has looked at the files, so they are the image's."""
    return files.system.is_untouched and not files.system.grafts


def _authority(member: Upstream) -> str:
    return member.host if member.port == 80 else f"{member.host}:{member.port}"


class NginxServer(Server):
    """nginx as the first process of a container, with the ports of its configuration."""

    def __init__(self, namespace: NetworkNamespace, name: str, backlog: int, pid: int, greeting: tuple[str, ...],
                 ready: tuple[str, ...], files: Files | None) -> None:
        super().__init__(namespace, name, "nginx", (), backlog, False, pid, greeting, ready, files)
        self._files = files
        self._site: NginxSite | None = None
        self._loading: Loading | None = None

    def start(self) -> None:
        self._load(self._begin)

    def _load(self, then: Callable[[NginxSite | None, str], None]) -> None:
        self._loading = Loading(self.namespace, self.process, self._files, then)
        self._loading.start()

    def _begin(self, site: NginxSite | None, complaint: str) -> None:
        for line in self._entrypoint():
            self.print(line)
        if site is None:
            self._give_up(complaint)
            return
        refused = next((f'{call} failed (30: Read-only file system)' for path, call in WRITTEN
                        if self._is_read_only(path)), "")
        if refused:
            self._give_up(refused)
            return
        for note in site.configuration.notes:
            self.complain(note)
        self._site = site
        self._attempt(None)

    def _give_up(self, complaint: str) -> None:
        self.complain(f"{log_date(self.scheduler.now)} [emerg] 1#1: {complaint}")
        self.complain(f"nginx: [emerg] {complaint}")
        self.exit(1)

    def _is_read_only(self, path: str) -> bool:
        """Whether nothing can be written at a canonical path."""
        try:
            if self._files is not None:
                self._files.system.owner(path)
        except FileError:
            return True
        return False

    def _entrypoint(self) -> Iterator[str]:
        """What the image's scripts say; one of them touches the packaged default.conf alone."""
        text: str | None = DEFAULT_CONF
        if self._files is not None and not _is_packaged(self._files):
            is_file = self._files.exists(DEFAULT) and not self._files.is_directory(DEFAULT)
            text = self._files.read(DEFAULT) if is_file else None
        said = "10-listen-on-ipv6-by-default.sh: info:"
        for line in self._greeting:
            if text is not None and line.startswith(said) and self._is_read_only(DEFAULT):
                if "checksum" in line:
                    yield f"{said} can not modify {DEFAULT} (read-only file system?)"
            elif text == DEFAULT_CONF or not line.startswith(said):
                yield line
            elif text is not None:
                yield line if "checksum" in line else f"{said} {DEFAULT} differs from the packaged version"
            elif "checksum" in line:
                yield f"{said} {DEFAULT} is not a file or does not exist"

    def reload(self) -> None:
        """SIGHUP: what is wrong is told, and all stays as it was."""
        stamp = log_date(self.scheduler.now)
        self.complain(f"{stamp} [notice] 1#1: signal {HANGUP} (SIGHUP) received, reconfiguring")
        self.complain(f"{stamp} [notice] 1#1: reconfiguring")
        self._load(self._change)

    def _change(self, site: NginxSite | None, complaint: str) -> None:
        stamp = log_date(self.scheduler.now)
        if site is None:
            self.complain(f"{stamp} [emerg] 1#1: {complaint}")
            return
        wanted = {(one.family, one.port) for one in site.configuration.ends}
        for socket in [one for one in self.sockets if (one.family, one.port) not in wanted]:
            socket.close()
            self.sockets.remove(socket)
        self._site = site
        for family, address, port in self.ends():
            if (family, port) not in {(one.family, one.port) for one in self.sockets}:
                refused = self.bind(family, address, port)
                if refused:
                    self.complain(f"{stamp} [emerg] 1#1: {refused}")
        self.complain(f"{stamp} [notice] 1#1: start worker processes")

    def ends(self) -> list[tuple[str, int, int]]:
        found = self._site.configuration.ends if self._site is not None else []
        return [(one.family, parse_ipv4(one.address if one.family == "inet" else ANY), one.port) for one in found]

    def keepalive(self, port: int) -> Keepalive | None:
        return self._site.configuration.keepalive(port) if self._site is not None else None

    def session(self, socket: StreamSocket, number: int) -> Session | None:
        return HttpSession(self, self._site, socket, number) if self._site is not None else None

    def stop(self) -> None:
        super().stop()
        if self._site is not None:
            self._site.stop()
        if self._loading is not None:
            self._loading.stop()


class NginxErrand(Program):
    """A second nginx beside the one that runs: a test of the configuration, or a signal to the first.

    Args:
        first: what a signal does to it, once the configuration is right; None for -t.
    """

    name = "nginx"

    def __init__(self, namespace: NetworkNamespace, files: Files | None, first: Callable[[], object] | None) -> None:
        super().__init__(namespace, pid=36)
        self._first = first
        self._loading = Loading(namespace, self.process, files, self._tell)

    def start(self) -> None:
        self._loading.start()

    def _tell(self, site: NginxSite | None, complaint: str) -> None:
        stamp, is_test = log_date(self.scheduler.now), self._first is None
        if site is None:
            self.complain(f"{stamp} [emerg] {self.process.pid}#{self.process.pid}: {complaint}")
            self.complain(f"nginx: [emerg] {complaint}")
            if is_test:
                self.complain(f"nginx: configuration file {MAIN} test failed")
        elif is_test:
            self.complain(f"nginx: the configuration file {MAIN} syntax is ok")
            self.complain(f"nginx: configuration file {MAIN} test is successful")
        else:
            self.complain(f"{stamp} [notice] {self.process.pid}#{self.process.pid}: signal process started")
        for note in site.configuration.notes if site is not None else ():
            self.complain(note)
        self.exit(0 if site is not None else 1)
        if site is not None and self._first is not None:
            self._first()

    def stop(self) -> None:
        self._loading.stop()
