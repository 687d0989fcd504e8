"""The transmission control protocol."""
