"""Fixtures of the UI's tests: pictures kept as text files, and the language put back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from netsandbox.tui.i18n import set_language


class TextPicture(SingleFileSnapshotExtension):
    """A picture as a .txt file, which a person can read in a diff; `--snapshot-update` writes it."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"
    file_extension = "txt"


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextPicture)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")
