"""Release: checks of a lot, decisions by signature, and the milk that may leave."""
