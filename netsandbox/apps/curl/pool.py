"""What the transfers of one run of curl share: open connections, and addresses that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.http_client import HttpClient

if TYPE_CHECKING:
    from netsandbox.apps.curl.curl import Curl

Peer = tuple[str, int]  # A server's name and port
Known = tuple[str, int, int]  # A server's name, port and address


class Pool:
    """Connections by their numbers, in the order in which they were begun (lib/conncache.c)."""

    def __init__(self, patient: bool = False) -> None:
        self.patient = patient  # transfers to a server wait until the first one is done, as it could take all of them
        self.addresses: dict[Peer, str] = {}  # of names that were looked up
        self.count = 0  # connections so far
        self._kept: list[tuple[HttpClient, Known]] = []
        self._connecting: dict[int, Peer] = {}
        self._first: dict[Peer, Curl] = {}  # Who talks to a server of which it is not known yet what it takes
        self._answered: set[Peer] = set()
        self.waiting: list[Curl] = []

    def keep(self, client: HttpClient, known: Known) -> None:
        self._kept.append((client, known))

    def take(self, peer: Peer) -> tuple[HttpClient, Known] | None:
        """An idle connection to that server."""
        for place, (client, known) in enumerate(self._kept):
            if known[:2] == peer and client.is_open:
                return self._kept.pop(place)
        return None

    def open(self, peer: Peer) -> int:
        """The number of a new connection."""
        self._connecting[self.count] = peer
        self.count += 1
        return self.count - 1

    def connected(self, number: int) -> None:
        self._connecting.pop(number, None)

    def connecting(self, peer: Peer) -> list[int]:
        """The connections to a server that are not there yet, where somebody else may wait for them."""
        return [number for number, to in self._connecting.items() if to == peer and self.patient]

    def waits(self, transfer: Curl, peer: Peer) -> bool:
        """Whether a transfer waits for another one; the first one does not."""
        if not self.patient or peer in self._answered:
            return False
        if self._first.setdefault(peer, transfer) is transfer:
            return False
        self.waiting.append(transfer)
        return True

    def done(self, transfer: Curl, answered: bool) -> list[Curl]:
        """A transfer has ended; those that waited for it and go on."""
        mine = [peer for peer, first in self._first.items() if first is transfer]
        for peer in mine:
            del self._first[peer]
            if answered:
                self._answered.add(peer)
        for number in [number for number, to in self._connecting.items() if to in mine]:
            del self._connecting[number]
        waiting, self.waiting = (self.waiting, []) if mine else ([], self.waiting)
        return waiting

    def close(self) -> None:
        for client, _known in self._kept:
            client.close()
        self._kept.clear()
