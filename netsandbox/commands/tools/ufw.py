"""`ufw` (0.36): allow, deny, reject, limit, delete, default, enable, disable, reload, status.

Its state is where the real one keeps it, in /etc/ufw/user.rules and ufw.conf.
IPv6 is off (IPV6=no in /etc/default/ufw), as there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.netfilter import iptables, restore, ufw_rules
from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.masks import format_mask, read_mask
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.wire.services import port_number

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

STATE = "/etc/ufw/user.rules"
TARGETS = {"allow": "ACCEPT", "deny": "DROP", "reject": "REJECT"}
ACTIONS = (*TARGETS, "limit")
WAYS = {"incoming": "input", "outgoing": "output", "routed": "forward"}
POLICIES = {"ACCEPT": "allow", "DROP": "deny", "REJECT": "reject"}
ANY = "0.0.0.0/0"
APPLICATIONS = {"OpenSSH": "22/tcp", "Nginx HTTP": "80/tcp", "Nginx HTTPS": "443/tcp", "Nginx Full": "80,443/tcp"}
TUPLE = re.compile(r"### tuple ### (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)")
POLICY = re.compile(r"### policy ### (\S+) (\S+) (\S+) (\S+) (\S+)")


class Rule(NamedTuple):
    """One of the person's rules, as /etc/ufw/user.rules notes it.

    Attributes:
        way: in, out or fwd.  entered, leaves: interfaces, or `-`.
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

    def saved(self) -> str:
        ends = f"{self.dport} {self.destination} {self.sport} {self.source}"
        return f"### tuple ### {self.action} {self.protocol} {ends} {self.way} {self.entered}!{self.leaves}"

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


class State(NamedTuple):
    """What ufw knows: whether it is enabled, the policies by way, the rules."""

    enabled: bool
    logs: bool
    policies: dict[str, str]
    rules: list[Rule]


def load(context: ToolContext) -> State:
    text = ""
    if context.files is not None and context.files.exists(STATE):
        text = context.files.read(STATE)
    policy = POLICY.search(text)
    rules = []
    for found in TUPLE.findall(text):
        action, protocol, dport, destination, sport, source, way, interfaces = found
        entered, _mark, leaves = interfaces.partition("!")
        rules.append(Rule(action, protocol, dport, destination, sport, source, way, entered, leaves))
    if policy is None:
        return State(False, True, {"input": "DROP", "output": "ACCEPT", "forward": "DROP"}, rules)
    policies = dict(zip(ufw_rules.WAYS, policy.groups()[2:], strict=True))
    return State(policy[1] == "yes", policy[2] == "low", policies, rules)


def save(context: ToolContext, state: State) -> None:
    if context.files is None:
        raise ToolError(1, "ERROR: Couldn't open '/etc/ufw/user.rules'")
    head = (f"### policy ### {'yes' if state.enabled else 'no'} {'low' if state.logs else 'off'} "
            + " ".join(state.policies[way] for way in ufw_rules.WAYS))
    lines = [line for rule in state.rules for line in (rule.saved(), *rule.lines())]
    try:
        if not context.files.exists("/etc/ufw"):
            context.files.make_directory("/etc/ufw")
        context.files.write(STATE, "\n".join([head, "*filter", *lines, "COMMIT", ""]))
    except FileError as error:
        raise ToolError(1, f"ERROR: Couldn't write '{STATE}': {error}") from None


def put(context: ToolContext, state: State) -> None:
    """Let the kernel have the rules, or take ufw's out."""
    if state.enabled:
        user = [line for rule in state.rules for line in rule.lines()]
        _take_out(context)
        text = ufw_rules.restore_text(state.policies, user, state.logs)
        answer = restore.restore(context.namespace, text, restore.Wish(keeps=True))
        if answer.code:
            raise ToolError(1, f"ERROR: problem running ufw-init\n{answer.err.rstrip()}")
    else:
        _take_out(context)
        for way in ufw_rules.WAYS:
            iptables.execute(context.namespace, ["-P", way.upper(), "ACCEPT"])


def _take_out(context: ToolContext) -> None:
    table = context.namespace.netfilter.tables.get("filter")
    if table is None:
        return
    names = [name for name in ufw_rules.chains() if name in table.chains]
    for way in ufw_rules.WAYS:
        chain = table.chains.get(way.upper())
        for at in reversed(range(len(chain.rules) if chain is not None else 0)):
            if chain is not None and chain.rules[at].jump.startswith("ufw-"):
                table.delete(way.upper(), at)
    for name in names:
        table.flush(name)
    for name in names:
        table.delete_chain(name)
    context.namespace.netfilter.refresh(context.namespace)


# -- the commands

