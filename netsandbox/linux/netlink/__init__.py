"""What the kernel checks when it is asked to change something, and the errno it answers with."""
