"""Banks, their sites, zones and policies."""