def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """One command line."""
    words = [word for word in arguments if word != "--force"]
    if words in (["--version"], ["version"]):
        return ToolResult(0, "ufw 0.36.2\nCopyright 2008-2023 Canonical Ltd.\n", "")
    if not words or words[0] in ("--help", "help"):
        return ToolResult(int(not words), "", "ERROR: not enough args\n" if not words else USAGE)
    if not may_administer():
        raise ToolError(1, "ERROR: You need to be root to run this script")
    command, rest, state = words[0], words[1:], load(context)
    if command == "status":
        return ToolResult(0, _status(state, rest), "")
    if command in ("enable", "disable", "reload"):
        return _switch(context, state, command)
    if command == "default":
        return _default(context, state, rest)
    if command == "logging" and rest in (["on"], ["off"], ["low"]):
        state = state._replace(logs=rest != ["off"])
        return _keep(context, state, "Logging disabled" if rest == ["off"] else "Logging enabled")
    if command in (*ACTIONS, "delete", "insert", "route", "rule"):
        return _rule(context, state, words)
    if command in ("app", "reset", "show", "prepend", "logging"):
        raise ToolError(1, f"netsandbox: ufw {command} is not modelled")
    raise ToolError(1, "ERROR: Invalid syntax")


USAGE = """Usage: ufw COMMAND
 enable, disable, reload, default ARG, logging LEVEL, allow ARGS, deny ARGS, reject ARGS, limit ARGS, delete RULE|NUM,
 insert NUM RULE, route RULE, status [verbose|numbered], version
"""


def _keep(context: ToolContext, state: State, said: str) -> ToolResult:
    save(context, state)
    if state.enabled:
        put(context, state)
    return ToolResult(0, f"{said}\n", "")


def _switch(context: ToolContext, state: State, command: str) -> ToolResult:
    if command == "reload":
        return _keep(context, state, "Firewall reloaded" if state.enabled else "Firewall not enabled (skipping reload)")
    state = state._replace(enabled=command == "enable")
    save(context, state)
    put(context, state)
    return ToolResult(0, "Firewall is active and enabled on system startup\n" if state.enabled else
                      "Firewall stopped and disabled on system startup\n", "")


def _default(context: ToolContext, state: State, rest: list[str]) -> ToolResult:
    way = rest[1] if len(rest) > 1 else "incoming"
    policy = {name: target for target, name in POLICIES.items()}.get(rest[0] if rest else "", "")
    if not policy or way not in WAYS:
        raise ToolError(1, "ERROR: Invalid syntax")
    state = state._replace(policies={**state.policies, WAYS[way]: policy})
    return _keep(context, state, f"Default {way} policy changed to '{rest[0]}'\n"
                                 "(be sure to update your rules accordingly)")


def _rule(context: ToolContext, state: State, words: list[str]) -> ToolResult:
    is_deleted, at = words[0] == "delete", len(state.rules)
    words = words[1:] if words[0] in ("delete", "rule") else words
    if words[:1] == ["insert"]:
        if len(words) < 2 or not words[1].isdecimal() or not 0 < int(words[1]) <= len(state.rules):
            raise ToolError(1, f"ERROR: Invalid position '{words[1] if len(words) > 1 else ''}'")
        at, words = int(words[1]) - 1, words[2:]
    if is_deleted and len(words) == 1 and words[0].isdecimal():
        if not 0 < int(words[0]) <= len(state.rules):
            raise ToolError(1, "ERROR: Could not find rule '" + words[0] + "'")
        rule = state.rules[int(words[0]) - 1]
    else:
        rule = parse(words)
    is_known = rule in state.rules
    if is_deleted:
        if not is_known:
            return ToolResult(0, "Could not delete non-existent rule\n", "")
        state = state._replace(rules=[one for one in state.rules if one != rule])
        return _keep(context, state, "Rule deleted" if state.enabled else "Rules updated")
    if is_known:
        return ToolResult(0, "Skipping adding existing rule\n", "")
    same = next((at for at, one in enumerate(state.rules) if one._replace(action=rule.action) == rule), None)
    if same is not None:
        rules = [*state.rules[:same], rule, *state.rules[same + 1:]]
        return _keep(context, state._replace(rules=rules), "Rule updated" if state.enabled else "Rules updated")
    state = state._replace(rules=[*state.rules[:at], rule, *state.rules[at:]])
    return _keep(context, state, ("Rule inserted" if at < len(state.rules) - 1 else "Rule added") if state.enabled
                 else "Rules updated")


def parse(words: list[str]) -> Rule:
    """`[route] allow|deny|reject|limit [in|out [on IFACE]] [PORT[/PROTO]|APP | from … to … port … proto …]`."""
    words = list(words)
    is_routed = words[:1] == ["route"]
    words = words[1:] if is_routed else words
    if not words or words[0] not in ACTIONS:
        raise ToolError(1, "ERROR: Invalid syntax")
    rule = Rule(words.pop(0), way="fwd" if is_routed else "in")
    while words[:1] in (["in"], ["out"]):
        way = words.pop(0)
        rule = rule if is_routed else rule._replace(way=way)
        if words[:1] == ["on"] and len(words) > 1:
            rule = rule._replace(**{"entered" if way == "in" else "leaves": words[1]})
            words = words[2:]
    if words and words[0] not in ("from", "to", "proto", "comment", "log", "log-all"):
        rule = _simple(rule, words.pop(0))
    rule = _extended(rule, words)
    if rule == Rule(rule.action, way=rule.way):
        raise ToolError(1, "ERROR: Invalid syntax")
    return rule


