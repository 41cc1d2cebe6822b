"""Running what is asynchronous, also beside the event loop of a browser that is open."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from embed_core.runs.cluster import Workers


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns, run in a thread of its own: Playwright's loop runs in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def keys_of(workers: Workers) -> dict[str, str]:
    """Return Dask's settings with which a client may speak to the workers' scheduler."""
    security = workers.cluster.security
    return {
        "distributed.comm.tls.ca-file": security.tls_ca_file,
        "distributed.comm.tls.client.cert": security.tls_client_cert,
        "distributed.comm.tls.client.key": security.tls_client_key,
    }


def access_to(workers: Workers) -> dict[str, str]:
    """Return the environment in which another process may."""
    return {
        "DASK_" + name.upper().replace(".", "__").replace("-", "_"): key
        for name, key in keys_of(workers).items()
    }
