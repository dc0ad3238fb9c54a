"""Probes of storage units: readings, alarms, excursions."""
