"""The planner: a Problem goes in, a Plan comes out."""
