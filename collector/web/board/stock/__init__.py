"""The stock of released milk: forecast, levers, decisions."""
