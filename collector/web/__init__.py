"""The surfaces: pages for donors, collectors, coordinators and administrators."""
