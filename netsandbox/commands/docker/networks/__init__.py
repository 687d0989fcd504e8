"""docker network."""
