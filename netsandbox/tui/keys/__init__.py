"""What the app's keys do, and which of them are named."""
