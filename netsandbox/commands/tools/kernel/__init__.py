"""What the kernel tells in files: /proc, /sys and /dev."""
