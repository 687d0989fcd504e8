"""The README's transcripts are what the sandbox prints."""

from __future__ import annotations

import pytest

from tests.readme import PROMPT, README, blocks, written_anew

BLOCKS = blocks(README.read_text(encoding="utf-8"))


def test_there_are_transcripts() -> None:
    assert len(BLOCKS) > 1


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:30])
def test_a_transcript_is_what_its_lines_print(block: str) -> None:
    assert block.startswith(PROMPT)
    assert written_anew(block) == block, "python -m tests.readme writes it anew"
