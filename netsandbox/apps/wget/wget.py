"""wget: GNU Wget's and BusyBox's, which differ in what they say."""

from __future__ import annotations

import re

from netsandbox.apps.calendar import moment
from netsandbox.apps.client import Client
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.http_client import HttpClient, Ipv6Error, Url, parse_url
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Reply
from netsandbox.apps.wget.options import WgetOptions, parse
from netsandbox.apps.wget.progress import Progress
from netsandbox.apps.wget.text import BusyBoxVoice, GnuVoice, Voice
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import seconds
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.http import Head, build_head

MOST_REDIRECTS = 20
REDIRECTS = (301, 302, 303, 307, 308)
PATIENCE = 900
MOST_PAUSE = 10  # Seconds between two tries
BLOCK = 8192  # Bytes of a file that are read and sent at once
HEADLESS = Head(("HTTP/0.9", "200", "No headers, assuming HTTP/0.9"), (("Connection", "close"),))
SCHEMES = frozenset({"http", "https", "ftp", "ftps"})
UNSAFE = re.compile(r'[{}"<>\\^`|]')  # What an URL has as %XX (urlchr_test of url.c)


class Wget(Client):
    """One run of wget (apps.http_client.ClientOwner)."""

    name = "wget"

    def __init__(self, context: Context, options: WgetOptions, voice: Voice) -> None:
        super().__init__(context)
        self.options = options
        self.voice = voice
        self.url: Url = Url("http", "", 80, "/")
        self.client: HttpClient | None = None
        self._kept: HttpClient | None = None  # One that a server keeps open, and whose it is
        self._kept_host = ""
        self._kept_place = (0, 0)
        self._timer: Timer | None = None
        self._body = b""
        self._progress = Progress(0, None)
        self._began = self._files = self._read = self._reading = 0
        self._line = ""  # What was said of a line that is not whole
        self._place = -1
        self._status = self._redirects = 0
        self._try = 1
        self._address = 0

    @property
    def when(self) -> str:
        """The time as GNU wget writes it."""
        at = moment(self.scheduler.now)
        return f"{at.year}-{at.month:02d}-{at.day:02d} {at.clock}"

    def say(self, text: str) -> None:
        """To stderr, unless it is quiet; without a newline of its own."""
        if not self.options.quiet and text and not (self.options.is_terse and not text.startswith("failed")):
            whole, newline, rest = (self._line + text).rpartition("\n")
            self._line = rest
            if newline:
                self.output.append(("err", whole + newline))

    def start(self) -> None:
        for note in self.options.notes:
            self.complain(note)
        if self.options.shown:
            self.print(self.options.shown)
            self.exit(0)
            return
        self._began = self.scheduler.now
        self._next(None)

    def _next(self, _argument: object) -> None:
        self._place += 1
        self._redirects = 0
        self._try = 1
        if self._place >= len(self.options.urls):
            self._finish()
            return
        text = self.options.urls[self._place]
        scheme = re.match("([a-z]+)://", text)
        if self.voice.is_gnu and scheme is not None and scheme[1] not in SCHEMES:
            self._end(f"{text}: Unsupported scheme.\n", 1, loud=True)
            return
        if self.voice.is_gnu and scheme is None:
            if re.match(r"[^/:]+:\d{5,}", text) and int(re.split("[:/]", text)[1]) > 65535:
                self._end(f"{text}: Scheme missing.\n", 1, loud=True)
                return
            self.complain(f"Prepended http:// to '{text}'")
        if self.voice.is_gnu and re.search(r"[*?\[]", text.partition("://")[2].partition("/")[2].partition("?")[0]):
            self.complain("Warning: wildcards not supported in HTTP.")
        self._fetch(UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", text) if self.voice.is_gnu else text)

    def _has_read(self, text: str) -> bool:
        """Whether it is a URL, which is the one that is fetched from now on."""
        try:
            self.url = parse_url(text)
            if ":///" in text:
                raise ValueError(text)
        except Ipv6Error as error:
            self.complain(f"wget: {error}")
            self._end("", 1)
            return False
        except ValueError:
            self._end(self.voice.bad_url(text), 1)
            return False
        return True

    def _fetch(self, text: str) -> None:
        self._body = b""
        if not self._has_read(text):
            return
        name = self._name()
        if self.options.keeps_files and not self.options.output and self.context.files.exists(name):
            self._end(f"File ‘{name}’ already there; not retrieving.\n\n", 0)
            return
        if self.url.scheme != "http":
            self._end(f"wget: {self.url.scheme}:// is not modelled: there is no TLS; http:// works\n", 1, loud=True)
            return
        if self.options.spider and self.voice.is_gnu and not self._redirects:
            self.say("Spider mode enabled. Check if remote file exists.\n")
        self.say(self.voice.begin(self.when, f"{'' if self._try == 1 else f'(try:{self._try:2})  '}{self.url}"))
        if self._kept_host == self.url.host and self._kept_place[1] == self.url.port and self._reuse():
            return
        self.look_up(self.url.host)

    def _finish(self) -> None:
        if len(self.options.urls) > 1 and self._read and not self.options.quiet:
            self.output.append(("err", self.voice.done(
                self.when, self.scheduler.now - self._began, self._files, self._read, self._reading)))
        self.exit(self._status)

    def _reuse(self) -> bool:
        """Ask on the connection that was kept, if it still stands."""
        if self._kept is None or not self._kept.is_open:
            return False
        self.client = self._kept
        self.say(self.voice.reusing(f"{self._kept_host}:{self.url.port}"))
        self._watch()
        self._ask(self.client)
        return True

    def _watch(self) -> None:
        self._timer = self.scheduler.wake_after(seconds(self.options.timeout or PATIENCE), self._time_out,
                                                foreground=self.foreground)

    def unresolved(self, reply: Reply) -> None:
        if self.options.is_terse and not self.options.quiet:
            self.complain(self.voice.unknown_host(self.url.host, reply.error).splitlines()[-1])
        self._end(self.voice.unknown_host(self.url.host, reply.error), 4 if self.voice.is_gnu else 1, loud=True)

    def resolved(self, reply: Reply) -> None:
        self._address = reply.addresses[0]
        if self._kept_place == (self._address, self.url.port) and self._reuse():
            return
        self.say(self.voice.connecting(self.url, [format_ipv4(address) for address in reply.addresses]))
        self.client = client = HttpClient(self.namespace, self.process, self)
        client.bare = HEADLESS if self.voice.is_gnu else None
        self._watch()
        try:
            client.connect(self._address, self.url.port)
        except SocketError as error:
            self.broken(client, "connect", error.name)

    def connected(self, client: HttpClient) -> None:
        self.say(self.voice.connected())
        self._ask(client)

    def _ask(self, client: HttpClient) -> None:
        method = self.options.method or ("HEAD" if self.options.spider else
                                         "POST" if self.options.post is not None else "GET")
        body = to_bytes(self.options.post or "")
        fields = self.voice.request_fields(self.url, self.options.keeps_alive)
        if self.options.post is not None:
            fields += [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(len(body)))]
        for entry in self.options.headers:
            name, _colon, value = entry.partition(":")
            fields = [field for field in fields if field[0].lower() != name.strip().lower()]
            fields.append((name.strip(), value.strip()))
        head = build_head(f"{method} {self.url.target} HTTP/1.1", fields)
        client.request(method, head if self.voice.is_gnu else head + body)
        if self.voice.is_gnu:
            block = BLOCK if self.options.posts_file else len(body) or 1
            for at in range(0, len(body), block):
                client.send(body[at:at + block])

    def got_head(self, client: HttpClient, raw: bytes, head: Head) -> None:
        if head is HEADLESS and self.options.shows_response:
            self.say("\n")
        elif self.options.shows_response and self.options.quiet and self.voice.is_gnu:
            self.output.append(("err", self.voice.response(head).lstrip("\n")))  # -q hides not what was asked for
        elif self.options.shows_response:
            self.say(self.voice.response(head))
        else:
            self.say(self.voice.status(head))
        self._progress = Progress(self.scheduler.now, client.left)
        if self.voice.is_gnu and self.options.keeps_alive and "close" not in head.get("Connection").lower():
            if self._kept is not None and self._kept is not client:
                self._kept.close()
            self._kept, self._kept_host, self._kept_place = client, self.url.host, (self._address, self.url.port)

    def got_body(self, client: HttpClient, data: bytes) -> None:
        self._body += data
        self._progress.add(len(data), self.scheduler.now)

    def finished(self, client: HttpClient) -> None:
        head = client.head
        assert head is not None
        code = int(head.start[1]) if head.start[1].isdecimal() else 0
        if client is not self._kept:
            client.close()
        where = head.get("Location")
        if code in REDIRECTS and where:
            self._follow(where)
        elif code >= 400 or code < 200:
            self._refuse(head)
        elif self.options.spider:
            self._end(self.voice.exists(head), 0)
        else:
            self._save(head)

    def _refuse(self, head: Head) -> None:
        said = self.voice.missing if self.options.spider else self.voice.refused
        text = said(self.when, head)
        if self.voice.is_gnu and self.options.is_terse and not self.options.quiet:
            self.complain(f"{self.url}:\n{text.rstrip()}")
        self._end(text, 8 if self.voice.is_gnu else 1, loud=True)

    def _follow(self, where: str) -> None:
        self._redirects += 1
        self.say(self.voice.redirected(where))
        self._stop_timer()
        most = MOST_REDIRECTS if self.options.most_redirects is None else self.options.most_redirects
        if self._redirects > most:
            self._end(f"{most} redirections exceeded.\n", 8)
            return
        self._fetch(self.url.joined(where))

    def _save(self, head: Head) -> None:
        name = self.options.output or self._free_name(self._name())
        self.say(self.voice.saving(name, head, self._progress))
        text = to_text(self._body)
        if name == "-":
            self.output.append(("out", text))
        else:
            try:
                if self.options.folder and not self.context.files.exists(self.options.folder):
                    self.context.files.make_directory(self.options.folder)
                self.context.files.write(name, text)
            except FileError as error:
                self._end(self.voice.unwritable(name, str(error)), 3 if self.voice.is_gnu else 1, loud=True)
                return
        if self.options.is_terse:
            self._terse(name)
        self._files += 1
        self._read += self._progress.size
        self._reading += self._progress.took
        self._end(self.voice.saved(self.when, name, self._progress), 0)

    def _terse(self, name: str) -> None:
        """All that -nv says of what went well."""
        size = len(self._body)
        head = self.client.head if self.client is not None else None
        known = f"{size}/{size}" if head is not None and head.get("Content-Length") else size
        self.complain(f'{self.when} URL:{self.url} [{known}] -> "{name}" [{self._redirects + 1}]')

    def _name(self) -> str:
        """The file that an URL is kept in."""
        name = self.url.target.partition("?")[0].rpartition("/")[2] or "index.html"
        return f"{self.options.folder}/{name}" if self.options.folder else name

    def _free_name(self, name: str) -> str:
        """GNU wget does not write over a file."""
        if not self.context.files.exists(name) or not self.voice.is_gnu:
            return name
        number = 1
        while self.context.files.exists(f"{name}.{number}"):
            number += 1
        return f"{name}.{number}"

    def broken(self, client: HttpClient, what: str, error: str) -> None:
        if client is self._kept:
            self._kept = None
        if client is not self.client:
            return
        text = TEXTS.get(error, error)
        if what == "connect":
            self._end(self.voice.cannot_connect(format_ipv4(self._address), text), 4 if self.voice.is_gnu else 1,
                      loud=True)
        elif what == "partial" and not error and self.voice.is_gnu:
            self.finished(client)  # GNU wget does not miss the last chunk
        elif not error and what == "receive" and self.voice.is_gnu and client.end_head():
            pass
        elif error == "HTTP" or (what == "receive" and not error):
            self._end(self.voice.broken(what, "HTTP"), 4 if self.voice.is_gnu else 1, loud=True)
        else:
            self._give_up(self.voice.broken(what, text))

    def _time_out(self, _argument: object) -> None:
        connecting = self.client is not None and self.client.socket.is_connecting
        self._give_up(self.voice.timed_out(connecting))

    def _give_up(self, text: str) -> None:
        """Of this try: GNU wget makes some more."""
        if self.voice.is_gnu and (not self.options.tries or self._try < self.options.tries):
            self.say(text.replace("Giving up", "Retrying"))
            self._stop_timer()
            if self.client is not None:
                self.client.close()
            pause = min(self._try, MOST_PAUSE)
            self._try += 1
            self._timer = self.scheduler.wake_after(seconds(pause), self._again, foreground=self.foreground)
            return
        self._end(text, 4 if self.voice.is_gnu else 1, loud=True)

    def _again(self, _argument: object) -> None:
        self._fetch(str(self.url))

    def _stop_timer(self) -> None:
        self.scheduler.cancel(self._timer)
        self._timer = None

    def _end(self, text: str, status: int, loud: bool = False) -> None:
        self._stop_timer()
        if not self.options.quiet:
            self.say(text)
        elif text and loud and not self.voice.is_gnu:
            self.output.append(("err", text))
        self._status = self._status or status
        if self.client is not None and self.client is not self._kept:
            self.client.close()
        self.client = None
        self.scheduler.soon(self._next)

    def stop(self) -> None:
        self._stop_timer()
        super().stop()
        for client in (self.client, self._kept):
            if client is not None:
                client.close()
        self.client = self._kept = None


def program(context: Context) -> Program:
    """wget(1) (program.Maker)."""
    return Wget(context, parse(context.arguments, True, context.files), GnuVoice())


def busybox(context: Context) -> Program:
    """BusyBox's wget (program.Maker)."""
    return Wget(context, parse(context.arguments, False, context.files), BusyBoxVoice())
