"""The manual page of `expect`, from the table of conditions."""

from __future__ import annotations

from netsandbox.commands.expect.condition import CONDITIONS, Condition
from netsandbox.explain.lines import filled
from netsandbox.explain.words import LANGUAGES, Both, said

WIDTH = 74
ORDER = ("reach", "fetch", "resolve", "rule", "arp", "mac", "route", "frames", "frame", "order", "drop", "output",
         "exit", "state", "log", "port", "interface", "counter", "namespace", "sysctl")
HEAD_ZH = (
    "条件成立或不成立；场景的 `expect` 行就是条件，`netsandbox check` 会检查它们。前面加 `no` 则把条件反过来。条件什么"
    "也不改变，也不花时间。成立时以 0 结束，不成立为 1（会显示期望、实际和相关的帧），读不懂为 2（会指出位置）。\n\n"
    "含空格的文字写在引号里；过滤条件在最后，不需要引号：`where` 后面的全部内容都用帧列表的写法（arp、icmp、src NODE、"
    "dst NODE、host NODE、broadcast、drop、and、or、not …）。不存在的节点或网桥会使条件失败，有没有 `no` 都一样，这样"
    "笔误永远不会通过。")
HEAD = (
    "A condition holds or not; a scenario's `expect` lines are conditions, and `netsandbox check` runs them. With `no` "
    "before it a condition is turned round. A condition changes nothing and takes no time. It ends with 0 if it holds, "
    "1 if not (expected, found, and the frames concerned are shown), 2 if it cannot be read (the place is shown).\n\n"
    "A text with spaces stands in quotes; a filter, being the last, needs none: all that follows `where` is in the "
    "frame log's language (arp, icmp, src NODE, dst NODE, host NODE, broadcast, drop, and, or, not …). A node or "
    "bridge that is not there fails a condition with `no` and without, so that a slip of the pen never passes.")


def details() -> Both:
    """The paragraphs behind the usage line; those that are indented keep their lines."""
    english, chinese = ("\n\n".join([said((HEAD, HEAD_ZH), language),
                                     *(entry(CONDITIONS[name], language) for name in ORDER)]) for language in LANGUAGES)
    return english, chinese


def entry(one: Condition, language: str = "en") -> str:
    """One condition's usages, what it is about, and examples."""
    lines = [f"  {usage}" for usage in one.usages]
    lines.append(filled(said(one.summary, language), WIDTH, " " * 6))
    width = max(len(example[0]) for example in one.examples)
    width = width if width <= 40 else 0
    for text, *words in one.examples:
        what = said((words[0], words[1]), language)
        lines.append(f"      · {text.ljust(width)}  {what}" if width else f"      · {text}\n          {what}")
    return "\n".join(lines)
