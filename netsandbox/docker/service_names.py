"""Under which names a container is known on a network that a person made (buildEndpointDNSNames).

Its own name, its aliases, its short id and its host name, in this order; each also as NAME.NETWORK.
"""

from __future__ import annotations

from netsandbox.docker.container import Container


def dns_names(container: Container, network: str) -> list[str]:
    """The names, none twice."""
    wish = container.networks.get(network)
    aliases = wish.aliases if wish is not None else ()
    own = (container.config.hostname,) if container.config.hostname else ()
    return list(dict.fromkeys((container.name, *aliases, container.short_identity, *own)))
