"""Targets that decide or note: ACCEPT, DROP, RETURN, REJECT, LOG, MARK, CONNMARK, NOTRACK, CT, TRACE."""

from __future__ import annotations

import re
from typing import ClassVar

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.netfilter import kernel_log, reject
from netsandbox.linux.netfilter.extension import (
    WORD,
    Action,
    Given,
    ImpossibleError,
    MarkValue,
    Option,
    UsageError,
    number,
    only_one,
    quoted,
    read_bits,
    read_mark,
    write_mark,
)
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.iptables.words import NotModelledError
from netsandbox.linux.netfilter.rule import Answer, Decision

LOCAL_HOOKS = frozenset({Hook.INPUT, Hook.FORWARD, Hook.OUTPUT})
REJECTS = {"icmp-net-unreachable": 0, "icmp-host-unreachable": 1, "icmp-proto-unreachable": 2,
           "icmp-port-unreachable": 3, "icmp-net-prohibited": 9, "icmp-host-prohibited": 10,
           "icmp-admin-prohibited": 13}
REJECT_ALIASES = {"net-unreach": "icmp-net-unreachable", "host-unreach": "icmp-host-unreachable",
                  "proto-unreach": "icmp-proto-unreachable", "port-unreach": "icmp-port-unreachable",
                  "net-prohib": "icmp-net-prohibited", "host-prohib": "icmp-host-prohibited",
                  "tcp-rst": "tcp-reset", "admin-prohib": "icmp-admin-prohibited"}
LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
LEVEL_ALIASES = {"panic": 0, "error": 3, "warning": 4}
LONGEST_PREFIX = 29
ACCEPT = Decision.ACCEPT
DROPPED = Dropped(DropReason.NETFILTER_DROP)


class Accept(Action):
    name = "ACCEPT"
    only_decides = True

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return ACCEPT


class Drop(Action):
    name = "DROP"
    only_decides = True

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return DROPPED


class Return(Action):
    name = "RETURN"
    only_decides = True

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.RETURN


def read_reject(text: str) -> str:
    name = REJECT_ALIASES.get(text, text)
    if name != "tcp-reset" and name not in REJECTS:
        matching = [known for known in (*REJECTS, "tcp-reset") if known.startswith(text)]
        if not matching or not text:
            raise UsageError(f'unknown reject type "{text}"')
        name = matching[0]
    return name


class Reject(Action):
    """Drop, and tell the sender (xt_REJECT.c)."""

    name = "REJECT"
    tables = frozenset({"filter"})
    hooks = LOCAL_HOOKS
    options = (Option("--reject-with", read_reject, can_negate=False),)

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        how = given.setdefault("--reject-with", Given(False, "icmp-port-unreachable"))
        if how.value == "tcp-reset" and head.protocol != (False, "6"):
            raise ImpossibleError("EINVAL")

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        code = REJECTS.get(self.value("--reject-with"))
        if code is None:
            reject.send_reset(namespace, buffer)
        else:
            reject.send_unreachable(namespace, buffer, code)
        return DROPPED

    def listed(self, _numeric: bool) -> str:
        return f" reject-with {self.value('--reject-with')}"


def read_level(text: str) -> int:
    if text.isdecimal() and int(text) < len(LEVELS):
        return int(text)
    if text in LEVEL_ALIASES:
        return LEVEL_ALIASES[text]
    if text not in LEVELS:
        raise UsageError(f'log level "{text}" unknown\n')
    return LEVELS.index(text)


def read_prefix(text: str) -> str:
    if "\n" in text:
        raise UsageError("LOG: Newlines not allowed in --log-prefix")
    return text[:LONGEST_PREFIX]


