"""Sampling: plans with editions, samples, results."""
