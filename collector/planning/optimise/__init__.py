"""Optimisation of a day: runs, jobs, proposals and their application."""
