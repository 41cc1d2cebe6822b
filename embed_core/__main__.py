"""The command line, as ``category-atlas`` and as ``python -m embed_core``."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl-C ends it without a word, also while it is still being imported."""
    try:
        from embed_core.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
