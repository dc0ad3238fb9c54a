"""OR-Tools routing model: the exact engine, one module per rule.

Each rule module has a function ``add_to(model)`` that adds the rule to the model. The terms come
from OR-Tools. A *dimension* is a quantity that accumulates along a tour, and its value at a node is
a *cumul variable*. A *disjunction* is a node that may be left unvisited at a penalty.
"""
