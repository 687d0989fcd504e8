"""Congestion control: what ACKs say, what is lost, and how much may be under way."""
