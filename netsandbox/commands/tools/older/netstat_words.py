"""`netstat -s` of net-tools: counters in its words (statistics.c)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.mib.counters import groups

USUAL, DEEP = 4, 8
"""Spaces before a line, and before one of a histogram."""
HISTOGRAMS = {"<": "ICMP input histogram:", ">": "ICMP output histogram:"}
FLAGS = {"Ip": "w", "Icmp": "w", "Tcp": "t", "Udp": "u", "TcpExt": "t"}
"""The option by which a group is shown; what it does not know is shown always."""


class Entry(NamedTuple):
    """How a counter is told.

    Attributes:
        kind: empty for always; `?` unless it is 0, `!` never, `<` and `>` in a histogram.
        text: with {} for the number.
    """

    name: str
    kind: str
    text: str


class _State:
    """How far to the right the next line begins depends on what stood before."""

    def __init__(self) -> None:
        self.kind = ""

    @property
    def indent(self) -> str:
        return " " * (DEEP if self.kind in HISTOGRAMS else USUAL)


def statistics(namespace: NetworkNamespace, wanted: str) -> str:
    """All groups, those that have an option only if it is among the wanted."""
    text, state = "", _State()
    for group, counters in groups(namespace).items():
        if not counters:
            continue
        flag = FLAGS.get(group)
        if flag is not None:
            state.kind = ""
        if flag is None or flag in wanted:
            text += f"{group}:\n" + "".join(_line(state, group, name, value) for name, value in counters.items())
    return text


def _line(state: _State, group: str, name: str, value: int) -> str:
    entry = _found(group, name)
    if entry is None:
        return f"{state.indent}{name}: {value % (1 << 64)}\n" if value else ""
    if entry.kind == "!" or not entry.text:
        return ""
    title = ""
    if entry.kind in HISTOGRAMS and state.kind != entry.kind:
        title = f"{state.indent}{HISTOGRAMS[entry.kind]}\n"
    state.kind = entry.kind
    return title + (f"{state.indent}{entry.text.format(value)}\n" if value or not entry.kind else "")


@cache
def _found(group: str, name: str) -> Entry | None:
    """bsearch(3), which misses what does not stand in order: netstat then tells it by its bare name."""
    entries, low, high = entries_of(group), 0, len(entries_of(group))
    while low < high:
        middle = (low + high) // 2
        if entries[middle].name == name:
            return entries[middle]
        if name < entries[middle].name:
            high = middle
        else:
            low = middle + 1
    return None


@cache
def entries_of(group: str) -> list[Entry]:
    """In netstat's own order."""
    lines = TABLES.get(group, "").strip().splitlines()
    return [Entry(name, "" if kind == "." else kind, text) for name, kind, text in (
        [*line.split(" ", 2), ""][:3] for line in map(str.strip, lines))]


