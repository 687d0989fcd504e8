"""A rule of `ufw`: how it is written on the command line, kept, put into iptables' words and listed."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.firewall.ufw_apps import BY_NAME, PROFILES
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.masks import format_mask, read_mask
from netsandbox.linux.netfilter.ufw_rules import LIMIT
from netsandbox.wire.services import port_number, protocols_of

TARGETS = {"allow": "ACCEPT", "deny": "DROP", "reject": "REJECT"}
ACTIONS = (*TARGETS, "limit")
ANY = "0.0.0.0/0"
WITHOUT_PORTS = ("ipv6", "esp", "ah", "igmp", "gre", "vrrp")
MOST = {"from": 1, "to": 1, "proto": 1, "port": 2, "app": 2}  # How often a word may stand in a rule
MOST_WORDS = 13
LOGS = ("log", "log-all")
ENDS = {"in": "entered", "out": "leaves"}
LONGEST_NAME = 15


class Rule(NamedTuple):
    """One of the person's rules, as /etc/ufw/user.rules notes it."""

    action: str
    protocol: str = "any"
    dport: str = "any"
    destination: str = ANY
    sport: str = "any"
    source: str = ANY
    way: str = "in"  # in, out or fwd
    # entered, leaves: interfaces, or `-`
    entered: str = "-"
    leaves: str = "-"
    comment: str = ""  # what the person says of it
    log: str = ""  # whether what it decides is logged: new connections, or with log-all every packet
    # dapp, sapp: the profiles that its ports are told by, or `-`
    dapp: str = "-"
    sapp: str = "-"

    @property
    def apps(self) -> list[str]:
        """The profiles by the end that they tell the ports of."""
        ends = (("dapp", self.dapp), ("sapp", self.sapp))
        return [f"{end}_{name.replace(' ', '%20')}" for end, name in ends if name != "-"]

    @property
    def plain(self) -> Rule:
        """What it does, whatever is said of it."""
        return self._replace(comment="", log="")

    @property
    def is_outward(self) -> bool:
        return self.way == "out" or (self.way == "fwd" and self.entered == "-" != self.leaves)

    def saved(self) -> str:
        ends = f"{self.dport} {self.destination} {self.sport} {self.source}"
        ends += "".join(f" {app.replace(' ', '%20')}" for app in (self.dapp, self.sapp) if self.apps)
        action = f"{self.action}_{self.log}" if self.log else self.action
        return f"### tuple ### {action} {self.protocol} {ends} {self.way} {self.entered}!{self.leaves}" + (
            f" comment={to_bytes(self.comment).hex()}" if self.comment else "")

    def lines(self) -> list[str]:
        """The iptables rules that it stands for."""
        chain = {"in": "input", "out": "output", "fwd": "forward"}[self.way]
        needs_ports = self.dport != "any" or self.sport != "any"
        protocols = ["tcp", "udp"] if self.protocol == "any" and needs_ports else [self.protocol]
        return [line for protocol in protocols for line in self._for(chain, protocol)]

    def _for(self, chain: str, protocol: str) -> list[str]:
        words = [f"-i {self.entered}"] if self.entered != "-" else []
        words += [f"-o {self.leaves}"] if self.leaves != "-" else []
        words += [f"-p {protocol}"] if protocol != "any" else []
        words += [f"-s {self.source}"] if self.source != ANY else []
        words += [f"-d {self.destination}"] if self.destination != ANY else []
        for flag, ports in (("dport", self.dport), ("sport", self.sport)):
            if ports != "any":
                many = "," in ports
                words.append(f"-m multiport --{flag}s {ports}" if many else f"--{flag} {ports}")
        match, rule = " ".join(words), " ".join([f"-A ufw-user-{chain}", *words])
        logged = self._logged(f"ufw-user-logging-{chain}", rule, match) if self.log else []
        of = f" -m comment --comment '{','.join(self.apps)}'" if self.apps else ""
        if self.action != "limit":
            answer = " --reject-with tcp-reset" if self.action == "reject" and protocol == "tcp" else ""
            return [*logged, f"{rule}{of} -j {TARGETS[self.action]}{answer}"]
        recent = f"{rule} -m conntrack --ctstate NEW -m recent"
        return [*logged, f"{recent} --set{of}", f"{recent} --update --seconds 30 --hitcount 6{of} -j ufw-user-limit",
                f"{rule}{of} -j ufw-user-limit-accept"]

    def _logged(self, chain: str, rule: str, match: str) -> list[str]:
        """The rules of its log, before its own."""
        new = "" if self.log == "log-all" else "-m conntrack --ctstate NEW "
        prefix = "[UFW {}] ".format({"allow": "ALLOW", "limit": "LIMIT"}.get(self.action, "BLOCK"))
        head = f"-A {chain} {match}".rstrip()
        return [f'{head} {new}{LIMIT} -j LOG --log-prefix "{prefix}"', f"{head} -j RETURN", f"{rule} -j {chain}"]


