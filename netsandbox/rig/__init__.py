"""The same lab on a kernel: kernel labs, and captures as the kernel rig writes them."""
