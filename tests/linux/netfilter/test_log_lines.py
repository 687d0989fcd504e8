"""LOG writes the lines that Linux 6.18 wrote of the same packets (nf_log_all_netns was 1), blank for blank."""

from __future__ import annotations

import json
import re
from pathlib import Path

from netsandbox.rig.lab import KernelLab
from netsandbox.rig.performance import Performance

CAPTURED = json.loads(Path(__file__).with_name("log_lines.json").read_text())
CHOSEN = ((r"\bID=[1-9]\d{2,}\b", "ID=N"), (r"SEQ=\d{5,} ", "SEQ=N "), (r"ACK=\d{5,} ", "ACK=N "),
          (r"080A[0-9A-F]{16}", "080A"))
"""What hosts choose anew each time: an identification, sequence numbers, a clock."""


def test_each_line_is_the_kernel_s() -> None:
    lab = KernelLab(CAPTURED["lab"])
    Performance(lab).perform()
    log = lab.namespaces["fw"].netfilter.log
    assert log is not None
    lines = []
    for _at, line in log:
        for pattern, name in CHOSEN:
            line = re.sub(pattern, name, line)
        lines.append(line)
    assert lines == CAPTURED["lines"]
