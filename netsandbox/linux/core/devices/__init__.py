"""Devices, their links and what stands on them."""
