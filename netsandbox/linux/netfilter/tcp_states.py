"""What a segment's flags make of a tracked TCP connection (tcp_conntracks in net/netfilter/nf_conntrack_proto_tcp.c).

The states are those that `conntrack -L` prints.
"""

from netsandbox.wire.tcp import ACK, FIN, PSH, RST, SYN, URG

STATES = ("NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",
          "SYN_SENT2")
NO, SS, SR, ES, FW, CW, LA, TW, CL, S2 = range(10)
INVALID, IGNORE = 10, 11
"""What a transition may be beside a state: the segment makes no sense, or may make sense to the ends alone."""
IV, IG = INVALID, IGNORE
ORDINARY = frozenset({ES, FW, CW, LA, TW})  # States that a segment always leads to if it fits the windows
CLOSING = frozenset({FW, CW, LA, TW, CL})
"""States in which a connection is given up for others first, and any RST ends it (tcp_can_early_drop)."""
SET_SYN, SET_SYNACK, SET_FIN, SET_ACK, SET_RST, SET_NONE = range(6)
INDEX = tuple(SET_RST if flags & RST else (SET_SYNACK if flags & ACK else SET_SYN) if flags & SYN else
              SET_FIN if flags & FIN else SET_ACK if flags & ACK else SET_NONE for flags in range(256))
"""By the flags of a segment: what of it decides on the state (get_conntrack_index)."""
TRANSITIONS = (
    ((SS, SS, IG, IG, IG, IG, IG, SS, SS, S2),
     (IV, IV, SR, IV, IV, IV, IV, IV, IV, SR),
     (IV, IV, FW, FW, LA, LA, LA, TW, CL, IV),
     (ES, IV, ES, ES, CW, CW, TW, TW, CL, IV),
     (IV, CL, CL, CL, CL, CL, CL, CL, CL, CL),
     (IV,) * 10),
    ((IV, S2, IV, IV, IV, IV, IV, SS, IV, S2),
     (IV, SR, IG, IG, IG, IG, IG, IG, IG, SR),
     (IV, IV, FW, FW, LA, LA, LA, TW, CL, IV),
     (IV, IG, SR, ES, CW, CW, TW, TW, CL, IG),
     (IV, CL, CL, CL, CL, CL, CL, CL, CL, CL),
     (IV,) * 10))
"""By direction, by what is set in the segment, by state."""
TIMEOUTS = ("", "syn_sent", "syn_recv", "established", "fin_wait", "close_wait", "last_ack", "time_wait", "close",
            "syn_sent")
TOGETHER = frozenset({SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN | ACK | URG, ACK, ACK | URG})
"""What may be set at once of all flags but PSH, ECE and CWR."""
VALID_FLAGS = tuple(flags & (FIN | SYN | RST | ACK | URG) & ~PSH in TOGETHER for flags in range(256))
