"""Ruin and recreate with simulated annealing, compiled.

Most functions take three flat arrays of integers, under the same names and in the same order:

- `encoded`, the encoded problem of `timing.encoding`;
- `data`, the problem data, which are rearranged for speed;
- `state`, the search state: solution, pool and parameters.

`memory_layout` describes the arrays. The suffix `_at` marks an offset in one of them. The offsets
of consecutive points of a tour are `prev`, `at` and `succ`.

Sources: Christiaens and Vanden Berghe, Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), 2020; Vidal, Crainic, Gendreau and Prins, Computers &
Operations Research 40(1), 2013 (segments); Nagata and Bräysy, Operations Research Letters 37, 2009
(difficulty of unassigned visits).
"""
