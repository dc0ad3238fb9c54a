"""The day as promised: shifts, rounds, stops, revisions, events from phones."""
