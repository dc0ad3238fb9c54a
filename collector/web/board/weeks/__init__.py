"""The weeks to come."""
