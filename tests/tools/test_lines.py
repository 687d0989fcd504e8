"""Valid and wrong lines, a mutation of each word: the simulated tools answer them as the real ones did."""

from __future__ import annotations

import re
import shlex

import pytest

from netsandbox.commands.programs import PROGRAMS
from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.registry import run_tool
from tests.tools.line_capture import NAMESPACES, names, read
from tests.tools.twin import Line, Outcome, SimulatedTwin, normal


class Machine(SimulatedTwin):
    """Namespaces with the names that the captures have."""

    def __init__(self, prelude: list[str]) -> None:
        super().__init__([])
        for name in NAMESPACES:
            self.add_namespace(name)
            self.named["%" + name] = self.named[name]
        for line in prelude:
            assert self.answer(shlex.split(line)).code == 0, line

    def namespace_names(self) -> list[str]:
        return [name for name in super().namespace_names() if not name.startswith("%")]

    def answer(self, argv: list[str]) -> Outcome:
        if argv[0] in PROGRAMS:
            return self.run(Line("h", argv, 0.0))
        return Outcome(*run_tool(ToolContext(self.named["h"], self), argv))


def shown(argv: list[str], outcome: Outcome) -> Outcome:
    """Without the state of a carrier, which takes the kernel a moment to notice, and whatever is chance."""
    def clean(text: str) -> str:
        text = re.sub(r"usage:\s(?s:.*)", "Usage: …", text)
        text = re.sub(r"\bstate (UP|DOWN|UNKNOWN|LOWERLAYERDOWN)|NO-CARRIER,|,LOWER_UP|,M-DOWN| linkdown\b", "", text)
        return re.sub(r"state (disabled|forwarding|listening|blocking|learning)", "state", text)
    found = normal(Line("h", argv, 0.0), outcome)
    return Outcome(found.code, clean(found.out), clean(found.err))


@pytest.mark.parametrize("name", names())
def test_lines_are_answered_as_the_real_tool_answers_them(name: str) -> None:
    prelude, rows = read(name)
    machine, wrong = Machine(prelude), []
    for row in rows:
        found, wanted = shown(row.argv, machine.answer(row.argv)), shown(row.argv, Outcome(*row[1:]))
        if found != wanted:
            wrong.append(f"$ {shlex.join(row.argv)}\nreal: {wanted}\nours: {found}")
        if row.code == 0 or found != wanted:
            machine = Machine(prelude)
    assert not wrong, f"{len(wrong)} of {len(rows)} lines differ\n" + "\n\n".join(wrong)
