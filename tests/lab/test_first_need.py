"""The default host, which is made when it is first needed."""

from __future__ import annotations

import pytest

from netsandbox.lab.first_need import FirstNeed
from netsandbox.lab.lab import Lab


def test_what_goes_wrong_while_the_host_is_made_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object, **_named: object) -> None:
        raise NameError("a mistake")
    lab = Lab()
    lab.first_need = FirstNeed(lab)
    monkeypatch.setattr(Lab, "add_host", broken)
    with pytest.raises(NameError, match="a mistake"):
        lab.docker()
