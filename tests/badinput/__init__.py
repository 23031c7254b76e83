"""Untidy and broken input."""
