"""Whether the function takes pools: by pools.schema.json beside this file, which its parser is tested against.

A sentence for everything that is wrong, where the function stops at the first mistake of a pool.
"""

import difflib
import json
import pathlib
import re

from .pools import given
from .problem import Problem
from .table import shorten

SCHEMA = pathlib.Path(__file__).with_name("pools.schema.json")
# The function's reader of JSON takes no more.
MOST_NESTED, MOST_DIGITS = 64, 1000
MOST_SHOWN = 64
SIZES = ("minItems", "maxItems", "maxProperties")
# A string, whole or not; a bracket; what Python takes for a number, and JSON doesn't; a number.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|(?P<open>[\[{])|(?P<close>[\]}])|(?P<none>NaN|-?Infinity)|(?P<number>[0-9][0-9.eE+-]*)', re.DOTALL)


class BrokenPools(Problem):
    """Some pools are set up wrongly: the others, and a sentence for each mistake."""

    def __init__(self, pools, mistakes):
        super().__init__("\n         ".join(["can't be used by the function:", *mistakes]))
        self.pools, self.mistakes = pools, mistakes


def check_pools(text):
    """The pools, without what is null; raises BrokenPools, or Problem where no pool can be read."""
    pools = parsed(text)
    found = [[] for _ in pools]
    for error in validator().iter_errors(pools):
        found[error.absolute_path[0]] += sentences(error)
    names = set()
    for pool, mistakes in zip(pools, found):
        name = pool.get("name") if isinstance(pool, dict) else None
        if isinstance(name, str):
            if name in names:
                mistakes.append(f"the name {shown(name)} is taken by an earlier pool")
            names.add(name)
    if any(found):
        raise BrokenPools([given(pool) for pool, mistakes in zip(pools, found) if not mistakes],
                          [f"{called(number, pools[number])}: {each}" for number, mistakes in enumerate(found) for each in dict.fromkeys(mistakes)])
    return [given(pool) for pool in pools]


def parsed(text):
    """The array; raises Problem where it is none."""
    # As the function: a mark at the begin is left out.
    text = text.removeprefix("\ufeff")
    readable(text)
    try:
        pools = json.loads(text)
    except ValueError as mistake:
        raise Problem(f"is no JSON: {mistake}") from None
    if not isinstance(pools, list):
        raise Problem("is no array of pools: [{…}]")
    if not pools:
        raise Problem("is an empty array, and one pool is needed")
    return pools


def readable(text):
    """Raises Problem for what the function's reader of JSON refuses, and Python's takes or fails at."""
    depth = 0
    for token in TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if depth > MOST_NESTED:
            wrong = f"nested over {MOST_NESTED}"
        elif token["none"]:
            wrong = f"{token['none']} is no number"
        elif token["number"] and sum(map(str.isdigit, token["number"])) > MOST_DIGITS:
            wrong = f"a number of over {MOST_DIGITS} digits"
        else:
            continue
        before = text[:token.start()]
        raise Problem(f"is no JSON: {wrong}: line {before.count(chr(10)) + 1} column {token.start() - before.rfind(chr(10))}")


def validator():
    """JSON Schema by the words of Java, where Python's differ."""
    # It takes a while to load, and most commands need none.
    import jsonschema

    def pattern(_, wanted, value, __):
        # Python's $ stands before a line end, too.
        if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", wanted), value):
            yield jsonschema.ValidationError("pattern")

    def most(_, length, value, __):
        if isinstance(value, str) and len(value.encode("utf-16-le", "surrogatepass")) // 2 > length:
            yield jsonschema.ValidationError("maxLength")

    draft = jsonschema.Draft202012Validator
    # 20.0 is no whole number to the function.
    types = draft.TYPE_CHECKER.redefine("integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool))
    kind = jsonschema.validators.extend(draft, {"pattern": pattern, "maxLength": most}, type_checker=types)
    return kind(json.loads(SCHEMA.read_text(encoding="utf-8")))


def sentences(error):
    where = path(error)
    if error.validator == "additionalProperties":
        return [unknown(where, key, error.schema["properties"]) for key in sorted(set(error.instance) - set(error.schema["properties"]))]
    if error.validator == "required":
        # One that is misspelled is said already.
        meant = {close(key, error.schema["properties"]) for key in set(error.instance) - set(error.schema["properties"])}
        missing = [key for key in error.validator_value if key not in error.instance and key not in meant]
        return [f"lacks {', '.join(missing)}"] if missing else []
    if error.instance is None and len(error.absolute_path) == 2:
        return [f"lacks {where}: null is as nothing"]
    rule = error.schema.get("errorMessage", "must be an object")
    value = f", not of {len(error.instance)}" if error.validator in SIZES else f", not {shown(error.instance)}" if rule.startswith("must") else ""
    meant = close(error.instance, filter(None, error.validator_value)) if error.validator == "enum" else None
    return [f"{where} {rule}{value}".lstrip() + (f": did you mean {meant}?" if meant else "")]


def path(error):
    """The way to what is wrong, from its pool on."""
    way = list(error.absolute_path)[1:]
    if "propertyNames" in error.absolute_schema_path:
        return f"a key of {way[0]}"
    if isinstance(way[-1] if way else None, int):
        return f"each of {way[0]}"
    return ".".join(bare(key) for key in way)


def unknown(where, key, known):
    meant = close(key, known)
    way = where and f"{where}."
    return f"unknown key {way}{bare(key)}" + (f": did you mean {way}{meant}?" if meant else "")


def close(word, words):
    if not isinstance(word, str):
        return None
    lower = {each.lower(): each for each in words}
    near = difflib.get_close_matches(word.lower()[:MOST_SHOWN], lower, 1)
    return lower[near[0]] if near else None


def bare(key):
    return shorten(key, MOST_SHOWN) if re.fullmatch(r"[\w.:/-]+", key) else shown(key)


def shown(value):
    if isinstance(value, (list, dict)):
        return "an array" if isinstance(value, list) else "an object"
    text = json.dumps(value, ensure_ascii=not (isinstance(value, str) and value.isprintable()))
    return shorten(text, MOST_SHOWN)


def called(number, pool):
    name = pool.get("name") if isinstance(pool, dict) else None
    named = isinstance(name, str) and name.isprintable() and name
    return f"pool {number + 1}" + (f" ({shorten(name, MOST_SHOWN)})" if named else "")
