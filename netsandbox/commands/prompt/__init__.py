"""Where a line is typed: the machine that it runs on, the shells within the shell, and what is said of a slip."""
