"""Ways to corrupt a built corpus, and what `check` must say to each.

A kind of corruption is a generator that yields a sound document, or all files of a corpus, with one thing made wrong at a time. Every
kind is tried in two modes: *as is*, where the files are changed and nothing else, and *re-signed*, where whoever did it then covered
the tracks: Parquet written again from the changed JSON lines, digests, counts, pages and manifest made anew.
"""