def _simple(rule: Rule, text: str) -> Rule:
    """`80`, `22/tcp`, `6000:6007/tcp`, `80,443/tcp`, `ssh`, `OpenSSH`."""
    ports, _slash, protocol = APPLICATIONS.get(text, text).partition("/")
    if not protocol and text == "ssh":
        protocol = "tcp"
    if protocol not in ("", "tcp", "udp"):
        raise ToolError(1, f"ERROR: Unsupported protocol '{protocol}'")
    return rule._replace(dport=_ports(ports, protocol or "any"), protocol=protocol or "any")


def _ports(text: str, protocol: str) -> str:
    found = []
    for part in re.split(r"[,:]", text):
        number = port_number(part)
        if number is None:
            raise ToolError(1, f"ERROR: Bad port '{text}'" if text[:1].isdigit() else
                            f"ERROR: Could not find a profile matching '{text}'")
        found.append(number)
    if re.search(r"[,:]", text) and protocol == "any":
        raise ToolError(1, "ERROR: Must specify 'tcp' or 'udp' with multiple ports")
    numbers = iter(found)
    return re.sub(r"[^,:]+", lambda _match: str(next(numbers)), text)


def _extended(rule: Rule, words: list[str]) -> Rule:
    side = "destination"
    if "proto" in words[:-1]:
        protocol = words[words.index("proto") + 1]
        rule = rule._replace(protocol=protocol)
        if protocol not in ("tcp", "udp", "any"):
            raise ToolError(1, f"ERROR: Unsupported protocol '{protocol}'")
    while words:
        word = words.pop(0)
        if word in ("from", "to", "port", "proto", "comment") and not words:
            raise ToolError(1, "ERROR: Invalid syntax")
        if word in ("from", "to"):
            side = "source" if word == "from" else "destination"
            rule = rule._replace(**{side: _address(words.pop(0))})
        elif word == "port":
            rule = rule._replace(**{"sport" if side == "source" else "dport": _ports(words.pop(0), rule.protocol)})
        elif word in ("proto", "comment"):
            words.pop(0)
        elif word in ("log", "log-all", "app"):
            raise ToolError(1, f"netsandbox: ufw … {word} is not modelled")
        else:
            raise ToolError(1, "ERROR: Invalid syntax")
    return rule


def _address(text: str) -> str:
    if text == "any":
        return ANY
    try:
        return format_mask(read_mask(text))
    except UsageError:
        raise ToolError(1, "ERROR: Bad address") from None


# -- status

def _status(state: State, rest: list[str]) -> str:
    if not state.enabled:
        return "Status: inactive\n"
    verbose, numbered = "verbose" in rest, "numbered" in rest
    text = "Status: active\n"
    if verbose:
        policies = {way: POLICIES[state.policies[name]] for way, name in WAYS.items()}
        routed = "disabled" if state.policies["forward"] == "DROP" else policies["routed"]
        text += (f"Logging: {'on (low)' if state.logs else 'off'}\nDefault: {policies['incoming']} (incoming), "
                 f"{policies['outgoing']} (outgoing), {routed} (routed)\nNew profiles: skip\n")
    if not state.rules:
        return text
    pad = "     " if numbered else ""
    text += f"\n{pad}{'To':<26} {'Action':<11} From\n{pad}{'--':<26} {'------':<11} ----\n"
    for number, rule in enumerate(state.rules, 1):
        text += f"[{number:>2}] " if numbered else ""
        text += _row(rule, verbose or numbered) + "\n"
    return text + "\n"


def _row(rule: Rule, tells_way: bool) -> str:
    action = rule.action.upper()
    if tells_way or rule.way != "in":
        action += {"in": " IN", "out": " OUT", "fwd": " FWD"}[rule.way]
    to = _end(rule.destination, rule.dport, rule.protocol, rule.entered if rule.way == "in" else
              rule.leaves if rule.way == "fwd" else "-")
    source = _end(rule.source, rule.sport, rule.protocol, rule.leaves if rule.way == "out" else
                  rule.entered if rule.way == "fwd" else "-")
    return f"{to:<26} {action:<11} {source:<26}"


def _end(address: str, ports: str, protocol: str, interface: str) -> str:
    words = [] if address == ANY else [address]
    if ports != "any":
        words.append(ports + (f"/{protocol}" if protocol != "any" else ""))
    text = " ".join(words) or "Anywhere"
    return text if interface == "-" else f"{text} on {interface}"