def parse(words: list[str]) -> Rule:
    """`[route] allow|deny|reject|limit [in|out [on IFACE]] [log] [PORT[/PROTO]|APP | from … to … port … proto …]`."""
    is_routed = words[:1] == ["route"]
    words = words[is_routed:]
    if len(words) < 2 or words[0] not in ACTIONS:
        raise ToolError(1, "ERROR: Invalid syntax")
    rule = Rule(words[0], way="fwd" if is_routed else "in")
    words = words[1:]
    rule = _between(rule, words) if is_routed else rule
    rule = _logged(_directed(rule, words, is_routed), words)
    rule = _told(rule, words)
    if not 0 < len(words) < MOST_WORDS:
        raise ToolError(1, "ERROR: Invalid syntax")
    has_interface = (rule.entered, rule.leaves) != ("-", "-")
    if len(words) == 1 and not has_interface:
        return _simple(rule, words[0])
    if len(words) % 2:
        raise ToolError(1, "ERROR: Wrong number of arguments")
    return _extended(rule, words)


def _between(rule: Rule, words: list[str]) -> Rule:
    """Of a route: the second of two interfaces, whose words are taken off."""
    places = {way: at for at, (way, on) in enumerate(pairwise(words)) if way in ENDS and on == "on"}
    if not places and ({"in", "out"} & set(words[:-1])):
        raise ToolError(1, "ERROR: Invalid interface clause for route rule")
    if len(places) < len(ENDS):
        return rule
    at = max(places.values())
    if at + 2 >= len(words):
        raise ToolError(1, "ERROR: Invalid interface clause")
    rule = rule._replace(**{ENDS[words[at]]: _interface(words[at + 2])})
    del words[at:at + 3]
    return rule


def _directed(rule: Rule, words: list[str], is_routed: bool) -> Rule:
    """With `in|out [on IFACE]`, which are taken off the words."""
    if words[0].lower() in ENDS:
        rule = rule if is_routed else rule._replace(way=words[0].lower())
        if len(words) > 1 and words[1] != "on":
            words.pop(0)
    if not {"in", "out"} & set(words):
        return rule
    if words[0].lower() not in ENDS or len(words) < 3 or words[1].lower() != "on":
        raise ToolError(1, "ERROR: Invalid interface clause")
    rule = rule._replace(**{ENDS[words[0].lower()]: _interface(words[2])})
    del words[:3]
    return rule


def _interface(name: str) -> str:
    """Raises: ToolError: no interface has such a name."""
    bad = next((why for is_bad, why in (
        ("!" in name, ": reserved character: '!'"), (":" in name, ": can't use interface aliases"),
        (name in (".", ".."), ": can't use '.' or '..'"), (not name, ": interface name is empty"),
        (len(name) > LONGEST_NAME, ": interface name too long"),
        (not re.fullmatch(r"[\w.+,=%@-]+", name, re.ASCII), "")) if is_bad), None)
    if bad is not None:
        raise ToolError(1, f"ERROR: Bad interface name{bad}")
    return name


