"""Images: where they come from, what they are called, and how they are kept."""
