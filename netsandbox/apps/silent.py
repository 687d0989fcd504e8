"""A server of a protocol that nobody speaks here: it takes connections and what is sent, and says nothing."""

from __future__ import annotations

from netsandbox.apps.line_session import LineSession


class SilentSession(LineSession):
    """One connection; it ends when the client ends it."""

    def take_one(self) -> bool:
        self.data = b""
        return False
