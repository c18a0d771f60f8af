"""Annotations that move with their text: old and new aligned, each span carried over."""
