"""What asks other parts of the kernel: IPsec's policies, helpers, the audit log, programs that wait behind a queue.

There are none of these here, as on a host where nobody has set them up: that is what a packet is answered by.
"""

from __future__ import annotations

from typing import ClassVar

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.netfilter.extension import (
    WORD,
    Action,
    Given,
    ImpossibleError,
    MarkValue,
    Match,
    Option,
    Span,
    UsageError,
    bounded_span,
    number,
    quoted,
    read_mark,
    write_span,
)
from netsandbox.linux.netfilter.head import Fields, Head
from netsandbox.linux.netfilter.headers import raw_header
from netsandbox.linux.netfilter.iptables.words import NotModelledError
from netsandbox.linux.netfilter.rule import Answer, Decision

COMING, GOING = (Hook.PREROUTING, Hook.INPUT, Hook.FORWARD), (Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING)
ELEMENTS = ("--strict", "--reqid", "--spi", "--proto", "--mode", "--tunnel-src", "--tunnel-dst")
QUEUES = 65534


class OneOf:
    """A reader of one of some words; `complaint` is what is said of any other."""

    def __init__(self, complaint: str, *words: str) -> None:
        self.complaint, self.words = complaint, words

    def __call__(self, text: str) -> str:
        if text not in self.words:
            raise UsageError(f'{self.complaint} "{text}"')
        return text


