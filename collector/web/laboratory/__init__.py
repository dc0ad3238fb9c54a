"""The laboratory: reception, quarantine, discrepancies."""
