"""A rule of `ufw`: how it is written on the command line, kept, put into iptables' words and listed."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolError
from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.masks import format_mask, read_mask
from netsandbox.wire.services import port_number

TARGETS = {"allow": "ACCEPT", "deny": "DROP", "reject": "REJECT"}
ACTIONS = (*TARGETS, "limit")
ANY = "0.0.0.0/0"
APPLICATIONS = {"OpenSSH": "22/tcp", "Nginx HTTP": "80/tcp", "Nginx HTTPS": "443/tcp", "Nginx Full": "80,443/tcp"}
SERVICES_OF_TCP = frozenset({"ssh", "http", "https", "smtp", "ftp", "telnet", "pop3", "imap2", "imap"})
"""Names that /etc/services has for TCP alone."""
WITHOUT_PORTS = ("ipv6", "esp", "ah", "igmp", "gre", "vrrp")
KEYWORDS = frozenset({"from", "to", "proto", "port", "comment", "log", "log-all"})


class Rule(NamedTuple):
    """One of the person's rules, as /etc/ufw/user.rules notes it.

    Attributes:
        way: in, out or fwd.  entered, leaves: interfaces, or `-`.
        comment: what the person says of it.
    """

    action: str
    protocol: str = "any"
    dport: str = "any"
    destination: str = ANY
    sport: str = "any"
    source: str = ANY
    way: str = "in"
    entered: str = "-"
    leaves: str = "-"
    comment: str = ""

    @property
    def plain(self) -> Rule:
        """What it does, whatever is said of it."""
        return self._replace(comment="")

    def saved(self) -> str:
        ends = f"{self.dport} {self.destination} {self.sport} {self.source}"
        return f"### tuple ### {self.action} {self.protocol} {ends} {self.way} {self.entered}!{self.leaves}" + (
            f" comment={self.comment.encode().hex()}" if self.comment else "")

    def lines(self) -> list[str]:
        """The iptables rules that it stands for."""
        chain = {"in": "ufw-user-input", "out": "ufw-user-output", "fwd": "ufw-user-forward"}[self.way]
        needs_ports = self.dport != "any" or self.sport != "any"
        protocols = ["tcp", "udp"] if self.protocol == "any" and needs_ports else [self.protocol]
        return [line for protocol in protocols for line in self._for(chain, protocol)]

    def _for(self, chain: str, protocol: str) -> list[str]:
        words = [f"-A {chain}"]
        words += [f"-i {self.entered}"] if self.entered != "-" else []
        words += [f"-o {self.leaves}"] if self.leaves != "-" else []
        words += [f"-p {protocol}"] if protocol != "any" else []
        words += [f"-s {self.source}"] if self.source != ANY else []
        words += [f"-d {self.destination}"] if self.destination != ANY else []
        for flag, ports in (("dport", self.dport), ("sport", self.sport)):
            if ports != "any":
                many = "," in ports
                words.append(f"-m multiport --{flag}s {ports}" if many else f"--{flag} {ports}")
        rule = " ".join(words)
        if self.action != "limit":
            return [f"{rule} -j {TARGETS[self.action]}"]
        recent = f"{rule} -m conntrack --ctstate NEW -m recent"
        return [f"{recent} --set", f"{recent} --update --seconds 30 --hitcount 6 -j ufw-user-limit",
                f"{rule} -j ufw-user-limit-accept"]


def parse(words: list[str]) -> Rule:
    """`[route] allow|deny|reject|limit [in|out [on IFACE]] [PORT[/PROTO]|APP | from … to … port … proto …]`."""
    words = list(words)
    is_routed = words[:1] == ["route"]
    words = words[1:] if is_routed else words
    if not words or words[0] not in ACTIONS:
        raise ToolError(1, "ERROR: Invalid syntax")
    rule = _directed(Rule(words.pop(0), way="fwd" if is_routed else "in"), words, is_routed)
    if words[-2:-1] == ["comment"]:
        rule = rule._replace(comment=words.pop())
        words.pop()
    if not words and rule.entered == rule.leaves == "-":
        raise ToolError(1, "ERROR: Invalid syntax")
    if words and words[0] not in KEYWORDS:
        rule = _simple(rule, words.pop(0))
        if words[:1] in (["log"], ["log-all"]):
            raise ToolError(1, f"ERROR: Option '{words[0]}' not allowed here")
        if words:
            raise ToolError(1, "ERROR: Wrong number of arguments")
    return _extended(rule, words)


def _directed(rule: Rule, words: list[str], is_routed: bool) -> Rule:
    """With `in|out [on IFACE]`, which are taken off the words."""
    while words[:1] in (["in"], ["out"]):
        way = words.pop(0)
        rule = rule if is_routed else rule._replace(way=way)
        if is_routed and words[:1] != ["on"]:
            raise ToolError(1, "ERROR: Invalid interface clause for route rule")
        if words[:1] == ["on"] and len(words) > 1:
            rule = rule._replace(**{"entered" if way == "in" else "leaves": words[1]})
            del words[:2]
    return rule


def check(rule: Rule) -> None:
    """What is looked at last."""
    if rule.protocol == "any" and re.search(r"[,:]", rule.sport + rule.dport):
        raise ToolError(1, "ERROR: Must specify 'tcp' or 'udp' with multiple ports")


def is_narrowed(words: list[str]) -> bool:
    """Whether an address has bits behind its mask, which are left out."""
    texts = [text for word, text in pairwise(words) if word in ("from", "to") and "/" in text]
    return any(_address(text, "").partition("/")[0] != text.partition("/")[0] for text in texts)


def _simple(rule: Rule, text: str) -> Rule:
    """`80`, `22/tcp`, `6000:6007/tcp`, `80,443/tcp`, `ssh`, `OpenSSH`."""
    ports, _slash, protocol = APPLICATIONS.get(text, text).partition("/")
    if protocol not in ("", "tcp", "udp"):
        raise ToolError(1, "ERROR: Bad port")
    if not protocol and text in SERVICES_OF_TCP:
        protocol = "tcp"
    return rule._replace(dport=_ports(ports, protocol or "any", ""), protocol=protocol or "any")


def _ports(text: str, protocol: str, told: str) -> str:
    """`told`: what is said of a wrong one behind `Bad port`."""
    found = []
    if re.search(r"[,:]", text) and not re.fullmatch(r"[0-9,:]+", text):
        raise ToolError(1, "ERROR: Port ranges must be numeric")
    for part in re.split(r"[,:]", text):
        number = port_number(part)
        if not number:
            raise ToolError(1, f"ERROR: Could not find a profile matching '{text}'" if (
                not told and protocol == "any" and not text[:1].isdigit()) else f"ERROR: Bad port{told}")
        found.append(number)
    if any(int(low) >= int(high) for low, high in re.findall(r"(\d+):(\d+)", text)):
        raise ToolError(1, f"ERROR: Bad port{told}")
    numbers = iter(found)
    return re.sub(r"[^,:]+", lambda _match: str(next(numbers)), text)


def _extended(rule: Rule, words: list[str]) -> Rule:
    rule, side = _with_protocol(rule, words), "destination"
    if any(words.count(word) > 1 for word in ("from", "to", "proto")):
        raise ToolError(1, "ERROR: Improper rule syntax")
    while words:
        word = words.pop(0)
        if word in ("from", "to", "port", "proto", "comment") and not words:
            raise ToolError(1, "ERROR: Invalid syntax")
        if word in ("from", "to"):
            side = "source" if word == "from" else "destination"
            rule = rule._replace(**{side: _address(words.pop(0), f" {side}")})
        elif word == "port":
            rule = _with_port(rule, side, words.pop(0))
        elif word == "proto":
            words.pop(0)
        elif word in ("log", "log-all", "app"):
            raise ToolError(1, f"netsandbox: ufw … {word} is not modelled")
        else:
            raise ToolError(1, "ERROR: Invalid syntax")
    if rule.protocol in WITHOUT_PORTS and (rule.sport, rule.dport) != ("any", "any"):
        raise ToolError(1, f"ERROR: Invalid port with protocol '{rule.protocol}'")
    return rule


def _with_protocol(rule: Rule, words: list[str]) -> Rule:
    """Which counts for all that stands before it, too."""
    if "proto" not in words[:-1]:
        return rule
    protocol = words[words.index("proto") + 1]
    if protocol not in ("tcp", "udp", "any", *WITHOUT_PORTS):
        raise ToolError(1, f"ERROR: Unsupported protocol '{protocol}'")
    return rule._replace(protocol=protocol)


def _with_port(rule: Rule, side: str, text: str) -> Rule:
    if text in SERVICES_OF_TCP and rule.protocol == "any":
        rule = rule._replace(protocol="tcp")
    return rule._replace(**{"sport" if side == "source" else "dport": _ports(text, rule.protocol, f" '{text}'")})


def _address(text: str, side: str) -> str:
    if text == "any":
        return ANY
    try:
        return format_mask(read_mask(text))
    except UsageError:
        raise ToolError(1, f"ERROR: Bad{side} address") from None


def command_of(rule: Rule) -> str:
    """The line that makes it, as `ufw show added` tells it."""
    words = ["ufw", *(["route"] if rule.way == "fwd" else []), rule.action]
    words += ["out"] if rule.way == "out" and rule.leaves == "-" else []
    words += ["in", "on", rule.entered] if rule.entered != "-" else []
    words += ["out", "on", rule.leaves] if rule.leaves != "-" else []
    ends = (rule.source, rule.sport, rule.destination)
    if ends == (ANY, "any", ANY) and rule.dport != "any" and rule.entered == rule.leaves == "-":
        words.append(rule.dport + (f"/{rule.protocol}" if rule.protocol != "any" else ""))
    else:
        for word, address, port in (("from", rule.source, rule.sport), ("to", rule.destination, rule.dport)):
            if address != ANY or port != "any":
                words += [word, "any" if address == ANY else address, *(["port", port] if port != "any" else [])]
        words += ["proto", rule.protocol] if rule.protocol != "any" else []
    words += ["to", "any"] if words[-1] == rule.action else []
    return " ".join([*words, *([f"comment '{rule.comment}'"] if rule.comment else [])])


def row_of(rule: Rule, tells_way: bool, end: str) -> str:
    """A row of `ufw status`; `end`: what stands behind it."""
    action = rule.action.upper()
    if tells_way or rule.way != "in":
        action += {"in": " IN", "out": " OUT", "fwd": " FWD"}[rule.way]
    to = _end(rule, rule.destination, rule.dport, rule.entered if rule.way == "in" else
              rule.leaves if rule.way == "fwd" else "-")
    source = _end(rule, rule.source, rule.sport, rule.leaves if rule.way == "out" else
                  rule.entered if rule.way == "fwd" else "-")
    return f"{to:<26} {action:<11} {source:<26}{end}" + (f" # {rule.comment}" if rule.comment else "")


def _end(rule: Rule, address: str, ports: str, interface: str) -> str:
    """One end; the protocol stands at the ports, or else at the addresses."""
    words = [] if address == ANY else [address]
    words += [ports] if ports != "any" else []
    is_told = ports != "any" if rule.sport != rule.dport or ports != "any" else (
        address != ANY or rule.source == rule.destination)
    text = (" ".join(words) or "Anywhere") + (f"/{rule.protocol}" if is_told and rule.protocol != "any" else "")
    return text if interface == "-" else f"{text} on {interface}"
