"""A kind of device is one file: nothing else names it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import netsandbox.linux.drivers as drivers
from netsandbox.commands.complete import complete
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.session.session import Session
from tests.lines import said

TOY = '''
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.devices.kind import LinkKind, number, setting
from netsandbox.linux.core.devices.stacked import StackedInterface


class ToyInterface(StackedInterface):
    kind = "toy"
    max_mtu = 2000
    __slots__ = ("teeth",)

    def hand_on(self, frame):
        return True


class ToyKind(LinkKind):
    name = "toy"
    attributes = (number("teeth", complaint="invalid teeth", high=32),)

    def make(self, request):
        made = ToyInterface(request.namespace, request.name, request.address)
        made.teeth = request.settings.get("teeth", 2)
        return made

    def change(self, interface, settings):
        if settings.get("teeth") == 13:
            raise KernelError("EINVAL", "toy: 13 is unlucky")
        interface.teeth = settings.get("teeth", interface.teeth)

    def details(self, interface):
        return [setting("teeth", interface.teeth)]


KIND = ToyKind()
'''


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    (tmp_path / "toy.py").write_text(TOY)
    monkeypatch.setattr(drivers, "__path__", [*drivers.__path__, str(tmp_path)])
    kinds.names.cache_clear()
    made = Session()
    yield made
    sys.modules.pop("netsandbox.linux.drivers.toy", None)
    kinds._found.pop("toy", None)
    kinds.names.cache_clear()


def test_a_toy_is_made_changed_shown_and_offered(session: Session) -> None:
    assert said(session, "ip link add toy0 type toy teeth 5") == ""
    assert " toy teeth 5 addrgenmode" in said(session, "ip -d link show toy0").replace("\n    ", " ")
    assert said(session, "ip link set toy0 type toy teeth 13") == "Error: toy: 13 is unlucky.\n"
    assert said(session, "ip link set toy0 type toy teeth 40") == 'Error: argument "40" is wrong: invalid teeth\n'
    assert "mtu greater than device maximum" in said(session, "ip link set toy0 mtu 3000")
    assert "toy0" in said(session, "ip link show type toy")
    assert "toy" in offered(session, "ip link add t1 type ")
    assert offered(session, "ip link add t1 type toy ") >= {"teeth"}


def offered(session: Session, line: str) -> set[str]:
    return {candidate.text for candidate in complete(session.shell, line, len(line))}


@pytest.mark.parametrize(("line", "words"), [
    ("ip route add 10.0.0.0/8 ", {"via", "dev", "metric", "table"}), ("ip link set docker0 ", {"up", "down", "mtu"}),
    ("ip link add v1 type ", {"veth", "vlan", "vxlan", "macvlan", "bond"}),
    ("ip link add v1 link docker0 type vlan ", {"id", "protocol"}), ("ip rule add ", {"from", "fwmark", "table"}),
    ("bridge fdb add 02:00:00:00:00:01 ", {"dev", "dst", "vni"}), ("ip addr add 10.0.0.1/24 ", {"dev", "scope"})])
def test_what_follows_is_what_the_parser_takes(line: str, words: set[str]) -> None:
    session = Session()
    before = said(session, "ip -d link")
    assert offered(session, line) >= words
    assert said(session, "ip -d link") == before
