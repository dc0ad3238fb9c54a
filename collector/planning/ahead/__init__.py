"""Days to come: slots for a donor, forecasts, and which day suits whom."""
