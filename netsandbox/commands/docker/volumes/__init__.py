"""docker volume, and what containers mount."""
