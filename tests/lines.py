"""Lines that tests type, and what is said to them."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session


def said(session: Session, line: str) -> str:
    """What a line prints."""
    job = session.run(line)
    return job.out + job.err


def said_at_rest(session: Session, line: str) -> str:
    """The same, once nothing goes on."""
    job = session.execute(line)
    session.lab.scheduler.run_until_quiet()
    return job.out + job.err


def apart(lines: str) -> KeptSession:
    """A host by itself, on which lines were typed that did well."""
    session = KeptSession(uplink="")
    for line in lines.strip().splitlines():
        assert not session.run(line).code, line
    return session
