"""What is said of a question that a lesson asks."""

from __future__ import annotations

import pytest

from netsandbox.explain.questions import verdict


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quote_within_quotes(language: str) -> None:
    assert "“‘Frag needed’, as before”" in verdict("“Frag needed”, as before", "nothing", language)
    assert "“Frag needed”" in verdict("“Frag needed”", "“Frag needed”", language), "alone it stays as it is"
