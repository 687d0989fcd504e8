"""What happened, in English: one sentence for each kind of event, then the operands it looked at.

A key is an event class, an `Outcome` or a `Forwarding`, and behind a dot the
case that it can make; a case without words of its own uses those of its kind.
An operand whose field is empty is left out.
"""

from __future__ import annotations

Words = tuple[str, ...]
"""The sentence, then one template for each operand."""

FRAMES: dict[str, Words] = {
    "FrameSent": ("{where} sends {frame}.", "destination MAC {dst}", "source MAC {src}", "{size} bytes"),
    "FrameSent.arp-request": (
        "{where} asks everyone on its link for the MAC of {tpa}, and wants the answer sent to {spa}.",
        "destination MAC {dst}", "the MAC asked for is left zero in the request"),
    "FrameSent.arp-check": (
        "{where} asks {tpa} alone, by unicast, whether it is still at {dst}.",
        "destination MAC {dst}, not everyone's"),
    "FrameSent.arp-announcement": (
        "{where} tells everyone on its link that {spa} is at {sha}.",
        "sender and target address are both {spa}", "destination MAC {dst}"),
    "FrameSent.arp-detection": (
        "{where} asks everyone on its link whether {tpa} is in use already.",
        "sender address 0.0.0.0, so that nobody learns it", "destination MAC {dst}"),
    "FrameSent.arp-reply": ("{where} answers {tpa} that {spa} is at {sha}.", "destination MAC {dst}, a unicast"),
    "FrameReceived": ("{where} receives {frame}.", "destination MAC {dst}", "source MAC {src}"),
    "FrameReceived.dropped": ("{where} drops {frame}: {why}.",),
    "SendFailed": ("{where} cannot send {frame}: {why}.",),
    "PacketDropped": ("{where} drops {packet}: {why}.",),
    "FrameBridged": ("{bridge} passes {frame} on to {ports}.", "came in by {port}"),
    "Forwarding.KNOWN": (
        "{bridge} knows that {station} is behind {ports}, so {frame} leaves by that port alone.",
        "row of the forwarding table: {dst}, {ports}", "came in by {port}"),
    "Forwarding.UNKNOWN": (
        "{bridge} does not know where {station} is, so it floods {frame} to every other port: {ports}.",
        "forwarding table: no row for {dst}", "came in by {port}"),
    "Forwarding.BROADCAST": (
        "{bridge} floods {frame}, which is for everyone, to every other port: {ports}.",
        "destination MAC {address}, the broadcast address", "came in by {port}", "{host}"),
    "Forwarding.MULTICAST": (
        "{bridge} floods {frame}, which is for a group, to every other port: {ports}.",
        "destination MAC {address}, a group address", "came in by {port}", "{host}"),
    "Forwarding.GROUP": (
        "{bridge} knows who wants that group, so {frame} leaves by these ports alone: {ports}.",
        "bridge mdb show, and ports behind which somebody asks", "came in by {port}"),
    "Forwarding.LOCAL": (
        "{bridge} hands {frame} to its own host, because the MAC is its own or that of a port.",
        "forwarding table: {dst} is permanent", "came in by {port}"),
    "Forwarding.REPEAT": (
        "{bridge} is a hub: it repeats {frame} by every other port, {ports}, whatever its addresses say.",
        "no table and no address: a hub works on bits", "came in by {port}"),
    "Outcome.ACCEPTED": ("{where} takes {frame}.", "destination MAC {dst}"),
    "Outcome.ACCEPTED.arp": (
        "{where} takes {frame}, because its neighbour table has a row for {spa}.",
        "neighbour table: the row for {spa}"),
    "Outcome.ACCEPTED.echo-reply": (
        "{where} takes {frame}; the ping that waits for it gets it.", "ICMP type 0, identifier {ident}"),
    "Outcome.ACCEPTED.icmp-error": (
        "{where} takes {frame} and tells the program whose packet it quotes.",
        "who sent the packet that the error quotes"),
    "Outcome.ACCEPTED.udp": ("{where} takes {frame} and hands it to the socket.", "destination port {dport}"),
    "Outcome.ANSWERED": ("{where} takes {frame} and answers it.", "destination MAC {dst}"),
    "Outcome.ANSWERED.arp": (
        "{where} answers {frame}, because it answers for that address.",
        "target address {tpa}: its host's own, or another's that it speaks for (proxy_arp)"),
    "Outcome.ANSWERED.echo-request": (
        "{where} takes {frame} and answers with an echo reply, addresses swapped.",
        "destination {ip_dst} is an address of this host", "icmp_echo_ignore_all is 0"),
    "Outcome.IGNORED": ("{where} hears {frame} and has no use for it.", "destination MAC {dst}"),
    "Outcome.IGNORED.arp-request": (
        "{where} hears {frame} and stays silent: the question is not for it.",
        "target address {tpa}", "no row for {spa} is made from a question for others"),
    "Outcome.IGNORED.arp-announcement": (
        "{where} hears {frame} and learns nothing from it: it has no row for {spa}, or one that says so already.",
        "neighbour table: no row for {spa} to change", "arp_accept is 0, so none is made"),
    "Outcome.IGNORED.arp-reply": (
        "{where} hears {frame} but did not ask, so it makes no row for {spa}.",
        "neighbour table: no row for {spa}", "arp_accept is 0, so none is made"),
    "Outcome.BRIDGED": ("{where} is a port of a bridge, which passes {frame} on.", "destination MAC {dst}"),
    "Outcome.FORWARDED": (
        "{where} is not where {frame} wants to go, so its host routes it on with a TTL one less.",
        "destination {ip_dst}", "TTL {ttl} on arrival", "ip_forward is 1"),
    "Outcome.QUEUED": ("{where} keeps {frame} for later.",),
    "Outcome.QUEUED.fragment": (
        "{where} keeps {frame} until the other fragments are there.", "offset {offset}", "more fragments: {more}"),
    "Outcome.QUEUED.held": (
        "{where} keeps {frame} until it can go on: its new MAC is asked for, or its program uses the socket.",),
    "Outcome.QUEUED.arp": (
        "{where} will answer {frame} in place of another host, after a random delay.", "proxy_arp is 1"),
    "Outcome.QUEUED.cable": ("{frame} is on its way along a long cable.",),
    "Outcome.REPEATED": ("{where} belongs to a hub, which repeats {frame} by every other port.",),
}

