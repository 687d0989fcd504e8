"""What web servers answer: one kind of server a file."""
