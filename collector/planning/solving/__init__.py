"""The planner at work in a child process, and what becomes of its answer."""
