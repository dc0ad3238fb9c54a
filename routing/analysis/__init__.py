"""Analysis of plans: insertion, explanation, remedies, comparison, the remaining day."""
