"""The coming weeks: due dates, the multi-day problem and its jobs."""
