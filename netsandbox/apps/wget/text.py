"""What GNU Wget and BusyBox's wget say."""

from __future__ import annotations

import re

from netsandbox.apps.http_client import Url
from netsandbox.apps.wget.progress import Progress, decimal, human, rate
from netsandbox.wire.http import Head


class Voice:
    """The words of one wget; texts end with the newlines that they have."""

    is_gnu = True

    def bad_url(self, text: str) -> str:
        raise NotImplementedError

    def begin(self, when: str, url: str) -> str:
        return ""

    def unknown_host(self, host: str, why: str) -> str:
        raise NotImplementedError

    def connecting(self, url: Url, addresses: list[str]) -> str:
        raise NotImplementedError

    def connected(self) -> str:
        return ""

    def reusing(self, place: str) -> str:
        return ""

    def request_fields(self, url: Url, keeps_alive: bool) -> list[tuple[str, str]]:
        raise NotImplementedError

    def response(self, head: Head) -> str:
        raise NotImplementedError

    def status(self, head: Head) -> str:
        return ""

    def refused(self, when: str, head: Head) -> str:
        raise NotImplementedError

    def redirected(self, where: str) -> str:
        return ""

    def exists(self, head: Head) -> str:
        raise NotImplementedError

    def missing(self, when: str, head: Head) -> str:
        """The like of refused, where it was only asked whether there is one."""
        return self.refused(when, head)

    def saving(self, name: str, head: Head, progress: Progress) -> str:
        raise NotImplementedError

    def saved(self, when: str, name: str, progress: Progress) -> str:
        raise NotImplementedError

    def done(self, when: str, took: int, files: int, size: int, reading: int) -> str:
        """At the end of several URLs."""
        return ""

    def unwritable(self, name: str, why: str) -> str:
        raise NotImplementedError

    def cannot_connect(self, address: str, why: str) -> str:
        raise NotImplementedError

    def broken(self, what: str, why: str) -> str:
        raise NotImplementedError

    def timed_out(self, is_connecting: bool) -> str:
        raise NotImplementedError


class GnuVoice(Voice):
    """GNU Wget 1.25."""

    def bad_url(self, text: str) -> str:
        return f"{text}: {'Bad port number' if re.match('[a-z]+://[^/:]+:', text) else 'Invalid host name'}.\n"

    def begin(self, when: str, url: str) -> str:
        return f"--{when}--  {url}\n"

    def unknown_host(self, host: str, why: str) -> str:
        return f"Resolving {host} ({host})... failed: {why}.\nwget: unable to resolve host address ‘{host}’\n"

    def connecting(self, url: Url, addresses: list[str]) -> str:
        if addresses == [url.host]:
            return f"Connecting to {url.host}:{url.port}... "
        return (f"Resolving {url.host} ({url.host})... {', '.join(addresses)}\n"
                f"Connecting to {url.host} ({url.host})|{addresses[0]}|:{url.port}... ")

    def connected(self) -> str:
        return "connected.\nHTTP request sent, awaiting response... "

    def reusing(self, place: str) -> str:
        return f"Reusing existing connection to {place}.\nHTTP request sent, awaiting response... "

    def request_fields(self, url: Url, keeps_alive: bool) -> list[tuple[str, str]]:
        return [("Host", url.authority), ("User-Agent", "Wget/1.25.0"), ("Accept", "*/*"),
                ("Accept-Encoding", "identity"), ("Connection", "Keep-Alive" if keeps_alive else "Close")]

    def response(self, head: Head) -> str:
        lines = [" ".join(head.start), *(f"{name}: {value}" for name, value in head.fields)]
        return "\n" + "".join(f"  {line}\n" for line in lines)

    def status(self, head: Head) -> str:
        return f"{' '.join(head.start[1:])}\n"

    def refused(self, when: str, head: Head) -> str:
        return f"{when} ERROR {head.start[1]}: {' '.join(head.start[2:])}.\n\n"

    def redirected(self, where: str) -> str:
        return f"Location: {where} [following]\n"

    def exists(self, head: Head) -> str:
        more = " and could contain further links,\nbut recursion is disabled -- not retrieving"
        return f"{_length(head)}Remote file exists{more if _kind(head) == 'text/html' else ''}.\n\n"

    def missing(self, when: str, head: Head) -> str:
        return "Remote file does not exist -- broken link!!!\n\n"

    def saving(self, name: str, head: Head, progress: Progress) -> str:
        return f"{_length(head)}Saving to: ‘{'STDOUT' if name == '-' else name}’\n\n"

    def saved(self, when: str, name: str, progress: Progress) -> str:
        whole = "" if progress.whole is None else f"/{progress.whole}"
        where = "written to stdout" if name == "-" else f"‘{name}’ saved"
        return f"{progress.rows()}{when} ({rate(progress.size, progress.took)}) - {where} [{progress.size}{whole}]\n\n"

    def done(self, when: str, took: int, files: int, size: int, reading: int) -> str:
        return (f"FINISHED --{when}--\nTotal wall clock time: {decimal(took)}s\n"
                f"Downloaded: {files} files, {human(size)} in {decimal(reading)}s ({rate(size, reading)})\n")

    def unwritable(self, name: str, why: str) -> str:
        return f"{name}: {why}\n\nCannot write to ‘{name}’ (Success).\n"

    def cannot_connect(self, address: str, why: str) -> str:
        return f"failed: {why}.\n"

    def broken(self, what: str, why: str) -> str:
        if why == "HTTP":
            return "\nnetsandbox: wget: a head with a line that is no field is not modelled\n\n"
        said = "No data received." if what == "empty" else f"Read error ({why}) in headers."
        return f"{said}\nGiving up.\n\n"

    def timed_out(self, is_connecting: bool) -> str:
        return "failed: Connection timed out.\nGiving up.\n\n" if is_connecting else (
            "Read error (Connection timed out) in headers.\nGiving up.\n\n")


