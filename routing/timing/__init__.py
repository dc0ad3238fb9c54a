"""When things happen: the cheapest legal timing of an order of visits, compiled."""
