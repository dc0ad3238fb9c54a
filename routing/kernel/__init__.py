"""Ruin and recreate with simulated annealing, compiled."""
