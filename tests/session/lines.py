"""Sessions of some lines, and all that can be seen of one."""

from __future__ import annotations

from netsandbox.lab import views
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session


def tables(session: Session) -> list[object]:
    lab = session.lab
    names = [row.name for row in views.nodes(lab)]
    return [views.nodes(lab), views.interfaces(lab), views.links(lab),
            *(read(lab, name) for name in names
              for read in (views.neighbours, views.fdb, views.routes, views.sockets))]


def state(session: Session) -> tuple[object, ...]:
    return (session.position, session.lab.trace.digest(), tables(session), session.shell.where)


def built(*lines: str) -> KeptSession:
    """A session in which those lines were run."""
    session = KeptSession()
    for line in lines:
        session.run(line)
    return session
