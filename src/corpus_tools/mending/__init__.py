"""The doctor: why spans do not match their text, for a file as a whole, and what mends them."""