def _logged(rule: Rule, words: list[str]) -> Rule:
    """With `log` or `log-all`, which is taken off the words."""
    has_interface = (rule.entered, rule.leaves) != ("-", "-")
    if len(words) > 1 - has_interface and words[0].lower() in LOGS:
        rule = rule._replace(log=words.pop(0).lower())
    for word in LOGS:
        if word in words:
            raise ToolError(1, f"ERROR: Option '{word}' not allowed here")
    return rule


def _told(rule: Rule, words: list[str]) -> Rule:
    """With its comment, which is taken off the words."""
    if "comment" not in words:
        if not words and (rule.entered, rule.leaves) != ("-", "-"):
            words += ["to", "any"]
        return rule
    at = words.index("comment")
    if at + 1 == len(words):
        raise ToolError(1, "ERROR: Option 'comment' missing required argument")
    rule = rule._replace(comment=words[at + 1])
    del words[at:at + 2]
    return _told(rule, words)


def check(rule: Rule) -> None:
    """What is looked at last."""
    if rule.protocol == "any" and re.search(r"[,:]", rule.sport + rule.dport):
        raise ToolError(1, "ERROR: Must specify 'tcp' or 'udp' with multiple ports")
    if rule.protocol in WITHOUT_PORTS and (rule.sport, rule.dport) != ("any", "any"):
        raise ToolError(1, f"ERROR: Invalid port with protocol '{rule.protocol}'")


def is_narrowed(words: list[str]) -> bool:
    """Whether an address has bits behind its mask, which are left out."""
    texts = [text for word, text in pairwise(words) if word in ("from", "to") and "/" in text]
    return any(_address(text, "").partition("/")[0] != text.partition("/")[0] for text in texts)


def _simple(rule: Rule, text: str) -> Rule:
    """`80`, `22/tcp`, `6000:6007/tcp`, `80,443/tcp`, `ssh`, `OpenSSH`."""
    if text.lower() in BY_NAME:
        return _of_profile(rule, "destination", text)
    ports, _slash, protocol = text.partition("/")
    if protocol not in ("", "any", "tcp", "udp", *WITHOUT_PORTS):
        raise ToolError(1, "ERROR: Bad port")
    rule = rule._replace(dport=_ports(ports, protocol or "any", ""), protocol=protocol or "any")
    return _of_services(rule, [ports])


def _of_profile(rule: Rule, side: str, text: str) -> Rule:
    """The ports of one end by a profile's name."""
    name = BY_NAME.get(text.lower())
    if name is None:
        raise ToolError(1, f"ERROR: Could not find a profile matching '{text}'")
    profile = PROFILES[name]
    rule = rule._replace(protocol=profile.protocol)
    if side == "source":
        return rule._replace(sport=profile.ports, sapp=name)
    return rule._replace(dport=profile.ports, dapp=name)


def _of_services(rule: Rule, texts: list[str]) -> Rule:
    """Of a port that is told by its service's name the protocol is known, too."""
    protocols = {known[0] for text in texts if len(known := protocols_of(text)) == 1}
    if len(protocols) > 1:
        raise ToolError(1, "ERROR: Protocol mismatch (from/to)")
    if not protocols or rule.protocol in protocols:
        return rule
    if rule.protocol != "any":
        raise ToolError(1, f"ERROR: Protocol mismatch with specified protocol {rule.protocol}")
    return rule._replace(protocol=protocols.pop())


