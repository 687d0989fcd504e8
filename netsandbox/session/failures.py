"""The log of our own mistakes: an exception that nobody expected is kept there, and a person gets one line."""

from __future__ import annotations

import traceback
from pathlib import Path

from netsandbox.session.files import reason
from netsandbox.session.leftovers import state_directory

LARGEST_LOG = 1_000_000  # Bytes of the log after which it begins anew


def log_failure(what: str, error: BaseException, directory: Path | None = None) -> str:
    """Append an exception to the log; returns where that is, or why it could not be kept.

    Args:
        what: what was being done, such as the line that was typed.
        directory: where the log is; by default where netsandbox keeps its state.
    """
    path = (directory or state_directory()) / "errors.log"
    text = f"--- {what}\n{''.join(traceback.format_exception(error))}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        full = path.exists() and path.stat().st_size > LARGEST_LOG
        with path.open("w" if full else "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as problem:
        return f"{path}: {reason(problem)}"
    return str(path)
