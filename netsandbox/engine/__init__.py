"""Time, order, chance and memory: the scheduler, the seeded random streams, the trace and the player.

Rule of this room: standard library only, and no knowledge of networking. Time is integer nanoseconds and work is
ordered by (time, sequence). Only player.py may touch asyncio or the wall clock, only chance.py may touch randomness.
"""
