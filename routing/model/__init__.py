"""The exact engine: every rule as OR-Tools is told it."""