TABLES: dict[str, Words] = {
    "FdbLearned": (
        "{bridge} learns that {mac} is behind {port}, because that MAC has just sent by it.",
        "source MAC {mac}", "came in by {port}"),
    "FdbLearned.moved": (
        "{bridge} sees that {mac} has moved: it sends by {port} now, no longer by {previous}.",
        "source MAC {mac}", "the row said {previous}"),
    "FdbLearned.static": ("Somebody put {mac} into the table of {bridge}, behind {port}.", "no frame was looked at"),
    "FdbForgotten": ("{bridge} forgets that {mac} is behind {port}.", "the row of {mac}"),
    "FdbForgotten.aged": (
        "{bridge} forgets {mac} behind {port}: it has sent nothing for the whole ageing time.", "the row of {mac}"),
    "FdbForgotten.port": (
        "{bridge} forgets {mac} behind {port}, because the port no longer forwards.", "the row of {mac}"),
    "FdbForgotten.vlan": (
        "{bridge} forgets {mac} behind {port}, because the port has left its VLAN.", "the row of {mac}"),
    "FdbForgotten.deleted": ("Somebody deleted {mac} behind {port} from the table of {bridge}.", "the row of {mac}"),
    "FdbForgotten.flushed": ("Somebody flushed the table of {bridge}; {mac} behind {port} went.", "the row of {mac}"),
    "NeighbourChanged": ("The row for {address} on {where} goes from {old} to {new}.", "MAC {mac}"),
    "NeighbourChanged.gone": ("The row for {address} on {where} is removed.", "it was {old}", "MAC {mac}"),
    "NeighbourChanged.asked": (
        "{where} does not know the MAC of {address} and asks for it by ARP; packets wait meanwhile.", "{old} → {new}"),
    "NeighbourChanged.used": (
        "{where} uses the old MAC of {address} once more, and checks it unless it hears from {address} soon.",
        "{old} → {new}", "MAC {mac}", "delay_first_probe_time, 5 s unless set"),
    "NeighbourChanged.confirmed": (
        "{where} has heard from {address} in time: the row is sure again.", "{old} → {new}", "MAC {mac}"),
    "NeighbourChanged.unconfirmed": (
        "{where} has not heard from {address} in time, so it asks it by unicast whether it is still there.",
        "{old} → {new}", "MAC {mac}", "ucast_solicit, 3 questions unless set"),
    "NeighbourChanged.unanswered": (
        "Nobody answered for {address}, so {where} gives it up.",
        "{old} → {new}", "mcast_solicit and ucast_solicit, 3 questions each unless set"),
    "ArpWithheld.arp_ignore": (
        "{where} has {address}, which {sender} asks for by ARP, and stays silent: arp_ignore says so.", "arp_ignore"),
    "ArpWithheld.arp_filter": (
        ("{where} has {address}, which {sender} asks for by ARP, and stays silent: it would not reach {sender} by this "
         "interface (arp_filter)."), "arp_filter", "route back to {sender}"),
    "ArpWithheld.source": (
        ("{where} has {address}, which {sender} asks for by ARP, and stays silent: what comes from {sender} by this "
         "interface is dropped ({reason})."), "route back to {sender}"),
    "NeighbourChanged.no probes": (
        "{where} may ask for {address} not even once, so the row fails at once.",
        "{old} → {new}", "mcast_solicit is 0"),
    "NeighbourChanged.expired": (
        "The confirmation of {address} on {where} is too old: the row stays and may be used, but is no longer sure.",
        "{old} → {new}", "MAC {mac}", "base_reachable_time_ms, 15 to 45 s unless set"),
    "NeighbourChanged.expired in use": (
        "The confirmation of {address} on {where} is too old while it is in use, so it will be checked soon.",
        "{old} → {new}", "MAC {mac}", "base_reachable_time_ms, delay_first_probe_time"),
    "NeighbourChanged.it asked": (
        "{where} notes that {address}, which asks, is at {mac}; whether it can be reached is not proved yet.",
        "{old} → {new}", "sender fields of the ARP request"),
    "NeighbourChanged.it answered": (
        "{address} has answered: {where} now knows that it is at {mac}.",
        "{old} → {new}", "sender fields of the ARP reply"),
    "NeighbourChanged.it was heard": (
        "{where} hears that {address} is at {mac} and changes the row that it has.",
        "{old} → {new}", "sender fields of the ARP packet"),
    "NeighbourChanged.by hand": (
        "Somebody set the row for {address} on {where}.", "{old} → {new}", "MAC {mac}"),
    "NeighbourChanged.deleted": (
        "Somebody deletes the row for {address} on {where}; what waits for it is answered first.", "{old} → {new}"),
    "NeighbourChanged.gone.deleted": ("Somebody deleted the row for {address} on {where}.", "it was {old}"),
    "NeighbourChanged.gone.expired": (
        "The time of the row for {address} on {where} is over, and the classic model deletes it.",
        "it was {old}", "MAC {mac}", "base_reachable_time_ms"),
    "NeighbourChanged.gone.link down": (
        "{where} went down, and the row for {address} with it.", "it was {old}", "MAC {mac}"),
    "NeighbourChanged.gone.no carrier": (
        "{where} lost its carrier, and the row for {address} with it.",
        "it was {old}", "MAC {mac}", "arp_evict_nocarrier is 1"),
    "NeighbourChanged.gone.new MAC": (
        "{where} has another MAC now, so it forgets its neighbours, {address} too.", "it was {old}", "MAC {mac}"),
    "NeighbourChanged.gone.link removed": (
        "{where} was removed, and the row for {address} with it.", "it was {old}", "MAC {mac}"),
    "NeighbourChanged.gone.no address": (
        "{where} has no address left, so it forgets its neighbours, {address} too.", "it was {old}", "MAC {mac}"),
    "NeighbourChanged.gone.arp on": (
        "ARP was switched on for {where}, so the row for {address} is removed.", "it was {old}"),
    "NeighbourChanged.gone.arp off": (
        "ARP was switched off for {where}, so the row for {address} is removed.", "it was {old}"),
    "NeighbourChanged.gone.garbage collected": (
        "The neighbour table is crowded, and the row for {address} on {where} has not been used for long: it goes.",
        "it was {old}", "gc_thresh1, gc_stale_time"),
    "AddressChanged.added": ("{where} gets the address {network}.", "prefix length {length}"),
    "AddressChanged.removed": ("{where} loses the address {network}.", "prefix length {length}"),
    "RouteChanged.added": ("{ns} gets the route {route}.", "table {table}", "metric {metric}"),
    "RouteChanged.removed": ("{ns} loses the route {route}.", "table {table}", "metric {metric}"),
}