class Log(Action):
    """Write a line to the kernel's log; the next rule is asked (xt_LOG.c)."""

    name = "LOG"
    options = (Option("--log-prefix", read_prefix, quoted, can_negate=False),
               Option("--log-level", read_level, can_negate=False), Option("--log-tcp-sequence", can_negate=False),
               Option("--log-tcp-options", can_negate=False), Option("--log-ip-options", can_negate=False),
               Option("--log-uid", can_negate=False), Option("--log-macdecode", can_negate=False))
    bits: ClassVar[dict[str, int]] = {
        "--log-tcp-sequence": 1, "--log-tcp-options": 2, "--log-ip-options": 4, "--log-uid": 8, "--log-macdecode": 32}

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if "--log-level" in given and given["--log-level"].value == LEVELS.index("warn"):
            del given["--log-level"]

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        kernel_log.write(namespace, buffer, self.value("--log-prefix") or "", frozenset(self.given))
        return Decision.CONTINUE

    def listed(self, numeric: bool) -> str:
        level = self.value("--log-level")
        level = LEVELS.index("warn") if level is None else level
        flags = sum(bit for flag, bit in self.bits.items() if flag in self.given)
        prefix = self.value("--log-prefix")
        end = f' prefix "{prefix}"' if prefix else ""
        if numeric:
            return f" LOG flags {flags} level {level}{end}"
        names = "".join(f" {flag[6:]}" for flag in self.bits if flag in self.given)
        return f" LOG level {LEVELS[level]}{names}{end}"


