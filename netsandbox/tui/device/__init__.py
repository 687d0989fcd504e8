"""A device's tables as texts."""
