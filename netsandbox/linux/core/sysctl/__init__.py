"""Settings: their names, the kernel's defaults, and what it takes."""
