"""Ruin and recreate with simulated annealing, compiled.

Compiled functions take three flat arrays of integers, always under the same names and in the same
order: `encoded` (the encoded problem of `timing.encoding`), `data` (the problem data, rearranged
for speed) and `state` (the search state: solution, pool, parameters). `memory_layout` describes
the arrays. A name that ends in `_at` is an offset in one of them, and `prev`, `at` and `succ` are
the offsets of consecutive points of a tour.

Sources: Christiaens and Vanden Berghe, Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), 2020; Vidal, Crainic, Gendreau and Prins, Computers &
Operations Research 40(1), 2013 (segments); Nagata and Bräysy, Operations Research Letters 37, 2009
(difficulty of unassigned visits).
"""