PACKETS: dict[str, Words] = {
    "RouteChosen": (
        "{ns} sends what is for {destination} by {where}.",
        "{prefix} of {considered}", "route: {route}", "source address {source}", "MTU {mtu}"),
    "RouteChosen.direct": (
        "{destination} is on the link of {where}, so {ns} needs the MAC of {destination} itself.",
        "{prefix} of {considered}", "route: {route}", "source address {source}", "MTU {mtu}"),
    "RouteChosen.gateway": (
        "{destination} is not on a link of {ns}, so it needs the MAC of the gateway {gateway}, by {where}.",
        "{prefix} of {considered}", "route: {route}", "source address {source}", "MTU {mtu}"),
    "RouteChosen.local": (
        "{destination} is an address of {ns} itself, so the packet stays in the host and goes over {where}.",
        "{prefix} of {considered}", "route: {route}", "source address {source}"),
    "RouteChosen.group": (
        "{destination} is an address for many, so {ns} sends it by {where} without asking for a MAC.",
        "route: {route}", "source address {source}", "MTU {mtu}"),
    "RouteMissing": (
        "{ns} has no route to {destination}, so nothing is sent.", "no route of {ns} matches", "{error}"),
    "RouteMissing.route": (
        "{ns} must not send to {destination}: its route “{route}” says so.", "route: {route}", "{error}"),
    "RouteMissing.rule": (
        "{ns} must not send to {destination}: its route “{route}” says so, in the table that a rule chose.",
        "rule {rule}", "route: {route}", "{error}"),
    "PacketQueued": (
        "{packet} waits at {where} until the MAC of {next_hop} is known.", "neighbour table: no MAC for {next_hop}"),
    "PacketFragmented": (
        "{ns} cuts {packet} into {pieces} fragments, because it is larger than the MTU.",
        "{size} bytes", "MTU {mtu}", "may be fragmented (DF is not set)"),
    "FragmentHeld": (
        "{ns} keeps {packet} until the others are there.", "{have} bytes so far", "ipfrag_time, 30 s unless set"),
    "PacketReassembled": ("The last fragment has come: {ns} puts {packet} together again.", "{size} bytes"),
    "IcmpErrorSent": (
        "{ns} tells {to} by ICMP what became of {packet}: {name}.", "ICMP type {type}, code {code}", "quotes {packet}"),
    "IcmpSuppressed": ("{ns} sends no ICMP error about {packet}.", "{name}"),
    "IcmpSuppressed.rate": (
        "{ns} sends no ICMP error about {packet}: it has sent too many lately.", "{name}",
        "icmp_ratelimit, icmp_msgs_per_sec"),
    "IcmpSuppressed.broadcast": (
        "{ns} sends no ICMP error about {packet}, because it went to many.", "{name}"),
    "IcmpSuppressed.busy": (
        "{ns} sends no ICMP error about {packet}: its ICMP socket is busy sending that answer.", "{name}"),
    "IcmpSuppressed.error": (
        "{ns} sends no ICMP error about {packet}, which is an ICMP error itself.", "{name}"),
    "IcmpSuppressed.fragment": (
        "{ns} sends no ICMP error about {packet}, because only the first fragment may cause one.", "{name}"),
    "PathMtuLearned": (
        "{ns} learns that only {mtu} bytes fit on the way to {destination}.",
        "the ICMP error's MTU field", "MTU {mtu}"),
    "RedirectTaken": (
        "{ns} learns that {gateway} is the shorter way to {destination}.", "ICMP redirect of the present gateway"),
    "SocketMatched": (
        "{process} on {ns} has {protocol} port {port} of {address}, so it gets what came.",
        "socket table: {protocol} {address} port {port}"),
    "SocketBound": (
        "{process} takes {protocol} port {port} of {address} on {ns}.", "socket table: nobody had it"),
    "SocketClosed": ("{process} gives back {protocol} port {port} of {address} on {ns}.",),
    "NameUnknown": (
        "A program on {ns} wants the address of {name} and gets none: {error}.",
        "/etc/hosts does not have the name", "no name server in /etc/resolv.conf"),
    "NameUnknown.docker": (
        "A program on {ns} wants the address of {name} and gets none: {error}.",
        "/etc/hosts does not have the name",
        ("name server {servers}: Docker's, which knows the containers of the networks that {ns} is on, and asks the "
         "host's servers for the rest")),
    "NameUnknown.desktop": (
        "A program on {ns} wants the address of {name} and gets none: {error}.",
        ("/etc/hosts does not have the name: Docker Desktop knows it everywhere, the Engine on Linux only in "
         "containers that were run with --add-host {name}:host-gateway"),
        "name servers {servers}"),
    "NameUnknown.others": (
        "A program on {ns} wants the address of {name} and gets none: {error}.",
        "/etc/hosts does not have the name",
        ("name servers {servers}: none of them is Docker's, which gives containers names on networks of their own "
         "(docker network create), not on docker0")),
    "BindRefused": (
        "{process} on {ns} does not get {protocol} port {port} of {address}.", "{error}"),
    "BindRefused.EADDRINUSE": (
        "{process} on {ns} does not get {protocol} port {port} of {address}: {holder} has it.",
        "socket table: {holder} at {protocol} port {port}", "{error}"),
    "BindRefused.EADDRNOTAVAIL": (
        "{process} on {ns} does not get {protocol} port {port}, because {address} is no address of this host.",
        "{error}", "ip_nonlocal_bind is 0"),
}

