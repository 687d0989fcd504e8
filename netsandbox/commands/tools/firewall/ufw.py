"""`ufw` (0.36): allow, deny, reject, limit, delete, default, enable, disable, reload, status.

Its state is where the real one keeps it, in /etc/ufw/user.rules and ufw.conf.
IPv6 is off (IPV6=no in /etc/default/ufw), as there is none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.firewall import ufw_apps
from netsandbox.commands.tools.firewall.ufw_rule import ACTIONS, Rule, check, command_of, is_narrowed, parse, row_of
from netsandbox.commands.tools.inputs import stdin
from netsandbox.commands.tools.looks import looks
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.netfilter import ufw_rules
from netsandbox.linux.netfilter.iptables import iptables, restore
from netsandbox.linux.netlink.credentials import may_administer

STATE = "/etc/ufw/user.rules"
WRITTEN = ("/etc/ufw/before.rules", "/etc/ufw/after.rules")
"""What a person adds to the rules that are there from the start: whole tables, as iptables-restore reads them."""
WAYS = {"incoming": "input", "outgoing": "output", "routed": "forward"}
POLICIES = {"ACCEPT": "allow", "DROP": "deny", "REJECT": "reject"}
TUPLE = re.compile(r"### tuple ### (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)(?: (\S+) (\S+))? (in|out|fwd) (\S+)"
                   r"(?: comment=(\S+))?")
POLICY = re.compile(r"### policy ### (\S+) (\S+) (\S+) (\S+) (\S+)")


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
        action, protocol, dport, destination, sport, source, dapp, sapp, way, interfaces, comment = found
        entered, _mark, leaves = interfaces.partition("!")
        action, _mark, log = action.partition("_")
        rules.append(Rule(action, protocol, dport, destination, sport, source, way, entered, leaves,
                          bytes.fromhex(comment).decode(), log,
                          *(app.replace("%20", " ") or "-" for app in (dapp, sapp))))
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
        user = "\n".join(["*filter", *(line for rule in state.rules for line in rule.lines()), "COMMIT", ""])
        _take_out(context)
        files = context.files
        own = [files.read(path) for path in WRITTEN if files.exists(path)] if files is not None else []
        for text in (ufw_rules.restore_text(state.policies, state.logs), *own, user):
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
    wanted = {rule.jump for chain in table.chains.values() for rule in chain.rules}  # of what a person has written
    for name in names:
        if name not in wanted:
            table.delete_chain(name)
    context.namespace.netfilter.refresh(context.namespace)


# -- the commands

@looks("status(?: .*)?")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """One command line."""
    words, is_forced = [word for word in arguments if word != "--force"], "--force" in arguments
    if words in (["--version"], ["version"]):
        return ToolResult(0, "ufw 0.36.2\nCopyright 2008-2023 Canonical Ltd.\n", "")
    if not words or words[0] in ("--help", "help"):
        return ToolResult(int(not words), "", "ERROR: not enough args\n" if not words else USAGE)
    if not may_administer():
        raise ToolError(1, "ERROR: You need to be root to run this script")
    return _done(context, load(context), words, is_forced)


def _done(context: ToolContext, state: State, words: list[str], is_forced: bool) -> ToolResult:
    """What only root may ask for."""
    command, rest = words[0], words[1:]
    if command == "status" and rest[:1] in ([], ["verbose"], ["numbered"]):
        return ToolResult(0, _status(state, rest[:1]), "")
    if command in ("enable", "disable", "reload") and not rest:
        return _switch(context, state, command)
    if command == "default":
        return _default(context, state, rest)
    if command == "logging" and rest in (["on"], ["off"], ["low"]):
        state = state._replace(logs=rest != ["off"])
        return _keep(context, state, "Logging disabled" if rest == ["off"] else "Logging enabled")
    if command in (*ACTIONS, "delete", "insert", "prepend", "route", "rule"):
        return _rule(context, state, words, is_forced)
    if command == "show" and rest == ["added"]:
        lines = [command_of(rule) for rule in state.rules] or ["(None)"]
        return ToolResult(0, "\n".join(["Added user rules (see 'ufw status' for running firewall):", *lines, ""]), "")
    if command == "reset":
        asked = _Asked("", "", True) if is_forced else _ask(context, RESETS, "reset")
        return asked.before(_reset(context)) if asked.is_agreed else asked.refused
    if command == "app":
        return _app(state, rest)
    if command == "--dry-run" or (command == "show" and rest[:1] and rest[0] in REPORTS) or (
            command == "logging" and rest in (["medium"], ["high"], ["full"])):
        raise ToolError(1, f"netsandbox: ufw {command} is not modelled")
    raise ToolError(1, "ERROR: Invalid syntax")


def _app(state: State, rest: list[str]) -> ToolResult:
    """Profiles: what there are, what one is, whose rules are to follow it."""
    if rest == ["list"]:
        return ToolResult(0, ufw_apps.listed(), "")
    if rest[:1] == ["info"] and len(rest) == 2:
        if rest[1] not in (*ufw_apps.PROFILES, "all"):
            raise ToolError(1, f"ERROR: Could not find profile '{rest[1]}'")
        return ToolResult(0, ufw_apps.told(rest[1]), "")
    if rest[:1] == ["update"] and len(rest) == 2:
        used = sorted({app for rule in state.rules for app in (rule.dapp, rule.sapp)} & {*ufw_apps.PROFILES})
        lines = [f"Rules updated for profile '{app}'" for app in used if rest[1] in (app, "all")]
        lines += ["Firewall reloaded"] * (state.enabled and bool(lines))
        return ToolResult(0, "\n".join([*lines, ""]), "")
    if rest == ["default", "skip"]:
        return ToolResult(0, "Default application policy changed to 'skip'\n", "")
    if (rest[:1] == ["default"] and rest[1:] in ([policy] for policy in POLICIES.values())) or "--add-new" in rest:
        raise ToolError(1, f"netsandbox: ufw {' '.join(['app', *rest])} is not modelled")
    raise ToolError(1, "ERROR: Invalid syntax")


USAGE = """Usage: ufw COMMAND
 enable, disable, reload, default ARG, logging LEVEL, allow ARGS, deny ARGS, reject ARGS, limit ARGS, delete RULE|NUM,
 insert NUM RULE, prepend RULE, route RULE, reset, status [verbose|numbered], show added, version,
 app list, app info PROFILE, app update PROFILE
