"""What became of a frame, as the comment that a capture file keeps beside the packet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.explain.explanation import tell
from netsandbox.explain.voice import Names, Voice
from netsandbox.linux.drop import Dropped

if TYPE_CHECKING:
    from netsandbox.linux.core.capture import Passing


def commenter(language: str = "en", names: Names | None = None) -> Callable[[Passing], str]:
    """A function that puts the decision behind a passing into one line.

    A drop is led by the kernel's name for its reason, so that a display filter
    such as `frame.comment contains "dropped"` finds it.
    """
    def comment(passing: Passing) -> str:
        explanation = tell(passing.record.event, Voice(language, names, passing.record.seq))
        text = f"#{passing.record.seq} {explanation.decision}"
        verdict = passing.verdict
        return f"dropped {verdict.reason.name}: {text}" if isinstance(verdict, Dropped) else text
    return comment
