"""Which names a chain may have (assert_valid_chain_name of iptables)."""

from __future__ import annotations

from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.iptables.words import LONGEST_CHAIN
from netsandbox.linux.netfilter.registry import OTHER_TARGETS, TARGETS


def check_chain_name(name: str) -> None:
    """
    Raises:
        UsageError: no chain may have it.
    """
    if name.startswith(("-", "!")):
        raise UsageError(f"chain name not allowed to start with `{name[0]}'")
    if name in TARGETS or name in OTHER_TARGETS:
        raise UsageError("chain name may not clash with target name")
    check_length(name)
    if any(character.isspace() for character in name):
        raise UsageError(f"Invalid chain name `{name}'")


def check_length(name: str) -> None:
    """
    Raises:
        UsageError: it is longer than any chain's.
    """
    if len(name) > LONGEST_CHAIN:
        raise UsageError(f"chain name `{name}' too long (must be under {LONGEST_CHAIN + 1} chars)")
