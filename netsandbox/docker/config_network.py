"""Networks that are a configuration alone (`docker network create --config-only`), which others are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker import history
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.network import DockerNetwork, random_identity

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.user_networks import NetworkPlan

FIELDS_ALONE = ("configuration network can only contain network specific fields. Network operator fields like [ "
                "ingress | internal | attachable | scope ] are not supported.")
NO_ENDPOINT = "cannot create endpoint on configuration-only network"


class ConfigNetwork(DockerNetwork):
    """A configuration (plan: what was said of it)."""

    def __init__(self, plan: NetworkPlan, identity: str, created: int) -> None:
        super().__init__(plan.name, identity, created)
        self.plan = plan
        self.options, self.labels = dict(plan.options), dict(plan.labels)


def create(engine: DockerEngine, plan: NetworkPlan) -> ConfigNetwork:
    """The network of a plan whose name was looked at."""
    network = ConfigNetwork(plan, random_identity(engine.random), engine.scheduler.clock)
    engine.networks[plan.name] = network
    history.of_network(engine, network, "create")
    return network


def filled(engine: DockerEngine, plan: NetworkPlan, source: str) -> NetworkPlan:
    """The plan with what a configuration says (DockerError: there is no such configuration, or the plan has one of its
    own)."""
    found = engine.networks.get(source)
    if not isinstance(found, ConfigNetwork):
        raise daemon_error(f'configuration network "{source}" does not exist')
    if plan.options:
        raise daemon_error("network driver options are not supported if the network depends on a configuration network")
    if plan.subnet is not None or plan.labels:
        raise daemon_error("user specified configurations are not supported if the network depends on a configuration "
                           "network")
    return found.plan._replace(name=plan.name, driver=plan.driver, internal=plan.internal, attachable=plan.attachable,
                               scope=plan.scope, config_from=source)


def remove(engine: DockerEngine, network: ConfigNetwork) -> None:
    """`docker network rm` (DockerError: a network was made from it)."""
    if any(one.config_from == network.name for one in engine.networks.values()):
        raise daemon_error(f'error while removing network: configuration network "{network.name}" is in use')
    del engine.networks[network.name]
    history.of_network(engine, network, "destroy")
