"""Dispatch: the published day, its disruptions, incidents and close."""