"""
REPORTS = frozenset({"raw", "builtins", "before-rules", "user-rules", "after-rules", "logging-rules", "listening"})
NARROWED = "WARN: Rule changed after normalization\n"


RESETS = "Resetting all rules to installed defaults. "


class _Asked(NamedTuple):
    """A question as it stands on the screen, what a person is told about it, and whether it was answered with yes."""

    question: str
    note: str
    is_agreed: bool

    def before(self, result: ToolResult) -> ToolResult:
        return result._replace(out=self.question + result.out)

    @property
    def refused(self) -> ToolResult:
        return ToolResult(0, f"{self.question}Aborted\n", self.note)


def _ask(context: ToolContext, what: str, command: str) -> _Asked:
    """Whether it may go on: by a `y` in what it reads; at the prompt nobody answers."""
    question = f"{what}Proceed with operation (y|n)? "
    if context.stdin is None or context.stdin.is_terminal:
        return _Asked(f"{question}\n", "note: nobody answers here, so nothing is changed; "
                      f"`ufw --force {command}` asks nothing\n", is_agreed=False)
    answer = stdin(context, "ufw", 1).partition("\n")[0].strip().lower()
    return _Asked(question, "", answer in ("y", "yes"))


def _reset(context: ToolContext) -> ToolResult:
    """All is as it was installed; the files that are kept are named by the time."""
    now = datetime.fromtimestamp((EPOCH + context.namespace.scheduler.now) // SECOND, UTC)
    state = State(False, True, {"input": "DROP", "output": "ACCEPT", "forward": "DROP"}, [])
    save(context, state)
    put(context, state)
    files = [f"{name}{six}.rules" for six in ("", "6") for name in ("user", "before", "after")]
    return ToolResult(0, "".join(f"Backing up '{file}' to '/etc/ufw/{file}.{now:%Y%m%d_%H%M%S}'\n" for file in files)
                      + "\n", "")


def _keep(context: ToolContext, state: State, said: str, warning: str = "") -> ToolResult:
    save(context, state)
    if state.enabled:
        put(context, state)
    return ToolResult(0, f"{said}\n", warning)


def _switch(context: ToolContext, state: State, command: str) -> ToolResult:
    if command == "reload":
        return _keep(context, state, "Firewall reloaded" if state.enabled else "Firewall not enabled (skipping reload)")
    state = state._replace(enabled=command == "enable")
    save(context, state)
    put(context, state)
    return ToolResult(0, "Firewall is active and enabled on system startup\n" if state.enabled else
                      "Firewall stopped and disabled on system startup\n", "")


def _default(context: ToolContext, state: State, rest: list[str]) -> ToolResult:
    rest = [word.lower() for word in rest]
    way = {word: name for name, word in WAYS.items()}.get(rest[1], rest[1]) if len(rest) > 1 else "incoming"
    policy = {name: target for target, name in POLICIES.items()}.get(rest[0] if rest else "", "")
    if not policy or way not in WAYS:
        raise ToolError(1, "ERROR: Invalid syntax")
    state = state._replace(policies={**state.policies, WAYS[way]: policy})
    return _keep(context, state, f"Default {way} policy changed to '{rest[0]}'\n"
                                 "(be sure to update your rules accordingly)")


def _rule(context: ToolContext, state: State, words: list[str], is_forced: bool) -> ToolResult:
    routed, words = (words[:1], words[1:]) if words[0] in ("route", "rule") else ([], words)
    is_deleted = words[:1] == ["delete"]
    words = words[is_deleted:]
    if is_deleted and len(words) == 1 and words[0].isdecimal():
        if routed == ["route"]:
            raise ToolError(1, "ERROR: 'route delete NUM' unsupported. Use 'delete NUM' instead.")
        if not 0 < int(words[0]) <= len(state.rules):
            raise ToolError(1, "ERROR: Could not find rule '" + words[0] + "'")
        return _delete_number(context, state, int(words[0]) - 1, is_forced)
    at, words = _place(state, words)
    if words[:1] == ["route"]:
        raise ToolError(1, "ERROR: Invalid syntax")
    rule = parse([word for word in routed if word == "route"] + words)
    if at > len(state.rules):
        raise ToolError(1, f"ERROR: Invalid position '{at}'")
    check(rule)
    warning = NARROWED * is_narrowed(words)
    if is_deleted:
        kept = [one for one in state.rules if one.plain != rule.plain]
        if len(kept) == len(state.rules):
            return ToolResult(0, "Could not delete non-existent rule\n", warning)
        return _keep(context, state._replace(rules=kept), "Rule deleted" if state.enabled else "Rules updated", warning)
    return _add(context, state, rule, at, warning)


def _delete_number(context: ToolContext, state: State, at: int, is_forced: bool) -> ToolResult:
    rule = state.rules[at]
    asked = _Asked("", "", True) if is_forced else _ask(
        context, f"Deleting:\n {command_of(rule).removeprefix('ufw ')}\n", f"delete {at + 1}")
    if not asked.is_agreed:
        return asked.refused
    kept = [*state.rules[:at], *state.rules[at + 1:]]
    said = "Rule deleted" if state.enabled else "Rules updated"
    return asked.before(_keep(context, state._replace(rules=kept), said))


LAST = -1  # A new rule's place, if none is told


def _place(state: State, words: list[str]) -> tuple[int, list[str]]:
    """Where `insert NUM` or `prepend` puts a rule, and the rule's words."""
    if words[:1] == ["prepend"]:
        return 1 if state.rules else LAST, words[1:]
    if words[:1] != ["insert"]:
        return LAST, words
    if len(words) < 3:
        raise ToolError(1, "ERROR: Invalid syntax")
    if not words[1].isdecimal():
        raise ToolError(1, f"ERROR: Insert position '{words[1]}' is not a valid position")
    if words[1] == "0":
        raise ToolError(1, "ERROR: Cannot insert rule at position '0'")
    return int(words[1]), words[2:]


