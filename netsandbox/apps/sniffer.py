"""A sniffer: a promiscuous listener that tells what is for its own station from what it merely overhears."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.program import Program
from netsandbox.apps.tap import BROADCAST, HOST, MULTICAST, OTHER, OUT, Seen, Tap
from netsandbox.apps.tcpdump.pcap_filter import Filter
from netsandbox.engine.units import format_time
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.describe import info, protocol_name

WORDS = {OUT: "sent", HOST: "for us", BROADCAST: "for everyone", MULTICAST: "for a group", OTHER: "overheard"}
"""What each packet type is called, in the order of the summary."""
WIDTH = max(len(word) for word in WORDS.values())


class Sniffer(Program):
    """One run; it ends after `count` frames, or by Ctrl-C, with a summary."""

    name = "sniff"
    heeds_term = True
    listens = True
    is_endless = True  # Always: the frames that it waits for may never come

    def __init__(self, interface: Interface, wanted: Filter, count: int | None, name_of: Callable[[int], str],
                 pid: int = 1) -> None:
        """
        Args:
            name_of: who has a MAC address.
        """
        super().__init__(interface.namespace, pid)
        self.interface = interface
        self.count = count
        self.counts = dict.fromkeys(WORDS, 0)  # how many frames there were of each packet type
        self._wanted = wanted
        self._name_of = name_of
        self._tap: Tap | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def start(self) -> None:
        """Begin to listen."""
        filtered = f", only {self._wanted.text}" if self._wanted.text else ""
        self.print(f"listening on {self.interface.label} ({format_mac(self.interface.mac)}), promiscuous{filtered}")
        self._tap = Tap(self.namespace, self.interface, True, self._take, self._disappear)

    def _take(self, frames: list[Seen]) -> None:
        for seen in frames:
            if seen.kind == OUT and self.interface.is_loopback:
                continue
            if self.total == self.count or not self._wanted.matches(seen.frame.wire(), seen.kind == OUT):
                continue
            self.counts[seen.kind] += 1
            self.print(self._line(seen))
            if self.total == self.count:
                self.scheduler.soon(self._finish, 0)

    def _line(self, seen: Seen) -> str:
        frame = seen.frame
        ends = f"{self._name_of(frame.src)} → {self._name_of(frame.dst)}"
        return f"{format_time(seen.at)}  {WORDS[seen.kind]:<{WIDTH}}  {ends}  {protocol_name(frame)} {info(frame)}"

    def _disappear(self) -> None:
        if self.code is None:
            self.complain(f"{self.interface.name} was removed")
            self.scheduler.soon(self._finish, 1)

    def interrupt(self) -> None:
        """Ctrl-C: the summary."""
        if self.code is None and self._tap is not None:
            self._tap.read()
            self._finish(0)

    def _finish(self, code: int) -> None:
        if self.code is None:
            self.print(self._summary())
            self.exit(code)

    def _summary(self) -> str:
        frames = "1 frame" if self.total == 1 else f"{self.total} frames"
        parts = [f"{count} {WORDS[kind]}" for kind, count in self.counts.items() if count or kind == OTHER]
        return f"{frames}: {', '.join(parts)}"

    def stop(self) -> None:
        if self._tap is not None:
            self._tap.close()
