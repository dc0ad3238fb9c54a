"""The page of a day: rounds shown, planned, edited and published."""
