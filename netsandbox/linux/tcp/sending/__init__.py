"""What leaves, when, and in segments of which size."""
