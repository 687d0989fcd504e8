"""A container that has no way out because all that it is on is internal: docker network create --internal."""

from __future__ import annotations

from netsandbox.docker.events import NetworkCreated
from netsandbox.engine.trace import Record, Trace, event_of
from netsandbox.explain.fate import since
from netsandbox.explain.voice import Voice, safe
from netsandbox.linux.events import AddressChanged, RouteMissing
from netsandbox.wire.addresses import parse_network


def internal_network(trace: Trace, record: Record, voice: Voice) -> tuple[str, ...]:
    """A line about the internal network of one who has no route at all to where it wants to go, as it gives none."""
    missing = record.event
    if not isinstance(missing, RouteMissing) or missing.route is not None:
        return ()
    held = {change.address.address for seq, raw in trace.back_to(record.seq, (AddressChanged,))
            for change in (event_of(raw, seq),) if change.added and change.interface.namespace == missing.namespace}
    for seq, raw in trace.back_to(record.seq, (NetworkCreated,)):
        made: NetworkCreated = event_of(raw, seq)
        if made.is_internal and any(address in parse_network(made.subnet) for address in held):
            return (voice.say("way.internal", ns=safe(missing.namespace), network=safe(made.network)),
                    since(trace, seq, voice))
    return ()
