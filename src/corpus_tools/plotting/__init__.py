"""Plots of a corpus: what is counted for them, and how it is drawn."""
