"""A day on the road, and its close."""
