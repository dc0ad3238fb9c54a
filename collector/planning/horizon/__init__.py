"""The coming weeks: forecasts, due dates, the multi-day problem and its jobs."""
