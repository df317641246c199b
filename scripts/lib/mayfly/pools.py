"""The pools, and which one serves a job, by the rules of docs/reference.md."""

import fnmatch
import json


def read(text):
    """All that can be read of them, whether the function can use it or not; pool_rules.py is strict."""
    try:
        pools = json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("is nested too deep") from None
    if not isinstance(pools, list) or not all(isinstance(pool, dict) for pool in pools):
        raise ValueError("is no array of pools")
    return [given(pool) for pool in pools]


def given(pool):
    """A key that is null is as one that is missing."""
    return {key: value for key, value in pool.items() if value is not None}


def fitting(pools, labels):
    """The pool with all of the job's labels; of several the one with the fewest, then the first."""
    wanted = {label.lower() for label in labels}
    if not wanted:
        return None
    fit = [pool for pool in pools if isinstance(pool.get("labels"), list) and wanted <= {str(label).lower() for label in pool["labels"]}]
    return min(fit, key=lambda pool: len(pool["labels"]), default=None)


def scope(pool):
    return pool.get("scope", "repository")


def allowed(repositories, name):
    """Whether MAYFLY_REPOSITORIES lets a repository in."""
    listed = [each.strip().lower() for each in repositories.split(",") if each.strip()]
    return not listed or any(fnmatch.fnmatchcase(name.lower(), each) for each in listed)
