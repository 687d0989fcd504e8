"""wget: GNU and BusyBox."""
