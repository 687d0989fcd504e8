"""mysqld as far as its greeting: protocol 10, and a login that is refused, for there are no databases here."""

from __future__ import annotations

from netsandbox.apps.line_session import LineSession

VERSION = b"9.6.0"
CAPABILITIES, CHARSET, STATUS = 0xDFFFFFFF, 255, 2
ACCESS_DENIED = 1045
HEADER = 4


class MysqlSession(LineSession):
    """One connection to mysqld."""

    def greet(self) -> None:
        """The server speaks first (Protocol::HandshakeV10)."""
        salt = bytes(33 + (self.number * 7 + place * 13) % 90 for place in range(20))
        low, high = CAPABILITIES & 0xFFFF, CAPABILITIES >> 16
        body = (b"\x0a" + VERSION + b"\0" + self.number.to_bytes(4, "little") + salt[:8] + b"\0"
                + low.to_bytes(2, "little") + bytes([CHARSET]) + STATUS.to_bytes(2, "little")
                + high.to_bytes(2, "little") + bytes([21]) + bytes(10) + salt[8:] + b"\0" + b"caching_sha2_password\0")
        self._send(0, body)

    def _send(self, sequence: int, body: bytes) -> None:
        self.stream.write(len(body).to_bytes(3, "little") + bytes([sequence]) + body)

    def take_one(self) -> bool:
        if len(self.data) < HEADER:
            return False
        size = int.from_bytes(self.data[:3], "little")
        if len(self.data) < HEADER + size:
            return False
        sequence, packet = self.data[3], self.data[HEADER:HEADER + size]
        self.data = self.data[HEADER + size:]
        user = packet[32:].partition(b"\0")[0].decode("latin-1")[:32]
        text = f"Access denied for user '{user}'@'{self.peer}' (using password: NO)"
        self._send(sequence + 1 & 255, b"\xff" + ACCESS_DENIED.to_bytes(2, "little") + b"#28000" + text.encode())
        self.leave()
        return False
