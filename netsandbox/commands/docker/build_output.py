"""How BuildKit tells of a build: the table that is left on a terminal, or the lines of --progress=plain."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.engine.units import SECOND

WIDTH = 80
RULE = "-" * 6


class Step(NamedTuple):
    """One step.

    Attributes:
        took: nanoseconds.
        details: what it did, in lines.  output: what its program wrote.
    """

    label: str
    took: int = 0
    details: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    is_cached: bool = False
    has_failed: bool = False


def of_target(steps: list[Step], target: str) -> list[Step]:
    """As they are called in the build of a service: `[web 1/2]`, and `[web] exporting to image`."""
    return [step._replace(label=f"[{target} {step.label[1:]}" if step.label.startswith("[") else
                          f"[{target}] {step.label}") for step in steps] if target else steps


def _row(left: str, right: str) -> str:
    room = WIDTH - len(right) - 1
    return f"{left[:room]:<{room}} {right}"


def table(steps: list[Step]) -> list[str]:
    """What is left on a terminal (--progress=tty); a program's output is not."""
    ends = any(step.has_failed for step in steps)
    seconds = f"{sum(step.took for step in steps) / SECOND:.1f}s"
    done = sum(not step.has_failed for step in steps)
    lines = [_row(f"[+] Building {seconds} ({done}/{len(steps)}){'' if ends else ' FINISHED'}", "docker:default")]
    for step in steps:
        mark = "ERROR " if step.has_failed else "CACHED " if step.is_cached else ""
        took = f"{step.took / SECOND:.1f}s"
        lines += [_row(f" => {mark}{step.label}", took), *(_row(f" => => {text}", took) for text in step.details)]
    return lines


def plain(steps: list[Step]) -> list[str]:
    """--progress=plain."""
    lines = ['#0 building with "default" instance using docker driver']
    for number, step in enumerate(steps, 1):
        took = f"{step.took / SECOND:.1f}s"
        lines += ["", f"#{number} {step.label}", *(f"#{number} {text} done" for text in step.details)]
        if step.is_cached:
            lines.append(f"#{number} CACHED")
            continue
        lines += [f"#{number} {step.took / SECOND:.3f} {text}" for text in step.output]
        lines.append(f"#{number} ERROR" if step.has_failed else f"#{number} DONE {took}")
    return lines


def failure(step: Step) -> list[str]:
    """What a step wrote that failed."""
    return [RULE, f" > {step.label}:", *(f"{step.took / SECOND:.3f} {text}" for text in step.output), RULE]