TABLES: dict[str, str] = {
    "Ip": """
        DefaultTTL ! Default TTL is {}
        Forwarding ! Forwarding is %s
        ForwDatagrams . {} forwarded
        FragCreates ? {} fragments created
        FragFails ? {} outgoing packets failed fragmentation
        FragOKs ? {} outgoing packets fragmented ok
        InAddrErrors ? {} with invalid addresses
        InDelivers . {} incoming packets delivered
        InDiscards . {} incoming packets discarded
        InHdrErrors ? {} with invalid headers
        InReceives . {} total packets received
        InUnknownProtos ? {} with unknown protocol
        OutDiscards ? {} outgoing packets dropped
        OutNoRoutes ? {} dropped because of missing route
        OutRequests . {} requests sent out
        ReasmFails ? {} packet reassemblies failed
        ReasmOKs ? {} packets reassembled ok
        ReasmReqds ? {} reassemblies required
        ReasmTimeout ? {} fragments dropped after timeout
    """,
    "Icmp": """
        InAddrMaskReps < address mask replies: {}
        InAddrMasks < address mask request: {}
        InDestUnreachs < destination unreachable: {}
        InEchoReps < echo replies: {}
        InEchos < echo requests: {}
        InErrors . {} input ICMP message failed
        InMsgs . {} ICMP messages received
        InParmProbs < wrong parameters: {}
        InRedirects < redirects: {}
        InSrcQuenchs < source quenches: {}
        InTimeExcds < timeout in transit: {}
        InTimestampReps < timestamp reply: {}
        InTimestamps < timestamp request: {}
        OutAddrMaskReps > address mask replies: {}
        OutAddrMasks > address mask requests: {}
        OutDestUnreachs > destination unreachable: {}
        OutEchoReps > echo replies: {}
        OutEchos > echo requests: {}
        OutErrors . {} ICMP messages failed
        OutMsgs . {} ICMP messages sent
        OutParmProbs > wrong parameters: {}
        OutRedirects > redirect: {}
        OutSrcQuenchs > source quench: {}
        OutTimeExcds > time exceeded: {}
        OutTimestampReps > timestamp replies: {}
        OutTimestamps > timestamp requests: {}
    """,
    "Tcp": """
        ActiveOpens . {} active connection openings
        AttemptFails . {} failed connection attempts
        CurrEstab . {} connections established
        EstabResets . {} connection resets received
        InErrs . {} bad segments received
        InSegs . {} segments received
        MaxConn .
        OutRsts . {} resets sent
        OutSegs . {} segments sent out
        PassiveOpens . {} passive connection openings
        RetransSegs . {} segments retransmitted
        RtoAlgorithm ! RTO algorithm is %s
        RtoMax .
        RtoMin .
    """,
    "Udp": """
        InDatagrams . {} packets received
        InErrors . {} packet receive errors
        NoPorts . {} packets to unknown port received
        OutDatagrams . {} packets sent
        RcvbufErrors . {} receive buffer errors
        SndbufErrors . {} send buffer errors
    """,
    "TcpExt": """
        DelayedACKLocked ? {} delayed acks further delayed because of locked socket
        DelayedACKLost ? Quick ack mode was activated {} times
        DelayedACKs ? {} delayed acks sent
        EmbryonicRsts ? {} resets received for embryonic SYN_RECV sockets
        ListenDrops ? {} SYNs to LISTEN sockets dropped
        ListenOverflows ? {} times the listen queue of a socket overflowed
        LockDroppedIcmps ? {} ICMP packets dropped because socket was locked
        OfoPruned ? {} packets dropped from out-of-order queue because of socket buffer overrun
        OutOfWindowIcmps ? {} ICMP packets dropped because they were out-of-window
        PAWSActive ? {} active connections rejected because of time stamp
        PAWSEstab ? {} packets rejected in established connections because of timestamp
        PAWSPassive ? {} passive connections rejected because of time stamp
        PruneCalled ? {} packets pruned from receive queue because of socket buffer overrun
        RcvPruned ? {} packets pruned from receive queue
        SockMallocOOM ? Ran {} times out of system memory during packet sending
        SyncookiesFailed ? {} invalid SYN cookies received
        SyncookiesRecv ? {} SYN cookies received
        SyncookiesSent ? {} SYN cookies sent
        TCPAbortFailed ? {} times unable to send RST due to no memory
        TCPAbortOnClose ? {} connections reset due to early user close
        TCPAbortOnData ? {} connections reset due to unexpected data
        TCPAbortOnLinger ? {} connections aborted after user close in linger timeout
        TCPAbortOnMemory ? {} connections aborted due to memory pressure
        TCPAbortOnSyn ? {} connections reset due to unexpected SYN
        TCPAbortOnTimeout ? {} connections aborted due to timeout
        TCPDirectCopyFromBacklog ? {} bytes directly in process context from backlog
        TCPDirectCopyFromPrequeue ? {} bytes directly received in process context from prequeue
        TCPDSACKOfoRecv ? {} DSACKs for out of order packets received
        TCPDSACKOfoSent ? {} DSACKs sent for out of order packets
        TCPDSACKOldSent ? {} DSACKs sent for old packets
        TCPDSACKRecv ? {} DSACKs received
        TCPDSackUndo ? {} congestion window recovered without slow start using DSACK
        TCPDSACKUndo ? {} congestion windows recovered without slow start by DSACK
        TCPFACKReorder ? Detected reordering {} times using FACK
        TCPFastRetrans ? {} fast retransmits
        TCPForwardRetrans ? {} forward retransmits
        TCPFullUndo ? {} congestion windows fully recovered without slow start
        TCPHPAcks ? {} predicted acknowledgments
        TCPHPHits . {} packet headers predicted
        TCPHPHitsToUser ? {} packet headers predicted and directly queued to user
        TCPLossFailures ? {} timeouts in loss state
        TCPLoss ? {} TCP data loss events
        TCPLossUndo ? {} congestion windows recovered without slow start after partial ack
        TCPLostRetransmits ? {} retransmits lost
        TCPMemoryPressures ? TCP ran low on memory {} times
        TCPPartialUndo ? {} congestion windows partially recovered using Hoe heuristic
        TCPPrequeued ? {} packets directly queued to recvmsg prequeue
        TCPPrequeueDropped ? {} packets dropped from prequeue
        TCPPureAcks ? {} acknowledgments not containing data payload received
        TCPRcvCollapsed ? {} packets collapsed in receive queue due to low socket buffer
        TCPRenoFailures ? {} timeouts after reno fast retransmit
        TCPRenoRecoveryFailed ? {} reno fast retransmits failed
        TCPRenoRecoveryFail ? {} classic Reno fast retransmits failed
        TCPRenoRecovery ? {} times recovered from packet loss due to fast retransmit
        TCPRenoReorder ? Detected reordering {} times using reno fast retransmit
        TCPSackFailures ? {} timeouts after SACK recovery
        TCPSackRecoveryFail ? {} SACK retransmits failed
        TCPSackRecovery ? {} times recovered from packet loss by selective acknowledgements
        TCPSACKReneging ? {} bad SACK blocks received
        TCPSACKReorder ? Detected reordering {} times using SACK
        TCPSchedulerFailed ? {} times receiver scheduled too late for direct processing
        TCPSlowStartRetrans ? {} retransmits in slow start
        TCPTimeouts ? {} other TCP timeouts
        TCPTSReorder ? Detected reordering {} times using time stamp
        TWKilled ? {} TCP sockets finished time wait in slow timer
        TW ? {} TCP sockets finished time wait in fast timer
        TWRecycled ? {} time wait sockets recycled by time stamp
    """,
}
"""By group: the counter, how it is told (`.` for always), and the words."""
