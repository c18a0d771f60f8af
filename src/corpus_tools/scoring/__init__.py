"""Comparing annotations of the same texts: scores against a gold standard, agreement between annotators."""
