"""Looks that do not depend on each other, made at once."""

import concurrent.futures

WORKERS = 8


def at_once(ask, items, done=lambda: None):
    """For each item what gives its answer, or raises what the look has raised; in their order."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(ask, item) for item in items]
        for _ in concurrent.futures.as_completed(futures):
            done()
    return [future.result for future in futures]
