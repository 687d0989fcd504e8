"""docker compose config: the file as Compose would have written it."""
