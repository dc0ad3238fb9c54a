"""The bank itself: its rules, its directory, its containers, its reports."""
