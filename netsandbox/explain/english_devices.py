"""What stacked devices, tunnels, filtering bridges and policy rules decided, in English."""

from __future__ import annotations

Words = tuple[str, ...]

DEVICES: dict[str, Words] = {
    "Outcome.DECAPSULATED": ("A tunnel at {where} takes out what {frame} carries.", "destination MAC {dst}"),
    "Outcome.PASSED_UP": ("A device that stands on {where} takes {frame}.", "destination MAC {dst}"),
    "TagPushed": (
        "{place} puts the tag of VLAN {vlan} into the frame and hands it to {below}.",
        "{place} is VLAN {vlan} of {below}", "tag {protocol}, 4 bytes behind the source MAC"),
    "VlanEntered": (
        "{bridge} takes the frame into VLAN {vlan}: it came without a tag, and that is the PVID of {port}.",
        "PVID of {port}: {vlan}"),
    "VlanEntered.tagged": (
        "{bridge} takes the frame into VLAN {vlan}, as its tag says, and takes the tag off.",
        "tag: VLAN {vlan}", "{port} is in VLAN {vlan}"),
    "VlanLeft": (
        "By {ports} the frame of VLAN {vlan} leaves without a tag.", "{ports}: VLAN {vlan} is Egress Untagged"),
    "VlanLeft.tagged": (
        "By {ports} the frame leaves with the tag of VLAN {vlan}.", "{ports}: VLAN {vlan} is not Egress Untagged"),
    "ArpAnswered": (
        ("{bridge} answers the question for {address} itself, in the owner's name: the question need not cross the "
        "tunnel."), "neighbour table of {bridge}: {address} has {mac}",
        "the row of {mac} names a port with neigh_suppress"),
    "BpduTaken": (
        "{port} hears of the root {root}, cost {cost}, from the bridge {sender}: better or newer than what it knew.",
        "root: priority {priority}, MAC {root}", "cost {cost}", "said by {sender}"),
    "RootChosen": (
        "{bridge} finds that {root} is the root of the spanning tree, and that its own way there is {port}.",
        "lowest priority, then lowest MAC: {priority}, {root}", "cost {cost}"),
    "RootChosen.itself": (
        "{bridge} finds that it is the root of the spanning tree itself.",
        "lowest priority, then lowest MAC: {priority}, {root}"),
    "TopologyChanged": (
        "{bridge} sees that the spanning tree has changed: rows of its table age faster for a while.",
        "topology change flag in the root's messages"),
    "TopologyChanged.over": (
        "For {bridge} the change of the spanning tree is over: rows age as slowly as before.",
        "topology change flag in the root's messages"),
    "Encapsulated": (
        "{place} puts what it was given into a {kind} packet to {remote}.", "{kind} device {place}: remote {remote}"),
    "Encapsulated.flood": (
        "{place} does not know where the MAC is, or the frame is for everyone: a copy to {remote}, VNI {number}.",
        "forwarding table: the row of 00:00:00:00:00:00 names {remote}"),
    "Encapsulated.row": (
        "{place} knows that the MAC is behind {remote}, and puts the frame into a UDP packet to it, in VNI {number}.",
        "forwarding table: the row of the MAC names {remote}"),
    "Encapsulated.local": (
        "{place} has its other end on this same host: the frame of VNI {number} is handed straight to it.",
        "outer destination: an address of this host"),
    "Decapsulated": (
        "{place} takes the {kind} packet from {remote} and goes on with what was in it.",
        "{kind} device {place}", "number {number}"),
    "VtepLearned": (
        "{place} learns that {mac} is behind {remote}, because a frame of that MAC has just come from there.",
        "inner source MAC {mac}", "outer source {remote}"),
    "VtepLearned.moved": (
        "{place} sees that {mac} has moved: it is behind {remote} now, no longer behind {previous}.",
        "inner source MAC {mac}", "outer source {remote}", "the row said {previous}"),
    "VtepMissing": (
        "{place} does not know behind which end {mac} is, and asks whoever watches the host's neighbours (l2miss).",
        "forwarding table: no row of the MAC, and none of 00:00:00:00:00:00"),
    "VtepMissing.address": (
        "{place} does not know whose MAC {address} has, and asks whoever watches the host's neighbours (l3miss).",
        "neighbour table of {place}: no row of the address"),
    "ChildChosen": ("{parent} hands the frame to {child}, whose MAC it is for.", "destination MAC"),
    "ChildChosen.address": (
        "{parent} hands the frame to {child}, whose IP address it is for: all children have one MAC.",
        "destination address"),
    "ChildChosen.sibling": (
        "{child} stands on {parent} as well, so the frame goes straight to it and never shows on the wire.",
        "destination MAC or address"),
    "ChildChosen.broadcast": ("The frame is for everyone, so {parent} hands {child} a copy.", "destination MAC"),
    "ChildChosen.source": ("{child} takes frames of that source MAC from {parent}.", "source MAC"),
    "ChildChosen.passthru": ("{child} has {parent} for itself and takes every frame.", "mode passthru"),
    "SlaveChosen": ("{bond} sends by {slave}, its active slave.", "mode active-backup"),
    "SlaveChosen.all": ("{bond} sends by each of its slaves: {slave}.", "mode broadcast"),
    "SlaveChosen.layer2": (
        "{bond} sends by {slave}: which slave it is follows from MAC addresses and type.", "mode balance-xor",
        "xmit_hash_policy layer2"),
    "SlaveChosen.layer2+3": (
        "{bond} sends by {slave}: which slave it is follows from MAC and IP addresses.", "mode balance-xor",
        "xmit_hash_policy layer2+3"),
    "SlaveChosen.layer3+4": (
        "{bond} sends by {slave}: which slave it is follows from IP addresses and ports.", "mode balance-xor",
        "xmit_hash_policy layer3+4"),
    "SlaveChosen.turn": ("{bond} sends by {slave}, whose turn it is.", "mode balance-rr"),
    "ActiveSlaveChanged": (
        "{bond} sends and takes by {slave} from now on, no longer by {previous}.", "{why}"),
    "ActiveSlaveChanged.none": ("{bond} has no slave with a link left; the last one was {previous}.", "{why}"),
    "FrameShaped": ("{discipline} on {place} holds the frame for {time}.", "tc qdisc on {place}"),
    "FrameShaped.waited": ("{discipline} on {place} has held the frame back for {time}.", "tc -s class on {place}"),
    "FrameShaped.duplicated": ("{discipline} on {place} sends the frame twice.", "tc qdisc on {place}: duplicate"),
    "FrameShaped.corrupted": (
        "{discipline} on {place} turns one bit of the frame around.", "tc qdisc on {place}: corrupt"),
    "FrameShaped.sorted": (
        "{discipline} on {place} is the class that the frame goes through.", "tc class show on {place}"),
    "FrameShaped.reordered": (
        "{discipline} on {place} lets the frame go before those that wait.", "tc qdisc on {place}: reorder"),
    "RuleMatched": (
        "In {namespace} rule {priority} fits the packet to {destination}: {rule}.",
        "rules are asked in the order of their numbers", "rule {priority}: {rule}"),
    "PathChosen": (
        "The route to {destination} has {paths} next hops; the packet's hash chose {path}.",
        "fib_multipath_hash_policy {policy}"),
    "GroupJoined": ("{bridge} notes that somebody behind {port} wants the group {group}.", "bridge mdb show"),
    "GroupLeft": ("{bridge} notes that nobody behind {port} wants the group {group} any more.", "bridge mdb show"),
    "NextHopChanged": ("{namespace} has the next hop {hop}; routes that name its number follow.", "ip nexthop"),
    "NextHopChanged.gone": (
        "{namespace} has no next hop {hop} any more, nor the routes that name it alone.", "ip nexthop"),
}
REASONS: dict[str, Words] = {
    "BRIDGE_INGRESS_VLAN": ("the port {port} is not in VLAN {vlan}, whose tag it has", "VLANs of {port}: no {vlan}"),
    "BRIDGE_INGRESS_VLAN.none": (
        "it has no tag, and the port {port} has no PVID that would say which VLAN it is in", "PVID of {port}: none"),
    "BRIDGE_EGRESS_VLAN": (
        "it is in VLAN {vlan}, and {port}, which it should leave by, is not", "VLANs of {port}: no {vlan}"),
    "IGMP_INVALID": (
        "it is no IGMP message that makes sense, and {port} looks into IGMP", "checksum and length of the message"),
    "BPDU_INVALID": ("it is no message of a spanning tree that the bridge takes", "LLC 42 42 03, version 0"),
    "BPDU_INVALID.guard": (
        "no bridge is wanted behind {port} (guard), and this is a bridge's message", "guard of {port}: on"),
    "VLAN_UNKNOWN": (
        "it has the tag of VLAN {vlan}, and this host has no device for that VLAN on {port}", "tag: VLAN {vlan}"),
    "DEV_NULL": ("{port} is a dummy device: it sends nothing anywhere", "kind dummy"),
    "VXLAN_VNI_NOT_FOUND": ("no VXLAN device here has the VNI {vlan}", "VNI {vlan} in the VXLAN header"),
    "VXLAN_INVALID_HDR": ("what came to the VXLAN port of {port} has no VXLAN header", "flags of the VXLAN header: I"),
    "VXLAN_ENTRY_EXISTS": (
        "a person has told {port} behind which other end this MAC is, and the frame came from another",
        "bridge fdb show dev {port}"),
    "LOCAL_MAC": ("its source MAC is that of {port} itself", "MAC of {port}"),
    "NO_TX_TARGET": (
        "{port} has no row for this MAC, and none of 00:00:00:00:00:00 that says where to flood",
        "bridge fdb show dev {port}"),
    "TUNNEL_UNKNOWN": (
        "no tunnel device here has these addresses and the key {vlan}", "addresses and key of the tunnels"),
    "TUNNEL_INVALID": (
        ("the tunnel's header makes no sense, or lacks what {port} asks for: a checksum if and only if one is set, a "
         "sequence number that goes up"), "tunnel header"),
    "RECURSION_LIMIT": (
        "{port} sends by a device that sends by {port} again: a loop of tunnels", "8 devices in each other at most"),
    "QDISC_DROP": ("the queueing discipline of {port} dropped it: {rule}", "tc -s qdisc show dev {port}"),
    "BOND_INACTIVE": ("it came by a slave of {port} that is not the active one", "active slave of {port}"),
    "MACVLAN_FOREIGN": ("children of one parent are kept apart in this mode", "mode private or vepa"),
    "TUN_NO_READER": ("no program reads from {port}", "carrier of {port}: none"),
}
