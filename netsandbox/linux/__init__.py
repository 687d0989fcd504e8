"""What the Linux kernel does: one network namespace, its devices, its tables and its protocols.

Rule of this room: inside a namespace code calls, between devices it schedules; nothing here reaches across a cable.
A decision returns a typed event with its operands and changes nothing; the caller records the event, then obeys it.
No prose: words for people live in explain.
"""
