"""Connections that begin, here or at the peer, and what is remembered of peers."""