class NetlinkLog(Action):
    """Show the packet to who listens to a group, as ulogd does; nobody does here (xt_NFLOG.c)."""

    name = "NFLOG"
    options = (Option("--nflog-prefix", str, quoted, can_negate=False),
               Option("--nflog-group", number(0, 65535), can_negate=False),
               Option("--nflog-size", number(0, WORD), can_negate=False),
               Option("--nflog-threshold", number(0, 65535), can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        for flag in ("--nflog-group", "--nflog-threshold"):
            if flag in given and not given[flag].value:
                del given[flag]

    def act(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Answer:
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return "".join(f" {option.flag[2:]} {option.write(self.value(option.flag))}"
                       for option in self.options if option.flag in self.given)


MARK_OPTIONS = ("--set-xmark", "--set-mark", "--and-mark", "--or-mark", "--xor-mark")


def _only_mark(given: dict[str, Given]) -> MarkValue | None:
    """What the options about a mark's bits come to: keep those outside the mask, then xor."""
    found = [(flag, given.pop(flag).value) for flag in MARK_OPTIONS if flag in given]
    if not found:
        return None
    flag, (value, mask) = found[0]
    return {"--set-xmark": MarkValue(value, mask), "--set-mark": MarkValue(value, value | mask),
            "--and-mark": MarkValue(0, ~value & WORD), "--or-mark": MarkValue(value, value),
            "--xor-mark": MarkValue(value, 0)}[flag]


def _write_xmark(mark: MarkValue) -> str:
    return f"{mark.value:#x}/{mark.mask:#x}"


def _mark_listed(mark: MarkValue) -> str:
    value, mask = mark
    if value == 0:
        return f" and {~mask & WORD:#x}"
    if value == mask:
        return f" or {value:#x}"
    if mask == 0:
        return f" xor {value:#x}"
    return f" set {value:#x}" if mask == WORD else f" xset {_write_xmark(mark)}"


XMARK_OPTIONS = tuple(Option(flag, read_mark if flag.startswith("--set-") else read_bits, _write_xmark,
                             can_negate=False) for flag in MARK_OPTIONS)


class SetMark(Action):
    """Put a mark on the packet (xt_mark.c)."""

    name = "MARK"
    options = XMARK_OPTIONS

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        only_one(cls.name, given, MARK_OPTIONS)
        mark = _only_mark(given)
        if mark is None:
            raise UsageError("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required")
        given["--set-xmark"] = Given(False, mark)

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        value, mask = self.value("--set-xmark")
        buffer.mark = buffer.mark & ~mask ^ value
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return f" MARK{_mark_listed(self.value('--set-xmark'))}"


class SetConnectionMark(Action):
    """Put a mark on the connection, or take it from there (xt_connmark.c)."""

    name = "CONNMARK"
    needs_tracking = True
    options = (*XMARK_OPTIONS, Option("--save-mark", can_negate=False), Option("--restore-mark", can_negate=False),
               *(Option(flag, read_bits, write_mark, can_negate=False) for flag in ("--nfmask", "--ctmask", "--mask")))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        only_one(cls.name, given, (*MARK_OPTIONS, "--save-mark", "--restore-mark"))
        for mask in ("--nfmask", "--ctmask"):
            only_one(cls.name, given, (mask, "--mask"))
        mark = _only_mark(given)
        if mark is not None:
            given["--set-xmark"] = Given(False, mark)
            return
        if "--save-mark" not in given and "--restore-mark" not in given:
            raise UsageError("CONNMARK target: No operation specified")
        both = given.pop("--mask", Given(False, MarkValue(WORD, WORD)))
        given.setdefault("--nfmask", both)
        given.setdefault("--ctmask", both)

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        connection, table = buffer.connection, namespace.netfilter.connections
        if connection is None or table is None:
            return Decision.CONTINUE
        before = connection.mark
        if "--set-xmark" in self.given:
            value, mask = self.value("--set-xmark")
            connection.mark = before & ~mask ^ value
        else:
            packet_mask, mask = self.value("--nfmask").value, self.value("--ctmask").value
            if "--save-mark" in self.given:
                connection.mark = before & ~mask ^ (buffer.mark & packet_mask)
            else:
                buffer.mark = buffer.mark & ~packet_mask ^ (before & mask)
        if connection.mark != before and connection.is_confirmed:
            table.note_news(connection)
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        if "--set-xmark" in self.given:
            return f" CONNMARK{_mark_listed(self.value('--set-xmark'))}"
        packet_mask, mask = self.value("--nfmask").value, self.value("--ctmask").value
        saves = "--save-mark" in self.given
        end = "" if packet_mask == mask == WORD else f" mask {mask:#x}" if packet_mask == mask else (
            f" nfmask {packet_mask:#x} ctmask ~{mask:#x}" if saves else f" ctmask {mask:#x} nfmask ~{packet_mask:#x}")
        return f" CONNMARK {'save' if saves else 'restore'}{end}"


class NoTrack(Action):
    """Leave the packet to no connection (xt_CT.c)."""

    name = "NOTRACK"
    tables = frozenset({"raw"})

    def act(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        if buffer.connection is None and not buffer.info:
            buffer.is_untracked = True
        return Decision.CONTINUE

    def listed(self, _numeric: bool) -> str:
        return " NOTRACK"


def _zone(text: str) -> int | str:
    """A zone's number, or that the packet's mark is it (UsageError: it is neither)."""
    match = re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", text, re.ASCII)
    number = int(text, 8 if re.fullmatch("0[0-7]+", text) else 0) if match else -1
    if text != "mark" and not 0 <= number < 1 << 16:
        raise UsageError(f"Cannot parse {text} as a zone ID")
    return text if text == "mark" else number


def _not_modelled(_text: str) -> str:
    raise NotModelledError("zones of one direction, helpers, timeouts and events of -j CT")


class ConnectionTracking(NoTrack):
    """-j CT --notrack and --zone (xt_CT.c); its other options are refused by name. The first that is met counts."""

    name = "CT"
    options = (Option("--notrack", can_negate=False), Option("--zone", _zone, can_negate=False),
               *(Option(flag, _not_modelled, can_negate=False) for flag in
                 ("--zone-orig", "--zone-reply", "--helper", "--timeout", "--ctevents", "--expevents")))

    @property
    def zone(self) -> int | str:
        return self.value("--zone") if "--zone" in self.given else 0

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        if buffer.connection is not None or buffer.is_untracked or buffer.zone is not None:
            return Decision.CONTINUE
        if "--notrack" in self.given:
            return super().act(namespace, buffer)
        zone = self.zone
        buffer.zone = buffer.mark & 0xFFFF if isinstance(zone, str) else zone
        return Decision.CONTINUE

    def written(self) -> str:
        """Zone 0 is what there is without the option."""
        return ("--notrack " * ("--notrack" in self.given) + f"--zone {self.zone}" * bool(self.zone)).rstrip()

    def listed(self, _numeric: bool) -> str:
        return f" CT {self.written().replace('--', '')}".rstrip()


class Trace(Action):
    """From here on who listens hears of each rule that takes the packet (`meta nftrace set 1`, which it is to nft)."""

    name = "TRACE"

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        buffer.traced = buffer.traced or namespace.trace.end + 1
        return Decision.CONTINUE


TARGETS: tuple[type[Action], ...] = (Accept, Drop, Return, Reject, Log, NetlinkLog, SetMark, SetConnectionMark,
                                     NoTrack, ConnectionTracking, Trace)
