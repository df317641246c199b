"""Makes src/test/resources/io/mayfly/pool/mutants.json: a valid pool, broken at random, and what the rules say of it.

The function's parser is held to the verdicts by PoolDocumentsTest. Run it after a change of the rules.
"""

import copy
import json
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts/lib"))

from mayfly.pool_rules import check_pools  # noqa: E402
from mayfly.problem import Problem  # noqa: E402

FILE = ROOT / "src/test/resources/io/mayfly/pool/mutants.json"
SEED, MEMBERS, CHARACTERS = 42, 70, 40
POOL = {"name": "a-1", "labels": ["x", "big one"], "ami": "ssm:/a/b:1", "instanceTypes": ["c7i.large"], "subnets": ["subnet-a"], "securityGroups": ["sg-1"],
        "scope": "organization", "market": "spot", "maxRunners": 5, "volumeGb": 9, "rootDevice": "/dev/sda1", "instanceProfile": "p", "keyName": "k",
        "runnerGroupId": 3, "sudo": True, "tags": {"team": "ci"}, "timeouts": {"register": "90s", "idle": "5m", "max": "12h"}}
OTHERS = (None, True, False, 0, -1, 1, 1.5, 2.0, 65537, 2**31, 2**63, "", "0", " ", "spot", "repository", "1h", [], ["a"], [None], {}, {"a": "b"}, {"max": "1h"})
INSERTED = ' ,.:-_/\\"[]{}0129aeEsmhNT\n\t\u00a0\u2028😀'


def mutants(seed, members, characters):
    draw = random.Random(seed)
    for _ in range(members):
        yield member(draw, copy.deepcopy(POOL))
    text = json.dumps([POOL], ensure_ascii=False)
    for _ in range(characters):
        at = draw.randrange(len(text))
        inserted = draw.choice(INSERTED) if draw.random() < 0.7 else ""
        yield f"{json.dumps(inserted)} at {at}", text[:at] + inserted + text[at + draw.randrange(2):]


def member(draw, pool):
    """Drops, misspells or changes one member; of a list or an object one of its own, now and then."""
    owner, path = pool, []
    key = draw.choice(list(pool))
    if isinstance(pool[key], (dict, list)) and draw.random() < 0.6:
        owner, path = pool[key], [key]
        key = draw.choice(list(owner)) if isinstance(owner, dict) else draw.randrange(len(owner))
    where = ".".join(map(str, [*path, key]))
    what = draw.choice(("without", "misspelled", "other", "other", "letter"))
    if what == "without":
        del owner[key]
    elif what == "misspelled" and isinstance(owner, dict):
        at = draw.randrange(len(key))
        owner[key[:at] + draw.choice(("", key[at].swapcase(), "x")) + key[at + 1:]] = owner.pop(key)
    elif what == "letter" and isinstance(owner[key], str):
        at = draw.randrange(len(owner[key]) + 1)
        owner[key] = owner[key][:at] + draw.choice(INSERTED) + owner[key][at + draw.randrange(2):]
    else:
        what = "other"
        owner[key] = draw.choice(OTHERS)
    return f"{what} {where}", json.dumps([pool], ensure_ascii=False)


def judged(seed=SEED, members=MEMBERS, characters=CHARACTERS):
    return [{"name": f"{number} {name}", "valid": is_valid(text), "pools": text} for number, (name, text) in enumerate(mutants(seed, members, characters), 1)]


def is_valid(text):
    try:
        check_pools(text)
    except Problem:
        return False
    return True


def content():
    return "[\n" + ",\n".join(json.dumps(each) for each in judged()) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(content())
