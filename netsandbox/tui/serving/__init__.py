"""The app in a web browser."""
