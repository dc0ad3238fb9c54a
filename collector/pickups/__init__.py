"""What was asked for and what we answered."""
