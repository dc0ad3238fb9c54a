"""Processes of the planner: the worker, its preload, and death with the parent."""
