"""Ruin and recreate operators, one in a file; `table` lists them with their shares.

An operator is a compiled function of `encoded`, `data` and `state`. A ruin saves each tour that it
changes (`change.save_tour`), unassigns visits (`change.unassign`), and updates the tour
(`tour_cost.update_tour`). A recreate inserts unassigned visits (`change.try_insertion`). The memory
layout changes only for an operator that remembers something from one iteration to the next.
"""
