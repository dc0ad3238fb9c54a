"""Surfaces: pages for donors, collectors, coordinators and administrators."""
