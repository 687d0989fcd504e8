"""The Engine as a whole: its version, its events, its room on the disk."""
