"""Simulation of the days on which a plan is driven, compiled.

It shares no code with the engines and their timing, so that a mistake in their margins shows.
"""
