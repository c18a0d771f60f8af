"""`python -m corpus_tools`."""

from corpus_tools.cli import main

if __name__ == "__main__":
    main()
