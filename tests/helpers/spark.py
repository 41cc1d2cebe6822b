"""A Spark of its own: two worker processes beside the driver, on this machine alone."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def is_there() -> bool:
    """Whether Spark can be started: pyspark is installed, and there is a Java."""
    from importlib.util import find_spec

    return find_spec("pyspark") is not None and shutil.which("java") is not None


@contextmanager
def cluster() -> Iterator[Any]:
    """Start Spark, and yield a connection of Ibis to it."""
    import ibis
    import pyspark
    from pyspark.sql import SparkSession

    # Its workers keep what they run beside the package unless they are told of another home.
    home = Path(tempfile.mkdtemp(prefix="atlas-spark-"))
    package = Path(pyspark.__file__).parent
    for part in package.iterdir():
        if part.name in ("bin", "jars", "python", "sbin", "data"):
            (home / part.name).symlink_to(part)
    before = {name: os.environ.get(name) for name in ("SPARK_HOME", "SPARK_LOCAL_IP")}
    os.environ |= {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    session = None
    try:
        builder = SparkSession.builder.master("local-cluster[2,1,1024]").config(map=settings)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield ibis.pyspark.connect(session)
    finally:
        if session is not None:
            session.stop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        shutil.rmtree(home, ignore_errors=True)
