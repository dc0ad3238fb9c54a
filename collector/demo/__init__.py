"""The demonstration bank: a believable day in Gironde and Landes, and the day played through."""
