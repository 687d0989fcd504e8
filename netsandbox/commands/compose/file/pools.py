"""What the Engine says of a network's addresses (moby, api/types/network, ValidateIPAM); of them the docker client has
words of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from netsandbox.docker.errors import DockerError, daemon_error

AUXILIARY = "aux "  # Before the name of an auxiliary address, as a key
Block = IPv4Network | IPv6Network


def check_pools(pools: tuple[Mapping[str, str], ...]) -> None:
    """Raises DockerError: the addresses do not go together."""
    wrong = [fault for pool in pools for fault in _faults(pool)]
    if wrong:
        raise daemon_error("invalid network config:\n" + (
            wrong[0] if len(wrong) == 1 else "\n".join(f"* {fault}" for fault in wrong)))


def _faults(pool: Mapping[str, str]) -> Iterator[str]:
    """Of one subnet: its keys are subnet, ip_range, gateway, and `aux NAME` of each auxiliary address."""
    subnet, part = _block(pool.get("subnet", "")), _block(pool.get("ip_range", ""))
    if subnet is None:
        yield f"invalid subnet {pool.get('subnet', '')}: invalid CIDR block notation"
        return
    if str(subnet) != pool["subnet"]:
        yield f"invalid subnet {pool['subnet']}: it should be {subnet}"
    if pool.get("ip_range"):
        yield from _faults_of_part(pool["ip_range"], part, subnet)
    for key, text in sorted(pool.items(), key=lambda item: item[0].startswith(AUXILIARY)):
        what = "gateway " + text if key == "gateway" else f"auxiliary address {key.removeprefix(AUXILIARY)}"
        if key == "gateway" or key.startswith(AUXILIARY):
            yield from (f"invalid {what}: {why}" for why in _faults_of_address(text, subnet))


def _faults_of_part(text: str, part: Block | None, subnet: Block) -> Iterator[str]:
    if part is None:
        yield f"invalid ip-range {text}: invalid CIDR block notation"
    elif part.prefixlen < subnet.prefixlen:
        yield f"invalid ip-range {text}: CIDR block is bigger than its parent subnet {subnet}"
    elif str(part) != text:
        yield f"invalid ip-range {text}: it should be {part}"
    elif part.network_address not in subnet:
        yield f"invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range"


def _faults_of_address(text: str, subnet: Block) -> Iterator[str]:
    try:
        address = ip_address(text)
    except ValueError:
        yield "invalid address"
        return
    if address.version != subnet.version:
        yield f"parent subnet is an IPv{subnet.version} block"
    elif address not in subnet:
        yield f"parent subnet {subnet} doesn't contain this address"


def _block(text: str) -> Block | None:
    try:
        return ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def in_the_engine_s_words(error: DockerError) -> DockerError:
    """Of two subnets of one network that overlap, which the client refuses itself."""
    is_it = str(error) == "multiple overlapping subnet configuration is not supported"
    return daemon_error("invalid pool request: Pool overlaps with other one on this address space") if is_it else error
