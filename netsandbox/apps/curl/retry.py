"""Whether curl tries a transfer again (--retry)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from netsandbox.apps.curl.options import CurlOptions

TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
LONGEST = 600  # Seconds between two tries


class Failure(NamedTuple):
    """How a transfer ended badly: curl's number for it, and its words."""

    code: int
    text: str


class Again(NamedTuple):
    """Another try: after so many seconds, and what is said of it."""

    pause: int
    warning: str


def again(options: CurlOptions, failure: Failure | None, status: int, retries: int) -> Again | None:
    """Another try after a second, two, four … where that may help; None for no more.

    Args:
        status: of the response, 0 for none.
        retries: so many there were.
    """
    flags, left = options.flags, round(options.number("retry") or 0) - retries
    code = failure.code if failure is not None else 0
    why = ""
    if code == 7 and flags & {"retry-connrefused", "retry-all-errors"}:
        why = "connection refused"
    elif code in (6, 28):
        why = "timeout"
    elif code in (0, 22) and status in TRANSIENT:
        why = "HTTP error"
    elif code and "retry-all-errors" in flags:
        why = "(retrying all errors)"
    if not why or left <= 0:
        return None
    pause = round(options.number("retry-delay") or min(1 << min(retries, 10), LONGEST))
    return Again(pause, f"Warning: Problem : {why}. Will retry in {pause} second{'s' * (pause != 1)}. "
                        f"{left} retr{'y' if left == 1 else 'ies'} left.")
