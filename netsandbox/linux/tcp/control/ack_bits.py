"""What an ACK did, as bits of a number (FLAG_* of net/ipv4/tcp_input.c)."""

from __future__ import annotations

NOTHING = 0
DATA = 1
WINDOW = 2
DATA_ACKED = 4
RETRANSMITTED = 8
SYN_ACKED = 16
SACKED = 32
ADVANCED = 64
TWICE = 128  # The peer got something twice (DSACK)
ORIGINAL = 256  # Something that was sent once only, and before the loss, has arrived
TIMER = 512
TWICE_PROBE = 1024  # What it got twice is the tail loss probe
LOST_AGAIN = 2048
MARKED = 4096  # The peer tells of a mark (FLAG_ECE)
NOT_DUPLICATE = DATA | WINDOW | DATA_ACKED | SYN_ACKED  # An ACK that did none of these is a duplicate
