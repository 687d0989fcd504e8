"""Programs as BusyBox has them."""
