"""TensorFlow without its greetings: what it writes to the terminal that is neither an error nor ours to act upon."""

import contextlib
import importlib
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from embed_core.learning.machine_cache import keep_programs
from embed_core.learning.own_keras import check_keras

# Written past Python, and before TensorFlow has read what it shall write.
_GREETING = re.compile(
    rb"WARNING: All log messages before absl|[IWE]\d{4} [\d:]+\.\d|\d{4}-\d\d-\d\d .*: [IW] "
)


_one_at_a_time = threading.Lock()


def import_tensorflow() -> None:
    """Import TensorFlow, the first time without its greetings; whatever else is written meanwhile is passed on."""
    with _one_at_a_time:  # a thread that comes second has it whole
        if "tensorflow" in sys.modules:
            return
        with without_greetings():
            importlib.import_module("tensorflow")
        logging.getLogger("tensorflow").addFilter(_is_of_use)


def begin_import() -> threading.Thread:
    """Begin to import TensorFlow and what trains with it; return the thread that does, to be waited for.

    What keeps it from that is said to who needs it.
    """

    def work() -> None:
        with contextlib.suppress(Exception):
            check_keras()
            keep_programs()
            import_tensorflow()
            importlib.import_module("embed_core.learning.trainer")

    thread = threading.Thread(target=work, name="import of TensorFlow")
    thread.start()
    return thread


@contextmanager
def without_greetings() -> Iterator[None]:
    """Keep TensorFlow's greetings, which it writes past Python, off the terminal; the rest is passed on."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # there is no standard error
        yield
        return
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            written.seek(0)
            rest = b"".join(line for line in written if not _GREETING.match(line))
            if rest:
                os.write(kept, rest)
            os.close(kept)


def _is_of_use(record: logging.LogRecord) -> bool:
    """Tell what is worth reading from a warning that our programs are traced: each is, once, for its own shape."""
    message = record.getMessage()
    return not ("triggered tf.function retracing" in message and "Program." in message)
