"""A corpus as a static site: one page a document, one for the whole."""
