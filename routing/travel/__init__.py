"""Where travel times and distances come from."""
