"""Heating: devices, cycles of a pasteuriser, curves and their checks."""
