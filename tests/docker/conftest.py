"""A machine with Docker for each test."""

from __future__ import annotations

import pytest

from tests.docker.machine import Machine


@pytest.fixture
def docker() -> Machine:
    return Machine()


@pytest.fixture
def docker28() -> Machine:
    return Machine("docker-28")
