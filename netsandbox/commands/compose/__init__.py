"""docker compose: a Compose file's services as containers, networks and names, as Compose makes them."""
