"""memcached: version, get, set, delete, flush_all and quit of its text protocol."""

from __future__ import annotations

from netsandbox.apps.line_session import LineSession

VERSION = b"1.6.39"
LONGEST_KEY, LARGEST = 250, 1 << 20
MOST_KEYS = 10_000


class MemcachedSession(LineSession):
    """One connection to memcached."""

    def take_one(self) -> bool:
        line, newline, rest = self.data.partition(b"\r\n")
        if not newline:
            return False
        words = line.split()
        if words[:1] == [b"set"]:
            return self._set(words[1:], rest)
        self.data = rest
        self._run(words)
        return True

    def _set(self, words: list[bytes], rest: bytes) -> bool:
        """set KEY FLAGS EXPIRES BYTES, and the data on a line of its own."""
        if len(words) < 4 or not words[3].isdigit() or len(words[0]) > LONGEST_KEY or int(words[3]) > LARGEST:
            self.data = rest
            self.stream.write(b"CLIENT_ERROR bad command line format\r\n" if len(words) >= 4 else b"ERROR\r\n")
            return True
        size = int(words[3])
        if len(rest) < size + 2:
            return False
        self.data = rest[size + 2:]
        if rest[size:size + 2] != b"\r\n":
            self.stream.write(b"CLIENT_ERROR bad data chunk\r\n")
        elif len(self.store) >= MOST_KEYS:
            self.stream.write(b"SERVER_ERROR out of memory storing object\r\n")
        else:
            self.store[words[0]] = words[1], rest[:size]
            self.stream.write(b"STORED\r\n")
        return True

    def _run(self, words: list[bytes]) -> None:
        name = words[0] if words else b""
        if name == b"get" and len(words) > 1:
            found = [(key, *self.store[key]) for key in words[1:] if key in self.store]
            rows = b"".join(b"VALUE %s %s %d\r\n%s\r\n" % (key, flags, len(data), data) for key, flags, data in found)
            self.stream.write(rows + b"END\r\n")
        elif name == b"delete" and len(words) > 1:
            self.stream.write(b"DELETED\r\n" if self.store.pop(words[1], None) else b"NOT_FOUND\r\n")
        elif name == b"version":
            self.stream.write(b"VERSION %s\r\n" % VERSION)
        elif name == b"flush_all":
            self.store.clear()
            self.stream.write(b"OK\r\n")
        elif name == b"quit":
            self.leave()
        else:
            self.stream.write(b"ERROR\r\n")
