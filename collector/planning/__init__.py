"""Planning: the only package of the application that imports the planner."""
