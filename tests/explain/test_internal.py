"""`why` of a container without a way out names the internal network that it is on."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

YAML = ("services:\\n  be:\\n    image: redis\\n    container_name: be\\n    networks: [back]\\n"
        "networks:\\n  back:\\n    internal: true\\n")
COMPOSE = "mkdir app", f"printf '{YAML}' > app/compose.yaml", "docker compose -f app/compose.yaml up -d"
BY_HAND = ("docker network create --internal back", "docker run -d --name be --network back redis")


def why(*lines: str) -> str:
    session = KeptSession()
    for line in lines:
        session.run(line)
    return session.run("why").out


@pytest.mark.parametrize(("lines", "network", "line"), [
    (BY_HAND, "back", BY_HAND[0]), (COMPOSE, "app_back", COMPOSE[-1])])
def test_no_way_out_of_an_internal_network(lines: tuple[str, ...], network: str, line: str) -> None:
    said = why(*lines, "docker exec be ping -c 1 8.8.8.8")
    assert f"\n  be is on {network}, an internal network (--internal), which gives no default route\n" in said
    assert f" ← ❯ {line}\n" in said


def test_no_word_of_it_where_the_way_was_taken_or_another_network_is_internal() -> None:
    said = why(*BY_HAND, "docker run -d --name fe nginx", "exec fe ip route del default", "exec fe ping -c 1 8.8.8.8")
    assert "fe has no route to 8.8.8.8" in said
    assert "internal" not in said
    said = why(*BY_HAND, "exec be ip route add unreachable default", "exec be ping -c 1 8.8.8.8")
    assert "internal" not in said
