"""A session as the panes see and drive it."""
