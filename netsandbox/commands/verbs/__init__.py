"""The verbs of the lab's own language, each declared once, and how what they tell is put."""
