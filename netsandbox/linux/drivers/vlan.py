"""IEEE 802.1Q tags on interfaces without VLANs (net/core/dev.c, net/8021q/vlan_core.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core import interface as interfaces
from netsandbox.wire.ethernet import HEADER, VLAN_TYPES, Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.interface import Interface, Verdict

TAG = 4
NUMBER = 0x0FFF
"""The bits of a tag that are the VLAN's number; 0 says that the tag has a priority alone."""


def is_tagged(frame: Frame) -> bool:
    return frame.ethertype in VLAN_TYPES and frame.size >= HEADER + TAG


def untagged(frame: Frame) -> Frame:
    """The frame as the kernel holds it from its first reception on: the tag is kept beside it (skb_vlan_untag)."""
    data = frame.wire()
    return Frame.parse(data[:HEADER - 2] + data[HEADER + TAG - 2:])


def receive(interface: Interface, frame: Frame, payload: bytes) -> Verdict:
    """A tag with a priority alone means nothing; a VLAN that nobody has is not for us. Other types are unknown."""
    if is_tagged(frame) and not int.from_bytes(payload[:2], "big") & NUMBER:
        return interface.deliver(untagged(frame), is_for_us=True)
    return interfaces.unhandled(frame.ethertype)
