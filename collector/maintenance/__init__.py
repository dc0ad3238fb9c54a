"""Care of an installation: check-ups, backups, restores and drills."""
