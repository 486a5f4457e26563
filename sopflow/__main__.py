"""``python -m sopflow``: the command line where its script is not on the path."""

from sopflow.cli import main

if __name__ == "__main__":
    main()
