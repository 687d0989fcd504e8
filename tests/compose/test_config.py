"""docker compose config, and what is wrong with a file, as a real Compose (2.40.3) was seen to say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.linux.core.files.inode import RegularFile
from netsandbox.session.session import Session

CANONICAL = Path(__file__).parent / "canonical"


@pytest.mark.parametrize("name", ["three-services", "every-key", "networks"])
def test_config_is_as_compose_2_40_prints_it(name: str) -> None:
    """The answers are those of `docker compose config` of a real Compose."""
    session = Session()
    text = (CANONICAL / f"{name}.yaml").read_text(encoding="utf-8")
    session.lab.host().files.add("/root/demo/compose.yaml", RegularFile(0, text))
    session.run("cd /root/demo")
    job = session.run("docker compose config")
    assert job.code == 0
    assert job.out == (CANONICAL / f"{name}.canonical.yaml").read_text(encoding="utf-8")


FILE_ERRORS = {
    "services:\n  a1:\n    image: busybox\n    foo: 1\n":
        "validating /root/compose.yaml: services.a1 additional properties 'foo' not allowed",
    "services:\n  a1:\n    command: x\n":
        'service "a1" has neither an image nor a build context specified: invalid compose project',
    "services:\n  a1:\n    image: busybox\n    depends_on: [b1]\n":
        'service "a1" depends on undefined service "b1": invalid compose project',
    "services:\n  a1:\n    image: busybox\n    networks: [b1]\n":
        'service "a1" refers to undefined network b1: invalid compose project',
    "services:\n  a1: {image: busybox, depends_on: [b1]}\n  b1: {image: busybox, depends_on: [a1]}\n":
        "dependency cycle detected: a1 -> b1 -> a1",
    "services:\n  a1: {image: busybox, network_mode: host, networks: [x]}\nnetworks:\n  x:\n":
        "service a1 declares mutually exclusive `network_mode` and `networks`: invalid compose project",
    "services:\n  a1:\n    image: busybox\n    ports: 5\n":
        "validating /root/compose.yaml: services.a1.ports must be a array",
    "services:\n  a1: 5\n": "services.a1 must be a mapping",
    "services:\n  a1:\n    image: ${IMG:-busybox}\n    command: echo ${X:?must be}\n":
        "error while interpolating services.a1.command: required variable X is missing a value: must be",
    "services:\n  a1: {image: busybox, container_name: aa, scale: 2}\n":
        "services.scale: can't set container_name and a1 as container name must be unique: invalid compose project",
    'services:\n  "a b":\n    image: busybox\n':
        "validating /root/compose.yaml: services additional properties 'a b' not allowed"}


@pytest.mark.parametrize("text", FILE_ERRORS)
def test_a_wrong_file_is_refused_in_composes_words(text: str) -> None:
    session = Session()
    session.lab.host().files.add("/root/compose.yaml", RegularFile(0, text))
    job = session.run("docker compose config")
    assert (job.code, job.err.splitlines()[0]) == (1, FILE_ERRORS[text])
    assert job.err.splitlines()[1].startswith("note: compose.yaml:")


def test_a_version_is_warned_of_and_a_key_that_has_no_canonical_form_here_is_named() -> None:
    session = Session()
    text = 'version: "3"\nservices:\n  a1: {image: busybox, blkio_config: {weight: 3}}\n'
    session.lab.host().files.add("/root/compose.yaml", RegularFile(0, text))
    job = session.run("docker compose config")
    assert "level=warning msg=\"/root/compose.yaml: the attribute `version` is obsolete" in job.err
    assert "docker compose config of services.a1.blkio_config is not modelled in the sandbox" in job.err
    assert session.run("docker compose config --services").out == "a1\n"
    assert session.run("docker compose port nosuch 80").err.endswith('service "nosuch" is not running\n')
