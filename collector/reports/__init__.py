"""Reports on past days; reads only."""
