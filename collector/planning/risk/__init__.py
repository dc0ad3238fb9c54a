"""Risk of a plan: the chances of its rounds and stops."""
