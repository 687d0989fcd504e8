"""Stations on one bridge, made by the commands of a person, with frames put on their wires by hand."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.session.session import Session
from netsandbox.wire.addresses import BROADCAST_MAC, parse_ipv4
from netsandbox.wire.arp import REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, Frame
from netsandbox.wire.ipv4 import IPv4Packet


class World:
    """h1, h2 … at 10.0.0.1, 10.0.0.2 … on the switch s1."""

    def __init__(self, stations: int = 3) -> None:
        self.session = Session()
        self.lab = self.session.lab
        self.do("add-switch s1", *(f"add-host h{n}" for n in range(1, stations + 1)))
        for n in range(1, stations + 1):
            self.do(f"connect h{n} s1", f"set-ip h{n} 10.0.0.{n}/24", f"set-mac h{n} 02:00:00:00:00:0{n}")

    def do(self, *lines: str) -> str:
        """Carry lines out, each to its end; what the last one printed."""
        text = ""
        for line in lines:
            job = self.session.execute(line)
            self.lab.scheduler.run_while(lambda job=job: not job.is_done)
            text = "".join(part for _stream, part in job.output)
            assert job.code in (0, 1), f"{line}: {text}"
        self.settle()
        return text

    def settle(self) -> None:
        self.lab.scheduler.run_until_quiet()

    def wait(self, nanoseconds: int) -> None:
        self.lab.scheduler.run_until(self.lab.scheduler.clock + nanoseconds)

    def namespace(self, name: str) -> NetworkNamespace:
        return self.lab.namespace(name)

    def eth0(self, name: str) -> Interface:
        return self.namespace(name).interfaces["eth0"]

    @property
    def bridge(self) -> Bridge:
        found = self.namespace("s1").interfaces["br0"]
        assert isinstance(found, Bridge)
        return found

    def send(self, name: str, frame: Frame) -> None:
        self.eth0(name).transmit(frame)
        self.settle()

    def ask(self, name: str, spa: str, tpa: str) -> None:
        """An ARP request for everybody."""
        mac = self.eth0(name).mac
        self.send(name, Frame(BROADCAST_MAC, mac, ETH_P_ARP,
                              ArpPacket(REQUEST, mac, parse_ipv4(spa), 0, parse_ipv4(tpa))))

    def heard(self, name: str) -> int:
        return self.eth0(name).rx_packets

    def drops(self) -> list[DropReason]:
        """The reasons of all that was dropped so far."""
        verdicts: list[Any] = [getattr(record.event, "verdict", None) for record in self.lab.trace.since(0)]
        return [verdict.reason for verdict in verdicts if isinstance(verdict, Dropped)]

    def packets_dropped(self, reason: DropReason) -> list[IPv4Packet]:
        return [record.event.packet for record in self.lab.trace.since(0)
                if isinstance(getattr(record.event, "verdict", None), Dropped)
                and record.event.verdict.reason is reason and hasattr(record.event, "packet")]
