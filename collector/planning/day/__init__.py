"""A day as it is asked of the planner and as its answer is written down."""
