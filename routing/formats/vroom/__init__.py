"""VROOM's JSON of requests and responses."""
