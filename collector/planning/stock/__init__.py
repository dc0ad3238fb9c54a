"""The stock of released milk in the coming eight weeks, and the levers that steer it."""