def _ports(text: str, protocol: str, told: str) -> str:
    """`told`: what is said of a wrong one behind `Bad port`."""
    if told and text == "any":
        return text
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
    if (rule.entered, rule.leaves) == ("-", "-") and not {"from", "to"} & set(words):
        raise ToolError(1, "ERROR: Need 'to' or 'from' clause")
    if any(words.count(word) > most for word, most in MOST.items()) or {"app", "proto"} <= {*words[::2]}:
        raise ToolError(1, "ERROR: Improper rule syntax")
    side, services = "", []
    for word, text in zip(words[::2], words[1::2], strict=True):
        if word in ("from", "to"):
            side = "source" if word == "from" else "destination"
            rule = rule._replace(**{side: _address(text.lower(), f" {side}")})
        elif word in ("port", "app") and not side:
            raise ToolError(1, f"ERROR: Need 'from' or 'to' with '{word}'")
        elif word == "port":
            rule = rule._replace(**{"sport" if side == "source" else "dport": _ports(text, "any", f" '{text}'")})
            services.append(text)
        elif word == "proto":
            rule = rule._replace(protocol=_protocol(text))
        elif word == "app":
            rule = _of_profile(rule, side, text)
        else:
            raise ToolError(1, f"ERROR: Invalid token '{word}'")
    return _of_services(rule, services)


def _protocol(text: str) -> str:
    if text not in ("tcp", "udp", "any", *WITHOUT_PORTS):
        raise ToolError(1, f"ERROR: Unsupported protocol '{text}'")
    return text


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
    words += [rule.log] if rule.log else []
    ends = (rule.source, rule.sport, rule.destination)
    if ends == (ANY, "any", ANY) and rule.dapp != "-" and rule.entered == rule.leaves == "-":
        words.append(_quoted(rule.dapp))
    elif ends == (ANY, "any", ANY) and rule.dport != "any" and rule.entered == rule.leaves == "-":
        words.append(rule.dport + (f"/{rule.protocol}" if rule.protocol != "any" else ""))
    else:
        for word, address, port, app in (("from", rule.source, rule.sport, rule.sapp),
                                         ("to", rule.destination, rule.dport, rule.dapp)):
            if address != ANY or port != "any":
                by = ["app", _quoted(app)] if app != "-" else ["port", port] if port != "any" else []
                words += [word, "any" if address == ANY else address, *by]
        has_end = {"from", "to", "on"} & set(words)
        words += [] if has_end else ["to", "any"]
        words += ["proto", rule.protocol] if rule.protocol != "any" and not rule.apps else []
    return " ".join([*words, *([f"comment '{rule.comment}'"] if rule.comment else [])])


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def row_of(rule: Rule, tells_way: bool, marks: list[str], tells_ports: bool = False) -> str:
    """A row of `ufw status`; `marks`: what stands behind it besides its log; `tells_ports`: those of a profile too."""
    marks = [rule.log, *marks] if rule.log else marks
    end = f" ({', '.join(marks)})" if marks else ""
    action = rule.action.upper()
    if tells_way or rule.way != "in":
        action += {"in": " IN", "out": " OUT", "fwd": " FWD"}[rule.way]
    to = _end(rule, rule.destination, rule.dport, rule.entered if rule.way == "in" else
              rule.leaves if rule.way == "fwd" else "-", rule.dapp, tells_ports)
    source = _end(rule, rule.source, rule.sport, rule.leaves if rule.way == "out" else
                  rule.entered if rule.way == "fwd" else "-", rule.sapp, tells_ports)
    return f"{to:<26} {action:<11} {source:<26}{end}" + (f" # {rule.comment}" if rule.comment else "")


def _end(rule: Rule, address: str, ports: str, interface: str, app: str, tells_ports: bool) -> str:
    """One end; the protocol stands at the ports, or else at the addresses."""
    words = [] if address == ANY else [address]
    if rule.apps:
        words += [f"{ports}/{rule.protocol} ({app})" if tells_ports else app] if app != "-" else []
        text = " ".join(words) or "Anywhere"
        return text if interface == "-" else f"{text} on {interface}"
    words += [ports] if ports != "any" else []
    is_told = ports != "any" if rule.sport != rule.dport or ports != "any" else (
        address != ANY or rule.source == rule.destination)
    text = (" ".join(words) or "Anywhere") + (f"/{rule.protocol}" if is_told and rule.protocol != "any" else "")
    return text if interface == "-" else f"{text} on {interface}"
