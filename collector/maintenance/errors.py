"""Error of the maintenance."""


class BackupError(Exception):
    """A backup or a restore that was not done; its text tells the reason and the remedy."""