def _add(context: ToolContext, state: State, rule: Rule, at: int, warning: str) -> ToolResult:
    if rule in state.rules:
        return ToolResult(0, "Skipping adding existing rule\n", warning)
    same = next((number for number, one in enumerate(state.rules)
                 if one.plain._replace(action=rule.action) == rule.plain), None)
    if same is not None:
        rules = [*state.rules[:same], rule, *state.rules[same + 1:]]
        state = state._replace(rules=rules)
        return _keep(context, state, "Rule updated" if state.enabled else "Rules updated", warning)
    before = len(state.rules) if at == LAST else at - 1
    said = "Rules updated" if not state.enabled else "Rule added" if before == len(state.rules) else "Rule inserted"
    state = state._replace(rules=[*state.rules[:before], rule, *state.rules[before:]])
    return _keep(context, state, said, warning)


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
    if numbered:
        return text + "".join(f"[{number:>2}] {row_of(rule, True, ['out'] if rule.is_outward else [])}\n"
                              for number, rule in enumerate(state.rules, 1)) + "\n"
    groups = ([row_of(rule, verbose, [], verbose) for rule in state.rules if rule.way == way]
              for way in ("in", "out", "fwd"))
    return text + "\n\n".join("\n".join(rows) for rows in groups if rows) + "\n\n"
