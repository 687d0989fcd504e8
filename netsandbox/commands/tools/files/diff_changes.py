"""Which lines of two files differ, as GNU diff chooses among what is equally short (analyze.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.commands.tools.context import ToolError
from netsandbox.engine import budget
from netsandbox.engine.budget import Use

MOST_PAIRS = 4_000_000
TROUBLE = 2  # The exit status of diff and cmp


class Change(NamedTuple):
    """Lines `first:last` of the one file stand where `other:other_last` of the other one do; both count from 0."""

    first: int
    last: int
    other: int
    other_last: int


def changes_of(one: list[str], other: list[str]) -> list[Change]:
    """The shortest way from the one to the other, each change as far down as it may stand (shift_boundaries)."""
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    end, other_end = len(one), len(other)
    while min(end, other_end) > begin and one[end - 1] == other[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    gone, come = [False] * (len(one) + 1), [False] * (len(other) + 1)
    _mark(one[begin:end], other[begin:other_end], begin, gone, come)
    _slide(one, gone, come)
    _slide(other, come, gone)
    found, left, right = list[Change](), 0, 0
    while left < len(one) or right < len(other):
        first, second = left, right
        while gone[left]:
            left += 1
        while come[right]:
            right += 1
        if (left, right) != (first, second):
            found.append(Change(first, left, second, right))
        left, right = left + 1, right + 1
    return found


def _mark(one: list[str], other: list[str], begin: int, gone: list[bool], come: list[bool]) -> None:
    """Which lines have no counterpart, by the longest common subsequence."""
    if len(one) * len(other) > MOST_PAIRS:
        raise ToolError(TROUBLE, f"netsandbox: {len(one)} lines are not compared with {len(other)} others")
    budget.spend(Use.WORK, len(one) * len(other) // 10)
    longest = [[0] * (len(other) + 1)]
    for line in reversed(one):
        row, below = [0] * (len(other) + 1), longest[-1]
        for at in range(len(other) - 1, -1, -1):
            row[at] = below[at + 1] + 1 if line == other[at] else max(below[at], row[at + 1])
        longest.append(row)
    longest.reverse()
    left = right = 0
    while left < len(one) or right < len(other):
        if left < len(one) and right < len(other) and one[left] == other[right]:
            left, right = left + 1, right + 1
        elif right == len(other) or (left < len(one) and longest[left + 1][right] >= longest[left][right + 1]):
            gone[begin + left] = True
            left += 1
        else:
            come[begin + right] = True
            right += 1


def _slide(lines: list[str], changed: list[bool], others: list[bool]) -> None:
    """shift_boundaries: runs that touch by being moved up are one; then down, or to where the other file changes."""
    run = _Run(lines, changed, others)
    while run.find_next():
        length = -1
        while length != run.at - run.start:
            length = run.at - run.start
            run.move_up()
            run.move_down()
        run.move_back()


class _Run:
    """Lines that changed, from `start` to before `at`; `other` is the line of the other file that stands beside `at`
    (corresponding: the last `at` on the way down beside which the other file changes, too)."""

    def __init__(self, lines: list[str], changed: list[bool], others: list[bool]) -> None:
        self.lines, self.changed, self.others = lines, changed, others
        self.start = self.at = self.other = self.corresponding = 0

    def find_next(self) -> bool:
        """Go on to the next run; False if there is none."""
        while self.at < len(self.lines) and not self.changed[self.at]:
            while self.others[self.other]:
                self.other += 1
            self.at, self.other = self.at + 1, self.other + 1
        if self.at >= len(self.lines):
            return False
        self.start = self.at
        while self.changed[self.at]:
            self.at += 1
        while self.others[self.other]:
            self.other += 1
        return True

    def move_up(self) -> None:
        while self.start and self.lines[self.start - 1] == self.lines[self.at - 1]:
            self._shift_up()
            while self.changed[self.start - 1] and self.start:
                self.start -= 1

    def _shift_up(self) -> None:
        self.start, self.at = self.start - 1, self.at - 1
        self.changed[self.start], self.changed[self.at] = True, False
        self.other -= 1
        while self.others[self.other] and self.other:
            self.other -= 1

    def move_down(self) -> None:
        self.corresponding = self.at if self.other and self.others[self.other - 1] else len(self.lines)
        while self.at < len(self.lines) and self.lines[self.start] == self.lines[self.at]:
            self.changed[self.start], self.changed[self.at] = False, True
            self.start, self.at = self.start + 1, self.at + 1
            while self.changed[self.at]:
                self.at += 1
            self.other += 1
            while self.others[self.other]:
                self.corresponding = self.at
                self.other += 1

    def move_back(self) -> None:
        """Up again, to where the other file changes."""
        while self.corresponding < self.at:
            self._shift_up()
