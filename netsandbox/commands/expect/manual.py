"""The manual page of `expect`, from the table of conditions."""

from __future__ import annotations

from textwrap import fill

from netsandbox.commands.expect.condition import CONDITIONS, Condition

WIDTH = 74
ORDER = ("reach", "arp", "mac", "route", "frames", "frame", "order", "drop", "output", "exit", "state", "log", "port",
         "interface", "counter", "namespace", "sysctl")
HEAD = """\
A condition holds or not; a scenario's `expect` lines are conditions, and `netsandbox check` runs them. With `no` before
it a condition is turned round. A condition changes nothing and takes no time; the one exception is `reach`, which sends
a ping. It ends with 0 if it holds, 1 if not (expected, found, and the frames concerned are shown), 2 if it cannot be
read (the place is shown).

A text with spaces stands in quotes; a filter, being the last, needs none: all that follows `where` is in the frame
log's language (arp, icmp, src NODE, dst NODE, host NODE, broadcast, drop, and, or, not …). A node or bridge that is not
there fails a condition with `no` and without, so that a slip of the pen never passes."""


def details() -> str:
    """The paragraphs behind the usage line; those that are indented keep their lines."""
    return "\n\n".join([HEAD, *(entry(CONDITIONS[name]) for name in ORDER)])


def entry(one: Condition) -> str:
    """One condition's usages, what it is about, and examples."""
    lines = [f"  {usage}" for usage in one.usages]
    lines.append(fill(one.summary, WIDTH, initial_indent="      ", subsequent_indent="      "))
    width = max(len(text) for text, _what in one.examples)
    width = width if width <= 40 else 0
    for text, what in one.examples:
        lines.append(f"      · {text.ljust(width)}  {what}" if width else f"      · {text}\n          {what}")
    return "\n".join(lines)
