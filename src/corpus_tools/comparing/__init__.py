"""Two versions of a corpus, compared by meaning: what changed, and which part of the version must rise for it."""
