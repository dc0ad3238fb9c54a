"""Ruin and recreate with simulated annealing, compiled.

Most functions take three flat arrays of integers, under the same names and in the same order:

- `encoded`, the encoded problem of `timing.encoding`;
- `data`, the problem data, which are rearranged for speed;
- `state`, the search state: solution, pool and parameters.

`memory_layout` declares the last two, and `records` makes their accessors. The suffix `_at` marks a
record, for example `tour_at` the record of a tour whose number is `shift`. Consecutive points of a
tour are `prev`, `at` and `succ`.

With `MILKROUND_CHECKED=1` in the environment the same functions run in plain Python, and an access
outside of a table raises `BoundsError`.

Sources: Christiaens and Vanden Berghe, Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), 2020; Vidal, Crainic, Gendreau and Prins, Computers &
Operations Research 40(1), 2013 (segments); Nagata and Bräysy, Operations Research Letters 37, 2009
(difficulty of unassigned visits).
"""
