"""Looks that do not depend on each other, made at once."""

import concurrent.futures

WORKERS = 8


def at_once(ask, items, done=lambda: None):
    """For each item what gives its answer, or raises what the look has raised; in their order."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(ask, item) for item in items]
        try:
            for _ in concurrent.futures.as_completed(futures):
                done()
        except BaseException:
            # Ctrl-C: what has not begun is not begun any more.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result for future in futures]