def _kind(head: Head) -> str:
    return head.get("Content-Type").partition(";")[0].strip()


def _length(head: Head) -> str:
    length, kind = head.get("Content-Length"), _kind(head)
    size = int(length) if length.isascii() and length.isdecimal() else None
    text = "unspecified" if size is None else f"{size} ({human(size)})" if size >= 1024 else str(size)
    return f"Length: {text}{f' [{kind}]' if kind else ''}\n"


class BusyBoxVoice(Voice):
    """BusyBox 1.37."""

    is_gnu = False

    def bad_url(self, text: str) -> str:
        return f"wget: bad address '{text}'\n"

    def unknown_host(self, host: str, why: str) -> str:
        return f"wget: bad address '{host}'\n"

    def connecting(self, url: Url, addresses: list[str]) -> str:
        return f"Connecting to {url.authority} ({addresses[0]}:{url.port})\n"

    def request_fields(self, url: Url, keeps_alive: bool) -> list[tuple[str, str]]:
        return [("Host", url.authority), ("User-Agent", "Wget"), ("Connection", "close")]

    def response(self, head: Head) -> str:
        lines = [" ".join(head.start), *(f"{name}: {value}" for name, value in head.fields)]
        return "".join(f"  {line}\n" for line in lines)

    def refused(self, when: str, head: Head) -> str:
        return f"wget: server returned error: {' '.join(head.start)}\n"

    def exists(self, head: Head) -> str:
        return "remote file exists\n"

    def saving(self, name: str, head: Head, progress: Progress) -> str:
        said = "writing to stdout" if name == "-" else f"saving to '{name}'"
        return f"{said}\n{name[:20]:<20} 100% |{'*' * 32}| {progress.size:5d}  0:00:00 ETA\n"

    def saved(self, when: str, name: str, progress: Progress) -> str:
        return "written to stdout\n" if name == "-" else f"'{name}' saved\n"

    def unwritable(self, name: str, why: str) -> str:
        return f"wget: can't open '{name}': {why}\n"

    def cannot_connect(self, address: str, why: str) -> str:
        return f"wget: can't connect to remote host ({address}): {why}\n"

    def broken(self, what: str, why: str) -> str:
        return "wget: error getting response\n" if what == "empty" or why == "HTTP" else (
            f"wget: error getting response: {why}\n")

    def timed_out(self, is_connecting: bool) -> str:
        return "wget: download timed out\n"
