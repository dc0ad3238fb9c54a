"""The coming weeks: due donors, proposed days, levers."""
