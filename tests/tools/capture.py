"""Run the scripts on the real kernel and save what the real tools print: `python -m tests.tools.capture [NAME…]`."""

from __future__ import annotations

import json
import sys

from tests.tools.twin import GOLDEN, RealTwin, can_run_for_real, read_script, script_names, versions


def capture(name: str) -> None:
    namespaces, lines = read_script(name)
    rows = []
    with RealTwin(namespaces) as real:
        for line in lines:
            outcome = real.run(line)
            if line.argv:
                rows.append({"in": line.namespace, "argv": line.argv, **outcome._asdict()})
    text = ",\n".join(json.dumps(row) for row in rows)
    (GOLDEN / f"{name}.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


def note_versions() -> None:
    (GOLDEN / "versions.json").write_text(json.dumps(versions(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    reason = can_run_for_real()
    if reason:
        sys.exit(f"capture: {reason}")
    note_versions()
    for wanted in sys.argv[1:] or script_names():
        capture(wanted)
        print(wanted)
