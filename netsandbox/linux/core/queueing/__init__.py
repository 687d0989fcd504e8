"""Queueing disciplines: what is held back, lost or changed before it leaves (net/sched)."""
