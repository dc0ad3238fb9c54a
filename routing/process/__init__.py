"""Processes of the planner: preload, and death with the reader."""
