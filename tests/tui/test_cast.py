"""The film: an asciicast that a player can show, with the frames on their way."""

from __future__ import annotations

import json

from netsandbox.tui.cast import SCRIPT, SIZE, film


async def test_the_film_shows_a_ping_and_is_the_same_each_time() -> None:
    text = await film()
    head, *events = map(json.loads, text.splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, *SIZE)
    times = [at for at, _kind, _text in events]
    assert times == sorted(times)
    assert {kind for _at, kind, _text in events} == {"o"}
    painted = "".join(data for _at, _kind, data in events)
    for word in ("ARP", "ICMP", "REACHABLE", "paused", "38;2;"):
        assert word in painted
    (slower, quiet), (ping, _) = SCRIPT[:2]
    beginning = await film([(slower, quiet), (ping, 2.0)])
    assert beginning.count("\n") > 10
    assert text.startswith(beginning)
