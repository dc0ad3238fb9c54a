"""Learning of driving and door times from driven rounds."""
