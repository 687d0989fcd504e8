"""Which names the real nft 1.1.3 took to be meant, and which not."""

from __future__ import annotations

import pytest

from netsandbox.linux.netfilter.nft.misspell import most_alike


@pytest.mark.parametrize(("wanted", "known", "meant"), [
    ("nope", ["mine"], "mine"), ("e", ["c", "input"], "input"), ("filte", ["t2", "filter"], "filter"),
    ("t9", ["t2"], "t2"), ("tt", ["t"], "t"), ("cc", ["c"], "c"), ("nope", ["nat"], None), ("t", ["t"], None),
    ("x", [], None)])
def test_the_name_that_is_alike_enough_is_meant(wanted: str, known: list[str], meant: str | None) -> None:
    assert most_alike(wanted, ((name, name) for name in known)) == meant
