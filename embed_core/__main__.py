"""The command line as ``python -m embed_core``."""

from embed_core.cli.main import main

main()
