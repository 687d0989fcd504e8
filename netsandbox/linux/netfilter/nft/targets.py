"""How nft words what iptables' targets do (the xlate functions of libxt_NAME.c and libipt_NAME.c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.linux.netfilter.extension import WORD, Action, MarkValue, write_span
from netsandbox.linux.netfilter.rule import Jump, Rule
from netsandbox.linux.netfilter.targets.packet import class_text
from netsandbox.wire.addresses import format_ipv4

REJECTS = {"icmp-net-unreachable": "net-unreachable", "icmp-host-unreachable": "host-unreachable",
           "icmp-proto-unreachable": "prot-unreachable", "icmp-net-prohibited": "net-prohibited",
           "icmp-host-prohibited": "host-prohibited", "icmp-admin-prohibited": "admin-prohibited"}
LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
LOGGED = {"--log-ip-options": "ip options", "--log-uid": "skuid", "--log-macdecode": "ether"}
NAT_FLAGS = {"--random": "random", "--random-fully": "fully-random", "--persistent": "persistent"}


def _reject(target: Action) -> str:
    how = str(target.value("--reject-with"))
    if how == "icmp-port-unreachable":
        return "reject"
    return "reject with tcp reset" if how == "tcp-reset" else f"reject with icmp type {REJECTS[how]}"


def _log(target: Action) -> str:
    prefix, level = target.value("--log-prefix"), target.value("--log-level")
    words = ["log"]
    words += [f'prefix "{prefix}"'] if prefix else []
    words += [f"level {LEVELS[level]}"] if level is not None else []
    tcp = [name for name in ("sequence", "options") if f"--log-tcp-{name}" in target.given]
    words += [f"flags tcp {','.join(tcp)}"] if tcp else []
    words += [f"flags {name}" for flag, name in LOGGED.items() if flag in target.given]
    return " ".join(words)


def _netlink_log(target: Action) -> str:
    words = [f'prefix "{prefix}"'] if (prefix := target.value("--nflog-prefix")) else []
    words.append(f"group {target.value('--nflog-group') or 0}")
    words += [f"{word} {target.value(flag)}" for flag, word in (
        ("--nflog-size", "snaplen"), ("--nflog-threshold", "queue-threshold")) if flag in target.given]
    return " ".join(["log", *words])


def _translation(target: Action) -> str:
    flags = ",".join(name for flag, name in NAT_FLAGS.items() if flag in target.given)
    if target.name in ("DNAT", "SNAT"):
        where = f" to {target.value('--to-destination' if target.name == 'DNAT' else '--to-source')}"
    else:
        ports = target.value("--to-ports")
        where = "" if ports is None else f" to :{ports}"
    return f"{target.name.lower()}{where}{f' {flags}' if flags else ''}"


def _mark(target: Action) -> str:
    return f"meta mark set {_mark_value('mark', target.value('--set-xmark'))}"


def _classify(target: Action) -> str:
    return f"meta priority set {class_text(target.value('--set-class'))}"


def _mark_value(old: str, mark: MarkValue) -> str:
    """What a mark becomes: keep what is outside of the mask, then xor."""
    value, mask = mark
    if mask == WORD:
        return f"{value:#x}"
    if not value:
        return f"{old} and {~mask & WORD:#x}"
    if value == mask:
        return f"{old} or {value:#x}"
    if not mask:
        return f"{old} xor {value:#x}"
    kept = f"{~mask & WORD:#x}"
    return f"{old} and {kept} xor {value:#x}" if old == "mark" else f"{old} xor {value:#x} and {kept}"


def _connection_mark(target: Action) -> str:
    wanted = target.value("--set-xmark")
    if wanted is not None:
        return f"ct mark set {_mark_value('ct mark', wanted)}"
    first, second = target.value("--nfmask").value, target.value("--ctmask").value
    if first != second:
        return UNSPOKEN.format(name=target.name)
    what = "ct mark set mark" if "--save-mark" in target.given else "meta mark set ct mark"
    return what if first == WORD else f"{what} and {first:#x}"


def _dscp(target: Action) -> str:
    return f"ip dscp set {target.value('--set-dscp'):#04x}"


def _tos(target: Action) -> str:
    """It says ip6, of IPv4 as well: so does libxt_TOS."""
    value, mask = target.value("--set-tos")
    if not value:
        return f"ip6 dscp set ip6 dscp and {(~mask & 0xFF) >> 2:#04x}" if mask != 0xFF else "ip6 dscp set 0x00"
    if value == mask:
        return f"ip6 dscp set ip6 dscp or {value >> 2:#04x}"
    return f"ip6 dscp set {'ip6 dscp xor ' * (not mask)}{value >> 2:#04x}"


def _mss(target: Action) -> str:
    size = target.value("--set-mss")
    return f"tcp option maxseg size set {'rt mtu' if size is None else size}"


def _tracking(target: Action) -> str:
    return "notrack" if "--notrack" in target.given else UNSPOKEN.format(name=target.name)


def _queue(target: Action) -> str:
    span = target.value("--queue-balance")
    number = target.value("--queue-num") if span is None else write_span(span, "-")
    words = "".join(f" {flag.rpartition('-')[2]}" for flag in ("--queue-bypass", "--queue-cpu-fanout")
                    if flag in target.given)
    return f"queue num {number}{words}"


def _duplicate(target: Action) -> str:
    device = target.value("--oif")
    return f"dup to {format_ipv4(target.value('--gateway'))}" + (f" device {device}" if device else "")


def _audit(_target: Action) -> str:
    return "log level audit"


UNSPOKEN = 'xt target "{name}"'
SIMPLE = {"ACCEPT": "accept", "DROP": "drop", "RETURN": "return", "NOTRACK": "notrack", "TRACE": "meta nftrace set 1"}
WORDS: dict[str, Callable[[Action], str]] = {
    "REJECT": _reject, "LOG": _log, "DNAT": _translation, "SNAT": _translation, "MASQUERADE": _translation,
    "REDIRECT": _translation, "MARK": _mark, "CONNMARK": _connection_mark, "DSCP": _dscp, "TOS": _tos, "TCPMSS": _mss,
    "CLASSIFY": _classify, "CT": _tracking, "NFLOG": _netlink_log, "NFQUEUE": _queue, "TEE": _duplicate,
    "AUDIT": _audit}


def target_text(rule: Rule) -> str:
    """What a rule does, in nft's words."""
    target = rule.target
    if target is None:
        return ""
    if isinstance(target, Jump):
        return f"{'goto' if target.is_goto else 'jump'} {target.name}"
    if target.name in SIMPLE:
        return SIMPLE[target.name]
    assert isinstance(target, Action), "a target with options"
    return WORDS[target.name](target) if target.name in WORDS else UNSPOKEN.format(name=target.name)
