"""A Compose file: read, filled in, merged, and checked."""
