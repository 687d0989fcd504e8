"""What is painted, typed and thrown away otherwise than Textual does."""
