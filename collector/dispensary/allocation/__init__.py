"""Allocation of bottles to orders."""
