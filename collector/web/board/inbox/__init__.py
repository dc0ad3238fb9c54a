"""The inbox: requests, requests by telephone, imports."""
