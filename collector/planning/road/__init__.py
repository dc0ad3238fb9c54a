"""A day on the road: how far it is, what upsets it, and what the planner proposes then."""
