"""Releases: a corpus without its texts and back, the archive with all that belongs to it, and the proof that it can be made again."""
