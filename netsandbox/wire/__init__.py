"""What the bytes say: one protocol a file, parsing and building real frames.

Rule of this room: standard library only, no state and no clock. The same bytes always give the same value, and
building what was parsed gives the same bytes again. The dissector accepts any bytes and never raises.
"""
