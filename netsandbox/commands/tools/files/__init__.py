"""Programs that read, write, find and compare files and lines."""
