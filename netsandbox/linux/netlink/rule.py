"""What the kernel does with RTM_NEWRULE and RTM_DELRULE (net/core/fib_rules.c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.rule import ALL, GOTO, LOOKUP, Rule
from netsandbox.linux.netlink.credentials import needs_net_admin

UNSPECIFIED = "0"  # RT_TABLE_UNSPEC


@needs_net_admin
def add(namespace: NetworkNamespace, rule: Rule, has_priority: bool) -> None:
    """fib_nl_newrule: behind those of the same number; without a number, in front of the second rule (KernelError:
    there is such a rule, or a goto leads backwards)."""
    rules = namespace.routes.rules
    if not has_priority:
        rule = rule._replace(priority=_free_priority(rules))
    if rule.action == LOOKUP and rule.table == UNSPECIFIED and not rule.is_vrf:
        rule = rule._replace(table=_empty_table(namespace))
    if rule.action == GOTO and rule.target <= rule.priority:
        raise KernelError("EINVAL", "Backward goto not supported")
    if any(other._replace(protocol="") == rule._replace(protocol="") for other in rules):
        raise KernelError("EEXIST")
    namespace.routes.set_rules(tuple(sorted((*rules, rule), key=lambda other: other.priority)))


def _empty_table(namespace: NetworkNamespace) -> str:
    """fib_empty_table: the lowest number that no table has."""
    return next(str(number) for number in range(1, 1 << 32) if not namespace.routes.has(str(number)))


def _free_priority(rules: tuple[Rule, ...]) -> int:
    """fib_default_rule_pref."""
    return rules[1].priority - 1 if len(rules) > 1 and rules[1].priority else 0


@needs_net_admin
def delete(namespace: NetworkNamespace, wanted: Rule, has_priority: bool, has_table: bool) -> None:
    """fib_nl_delrule: the first rule that has all that is given (KernelError: there is none)."""
    for rule in namespace.routes.rules:
        if _is(rule, wanted, has_priority, has_table):
            namespace.routes.set_rules(tuple(other for other in namespace.routes.rules if other is not rule))
            return
    raise KernelError("ENOENT")


def _is(rule: Rule, wanted: Rule, has_priority: bool, has_table: bool) -> bool:
    """rule_find, fib4_rule_compare: what is not given does not matter."""
    if has_priority and rule.priority != wanted.priority:
        return False
    if has_table and rule.table != wanted.table:
        return False
    if wanted.action != LOOKUP and rule.action != wanted.action:
        return False
    if wanted.mask and (rule.mark, rule.mask) != (wanted.mark, wanted.mask):
        return False
    particular = ((wanted.tos, rule.tos), (wanted.ip_protocol, rule.ip_protocol), (wanted.ports[1], rule.ports[1]),
                  (wanted.source_ports[1], rule.source_ports[1]), (wanted.users, rule.users))
    if any(asked and asked != has for asked, has in particular):
        return False
    return (wanted.source in (ALL, rule.source) and wanted.destination in (ALL, rule.destination)
            and wanted.entering in ("", rule.entering) and wanted.leaving in ("", rule.leaving)
            and (rule.inverted or not wanted.inverted))


@needs_net_admin
def flush(namespace: NetworkNamespace, is_meant: Callable[[Rule], bool]) -> None:
    """Every rule that is meant and has a number: the first stays."""
    rules = namespace.routes.rules
    namespace.routes.set_rules(tuple(rule for rule in rules if not rule.priority or not is_meant(rule)))
