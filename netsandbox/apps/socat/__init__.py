"""socat."""
