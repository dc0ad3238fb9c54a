"""The bank: policies, directory, containers, reports, excursions, erasures."""
