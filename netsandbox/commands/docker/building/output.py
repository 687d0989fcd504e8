"""How BuildKit tells of a build: the table that is left on a terminal, or the lines of --progress=plain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from netsandbox.commands.docker.printing.sizes import human_size
from netsandbox.engine.units import SECOND

WIDTH = 80
RULE = "-" * 6
ONE_BYTE = 127  # The largest number that protobuf writes in one


class Step(NamedTuple):
    """One step."""

    label: str
    took: int = 0  # nanoseconds
    details: tuple[str, ...] = ()  # what it did, in lines
    output: tuple[str, ...] = ()  # what its program wrote
    warnings: tuple[str, ...] = ()  # what is said of the Dockerfile
    is_cached: bool = False
    error: str = ""  # why it failed; empty for one that did not


def of_target(steps: list[Step], target: str) -> list[Step]:
    """As they are called in the build of a service: `[web 1/2]`, and `[web] exporting to image`."""
    return [step._replace(label=f"[{target} {step.label[1:]}" if step.label.startswith("[") else
                          f"[{target}] {step.label}") for step in steps] if target else steps


def _row(left: str, right: str) -> str:
    room = WIDTH - len(right) - 1
    return f"{left[:room]:<{room}} {right}"


def table(steps: list[Step]) -> list[str]:
    """What is left on a terminal (--progress=tty); a program's output is not."""
    ends = any(step.error for step in steps)
    seconds = f"{sum(step.took for step in steps) / SECOND:.1f}s"
    done = sum(not step.error for step in steps)
    lines = [_row(f"[+] Building {seconds} ({done}/{len(steps)}){'' if ends else ' FINISHED'}", "docker:default")]
    for step in steps:
        mark = "ERROR " if step.error else "CACHED " if step.is_cached else ""
        took = f"{step.took / SECOND:.1f}s"
        lines += [_row(f" => {mark}{step.label}", took), *(_row(f" => => {text}", took) for text in step.details)]
    return lines


def plain(steps: list[Step]) -> list[str]:
    """--progress=plain."""
    lines = ['#0 building with "default" instance using docker driver']
    for number, step in enumerate(steps, 1):
        took = f"{step.took / SECOND:.1f}s"
        lines += ["", f"#{number} {step.label}", *(f"#{number} {text} done" for text in step.details),
                  *(f"#{number} WARN: {text}" for text in step.warnings)]
        if step.is_cached:
            lines.append(f"#{number} CACHED")
            continue
        lines += [f"#{number} {step.took / SECOND:.3f} {text}" for text in step.output]
        lines.append(f"#{number} ERROR: {step.error}" if step.error else f"#{number} DONE {took}")
    return lines


def failure(step: Step) -> list[str]:
    """What a step wrote that failed."""
    return [RULE, f" > {step.label}:", *(f"{step.took / SECOND:.3f} {text}" for text in step.output), RULE]


def found_fault(steps: list[Step]) -> list[str]:
    """What is said behind all of the Dockerfile's warnings."""
    texts = [text for step in steps for text in step.warnings]
    many = f"{len(texts)} warning{'s' if len(texts) > 1 else ''} found"
    return ["", f" {many} (use docker --debug to expand):", *(f" - {text}" for text in texts)] if texts else []


def transferred(kind: str, sizes: Mapping[str, int]) -> str:
    """What the client sends of files (fsutil's packets, measured).

    Args:
        sizes: of each file in bytes, by its path; -1 for a directory.
    """
    total = 2
    for number, (path, size) in enumerate(sorted(sizes.items())):
        total += len(path) + (20 if size < 0 else 19 if size == 0 else 25 + size + 2 * (size > ONE_BYTE))
        total += 4 if number and size > 0 else 2 if number and size == 0 else 0
    return f"transferring {kind}: {human_size(total)}"