LINKS: dict[str, Words] = {
    "LinkChanged": ("Something about the link {where} has changed.", "{detail}"),
    "LinkChanged.added": ("The interface {where} is made.",),
    "LinkChanged.removed": ("The interface {where} is removed, with its addresses, routes and neighbours.",),
    "LinkChanged.up": ("{where} is set up, and with it the routes to its own subnets.",),
    "LinkChanged.down": ("{where} is set down; its routes and neighbours go.",),
    "LinkChanged.carrier": ("{where} has a carrier, because both ends of its link are up.",),
    "LinkChanged.carrier.bridge": ("{where} has a carrier, because one of its ports forwards.",),
    "LinkChanged.no-carrier": ("{where} has no carrier any more, because the other end is down or gone.",),
    "LinkChanged.carrier.bond": ("{where} has a carrier, because one of its slaves has a link.",),
    "LinkChanged.no-carrier.bond": ("{where} has no carrier any more, because none of its slaves has a link.",),
    "LinkChanged.no-carrier.bridge": ("{where} has no carrier any more, because none of its ports forwards.",),
    "LinkChanged.name": ("{where} has this name now.",),
    "LinkChanged.mac": ("{where} has the MAC {detail} now.",),
    "LinkChanged.mtu": ("{where} has the MTU {detail} now.",),
    "LinkChanged.master": ("{where} becomes a port of the bridge {detail}; what it receives goes to the bridge.",),
    "LinkChanged.nomaster": ("{where} is no longer a port of the bridge {detail}.",),
    "SettingChanged": ("{namespace} has {key} at {value} now.", "it was {previous}"),
    "PortStateChanged": ("Port {port} of {bridge} is {state} now.", "link of {port}"),
    "ContainerStarted": (
        "Docker on {host} starts {container} from the image {image} in the network {network}.",
        "network mode {network}"),
    "ContainerStarted.bridge": (
        "Docker on {host} starts {container} from the image {image}, with the address {address}.",
        "network {network}: the lowest free address", "MAC {mac}"),
    "ContainerExited": ("{container} on {host} has ended with exit code {code}.", "exit code of its first process"),
    "DaemonStarted": ("dockerd on {host} starts, and sets its rules anew.", "/etc/docker/daemon.json"),
    "DaemonStopped": ("dockerd on {host} has ended; its bridges and its networks' rules stay.", "dockerd"),
    "DaemonFailed": ("dockerd on {host} does not start; `journalctl -u docker` tells why.", "/etc/docker/daemon.json"),
    "ContainerPaused": (
        "Docker on {host} pauses {container}: its programs stand still, and its network stack goes on.",
        "the freezer cgroup"),
    "ContainerUnpaused": ("Docker on {host} lets the programs of {container} go on.", "the freezer cgroup"),
    "AddressAnnounced": (
        "Docker announces {address} of {container}, so that old neighbour entries get its new MAC.",
        "MAC {mac}", "announcement {number} of 3"),
    "ContainerRenamed": ("The container {container} on {host} is called {name} now.", "docker rename"),
    "AddressReleased": (
        "Docker on {host} takes {address} back from {container}; the next container may get it.", "the network's pool"),
    "NetworkCreated": (
        "Docker on {host} makes the network {network}: the bridge {bridge} and the subnet {subnet}.",
        "the lowest subnet that overlaps no other, unless one was asked for"),
    "PublishRefused": (
        "Docker on {host} does not publish {protocol} port {port} for {container}: {holder} has it.",
        "docker ps: {holder} publishes {port}", "one port of the host leads to one container"),
    "PoolRefused": (
        "Docker on {host} finds no subnet for another network: each of its own overlaps with a network or a route.",
        "{networks} networks have one", "default-address-pools in /etc/docker/daemon.json; docker network prune"),
    "SubnetRefused": (
        "Docker on {host} makes no network of {subnet}: the network {network} overlaps with it.",
        "docker network inspect {network}"),
    "NetworkRemoved": ("Docker on {host} removes the network {network} and its bridge.", "nobody is connected to it"),
    "NetworkConnected": (
        "Docker on {host} connects {container} to the network {network}: its {interface} has {address} now.",
        "the lowest free address, unless one was asked for", "MAC {mac}"),
    "NetworkConnected.later": (
        "Docker on {host} notes that {container} belongs to the network {network}; it gets an interface at its start.",
        "{container} does not run"),
    "NetworkDisconnected": (
        "Docker on {host} disconnects {container} from the network {network}.", "its interface there is deleted"),
    "CommandRun": ("Command: {line}",),
    "NodeAdded": ("A new {kind} is in the lab: {name}.",),
    "NodeRemoved": ("The {kind} {name} is taken out of the lab.",),
    "CableConnected": ("A cable joins {left} and {right}.",),
    "CableDisconnected": ("The cable between {left} and {right} is pulled out.",),
    "Storm": (
        "One cascade has gone on for {steps} steps: a loop, most likely. Timers get their turn meanwhile.",
        "{steps} steps without a pause"),
    "QueueDropped": (
        "The cascade did not end, so the {frames} frames still on their way are dropped.", "{frames} frames"),
    "Unknown": ("{event} was recorded.",),
}

SENTENCES: dict[str, Words] = FRAMES | TABLES | PACKETS | LINKS
