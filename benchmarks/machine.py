"""How a file of results begins: the command, the day, and what it ran on."""

import datetime
import importlib.metadata
import os
import platform
import sys
from pathlib import Path


def heading(*packages: str, about: str = "") -> str:
    """Return the first lines of a file of results, and the empty line after them.

    Args:
        packages: those on whose versions the numbers depend.
        about: sentences on what was measured.
    """
    name = Path(sys.argv[0]).stem
    command = " ".join(["python -m", f"benchmarks.{name}", *sys.argv[1:]])
    today = datetime.date.today()
    versions = [f"{package} {importlib.metadata.version(package)}" for package in packages]
    machine = [_processor(), f"{os.cpu_count()} cores", f"Python {platform.python_version()}", *versions]
    facts = ", ".join([f"{today.day} {today:%B %Y}", *machine])
    return f"# `{command}`\n\n{facts}. {about}".rstrip() + "\n"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