class Policy(Match):
    """IPsec has no policy here: what is asked to be without one fits (xt_policy.c)."""

    name = "policy"
    options = (Option("--dir", OneOf("policy_match: invalid dir", "in", "out"), can_negate=False),
               Option("--pol", OneOf("policy match: invalid policy", "none", "ipsec"), can_negate=False),
               *(Option(flag, None if flag == "--strict" else str) for flag in ELEMENTS))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if "--dir" not in given:
            raise UsageError("policy match: neither --dir in nor --dir out specified")
        if given.setdefault("--pol", Given(False, "ipsec")).value == "none" and "--strict" in given:
            raise UsageError("policy match: policy none but --strict given")
        if not given.keys().isdisjoint(ELEMENTS):
            raise NotModelledError("what a policy of IPsec has to be like (--strict, --reqid, --spi and their kin)")

    @classmethod
    def hooks_of(cls, given: dict[str, Given]) -> frozenset[Hook] | None:
        return frozenset(COMING if given["--dir"].value == "in" else GOING)

    @property
    def looks_at(self) -> Fields:
        return ()

    def holds(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        return bool(self.value("--pol") == "none")

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        return "pol none"

    def listed(self, _numeric: bool) -> str:
        return f" policy match dir {self.value('--dir')} pol {self.value('--pol')}"


class Helper(Match):
    """No helper has led a connection here, so none is one of its (xt_helper.c)."""

    name = "helper"
    needs_tracking = True
    options = (Option("--helper", str, quoted, needed=True),)

    @property
    def looks_at(self) -> Fields:
        return ()

    def holds(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        return self.given["--helper"].negated

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        return "none"

    def listed(self, _numeric: bool) -> str:
        return f' helper match {"! " * self.given["--helper"].negated}"{self.value("--helper")}"'


class Cpu(Match):
    """There is one (xt_cpu.c)."""

    name = "cpu"
    options = (Option("--cpu", number(0, WORD), needed=True),)

    @property
    def looks_at(self) -> Fields:
        return ()

    def holds(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        return (not self.value("--cpu")) is not self.given["--cpu"].negated

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        return "0"

    def listed(self, _numeric: bool) -> str:
        return f" cpu {'! ' * self.given['--cpu'].negated}{self.value('--cpu')}"


def write_group(group: MarkValue) -> str:
    return f"{group.value:#x}" + (f"/{group.mask:#x}" if group.mask != WORD else "")


class DeviceGroup(Match):
    """`ip link set … group N` (xt_devgroup.c)."""

    name = "devgroup"
    needs_one = "devgroup match: You must specify either '--src-group' or '--dst-group'"
    options = (Option("--src-group", read_mark, write_group), Option("--dst-group", read_mark, write_group))

    @classmethod
    def hooks_of(cls, given: dict[str, Given]) -> frozenset[Hook] | None:
        asked = [hooks for flag, hooks in (("--src-group", COMING), ("--dst-group", GOING)) if flag in given]
        return frozenset(asked[0]).intersection(*asked)

    def _has(self, buffer: SocketBuffer, flag: str) -> int:
        device = buffer.entered if flag == "--src-group" else buffer.leaves
        return device.group if device is not None else 0

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return all((self._has(buffer, flag) & given.value.mask == given.value.value) is not given.negated
                   for flag, given in self.given.items())

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return " ".join(f"{flag[2:]} {self._has(buffer, flag):#x}" for flag in self.given)

    def listed(self, _numeric: bool) -> str:
        return "".join(f" {'! ' * self.given[flag].negated}{flag[2:]} {write_group(self.value(flag))}"
                       for flag in ("--src-group", "--dst-group") if flag in self.given)


class SecurityParameters(Match):
    """The number of a security association in IPsec's headers (xt_esp.c, ipt_ah.c)."""

    protocol: ClassVar[str]
    offset: ClassVar[int]

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if head.protocol != (False, cls.protocol):
            raise ImpossibleError("EINVAL")

    def _spi(self, buffer: SocketBuffer) -> int:
        data = raw_header(buffer, self.offset + 4) or b""
        return int.from_bytes(data[self.offset:self.offset + 4], "big")

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given = self.given.get(f"--{self.name}spi")
        if buffer.packet.offset:
            return False
        spi = self._spi(buffer)
        return given is None or (spi in given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return "a fragment" if buffer.packet.offset else f"spi {self._spi(buffer)}"

    def listed(self, _numeric: bool) -> str:
        given = self.given.get(f"--{self.name}spi")
        if given is None:
            return f" {self.name}"
        span: Span = given.value
        return f" {self.name} spi{'s' * (span.low != span.high)}:{'!' * given.negated}{write_span(span)}"


class Esp(SecurityParameters):
    name, protocol, offset = "esp", "50", 0
    options = (Option("--espspi", bounded_span(WORD), write_span),)


class Ah(SecurityParameters):
    name, protocol, offset = "ah", "51", 4
    options = (Option("--ahspi", bounded_span(WORD), write_span),)


def read_queues(text: str) -> Span:
    if ":" not in text:
        raise UsageError(f'Bad range "{text}"')
    return bounded_span(QUEUES)(text)


class Queue(Action):
    """No program listens that could decide: the packet is dropped, or goes on with --queue-bypass (xt_NFQUEUE.c)."""

    name = "NFQUEUE"
    options = (Option("--queue-num", number(0, 65535), can_negate=False),
               Option("--queue-balance", read_queues, write_span, can_negate=False, excludes=("--queue-num",)),
               Option("--queue-bypass", can_negate=False), Option("--queue-cpu-fanout", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if {"--queue-num", "--queue-balance"} <= given.keys():
            raise UsageError('NFQUEUE: option "--queue-num" cannot be used together with "--queue-balance".\n')
        if "--queue-cpu-fanout" in given and "--queue-balance" not in given:
            raise UsageError('NFQUEUE: option "--queue-cpu-fanout" also requires "--queue-balance".\n')
        if "--queue-balance" not in given:
            given.setdefault("--queue-num", Given(False, 0))

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.ACCEPT if "--queue-bypass" in self.given else Dropped(DropReason.NETFILTER_DROP)

    def listed(self, _numeric: bool) -> str:
        return f" NFQUEUE {self.written().replace('--queue-', '')}"


class Audit(Action):
    """Nobody keeps the audit log (xt_AUDIT.c)."""

    name = "AUDIT"
    options = (Option("--type", OneOf("Bad action type value", "accept", "drop", "reject"), needed=True,
                      can_negate=False),)

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return f" AUDIT {self.value('--type')}"


MATCHES: tuple[type[Match], ...] = (Policy, Helper, Cpu, DeviceGroup, Esp, Ah)
TARGETS: tuple[type[Action], ...] = (Queue, Audit)
