"""Set partitioning over the pool: the cheapest combination of all tours found.

Columns are tours and the leaving unassigned of visits, rows are visits, vehicle types, and donors
in periods. The LP relaxation (GLOP) gives a lower bound and reduced costs; CP-SAT decides among the
columns of least reduced cost.
"""
