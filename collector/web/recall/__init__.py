"""Pages of recalls: quality stops milk, finds all of it, and accounts for every millilitre."""
