"""The rules of pools: the operator's tools and the function's parser (PoolDocumentsTest) judge the same documents, and alike."""

import json
import pathlib
import subprocess
import sys
import unittest

import jsonschema

import pool_mutants
from mayfly import pool_rules, pools, values
from mayfly.problem import Problem

WRITTEN = json.loads(pool_mutants.FILE.with_name("documents.json").read_text())
BASE = WRITTEN["base"]


def text_of(document):
    if "text" in document:
        return document["text"].replace("BASE", json.dumps(BASE)[1:-1])
    if "pools" in document:
        return json.dumps([{**BASE, **pool} for pool in document["pools"]])
    pool = {**BASE, **document.get("with", {})}
    return json.dumps([{key: value for key, value in pool.items() if key not in document.get("without", ())}])


def said(text):
    try:
        pool_rules.check_pools(text)
    except Problem as problem:
        return str(problem)
    return None


def with_members(**members):
    return json.dumps([{**BASE, **members}])


class Documents(unittest.TestCase):
    def test_takes_what_the_function_takes(self):
        for document in WRITTEN["valid"]:
            with self.subTest(document["name"]):
                self.assertIsNone(said(text_of(document)))

    def test_refuses_what_the_function_refuses_and_says_why(self):
        for document in WRITTEN["invalid"]:
            with self.subTest(document["name"]):
                problem = said(text_of(document))
                self.assertIsNotNone(problem)
                self.assertIn(document.get("said", ""), problem)
                # The terminal takes it.
                problem.encode()

    def test_one_mistake_is_one_sentence(self):
        for document in WRITTEN["invalid"]:
            with self.subTest(document["name"]):
                try:
                    pool_rules.check_pools(text_of(document))
                except pool_rules.BrokenPools as broken:
                    self.assertEqual(len(broken.mistakes), 1, broken.mistakes)
                except Problem as problem:
                    self.assertRegex(str(problem), "^is (no|an empty) ")

    def test_a_misspelled_key_gets_the_right_one(self):
        for key in json.loads(pool_rules.SCHEMA.read_text())["$defs"]["pool"]["properties"]:
            for wrong in {key[:-1], key + "s", key.upper(), key[0] + key[2:]} - {key, "name"}:
                with self.subTest(wrong):
                    self.assertIn(f"unknown key {wrong}: did you mean {key}?", said(with_members(**{wrong: 1})))

    def test_a_needed_key_that_is_misspelled_is_one_mistake(self):
        pool = {("label" if key == "labels" else key): value for key, value in BASE.items()}
        with self.assertRaises(pool_rules.BrokenPools) as broken:
            pool_rules.check_pools(json.dumps([pool]))
        self.assertEqual(broken.exception.mistakes, ["pool 1 (linux-x64): unknown key label: did you mean labels?"])

    def test_says_all_that_is_wrong_and_keeps_the_pools_that_can_be_used(self):
        others = [{**BASE, "name": "good", "sudo": None}, {**BASE, "name": "b", "maxRunner": 1, "market": "sopt", "volumeGb": 0}]
        with self.assertRaises(pool_rules.BrokenPools) as broken:
            pool_rules.check_pools(json.dumps([*others, {**BASE, "name": "good"}]))
        self.assertEqual(broken.exception.pools, [{**BASE, "name": "good"}])
        self.assertEqual(broken.exception.mistakes, [
            "pool 2 (b): unknown key maxRunner: did you mean maxRunners?",
            'pool 2 (b): market must be on-demand, spot or spot-then-on-demand, not "sopt": did you mean spot?',
            "pool 2 (b): volumeGb must be a whole number from 1 to 65536, not 0",
            'pool 3 (good): the name "good" is taken by an earlier pool'])

    def test_null_is_as_nothing(self):
        self.assertEqual(pool_rules.check_pools(with_members(maxRunners=None)), [BASE])
        self.assertEqual(pools.read(with_members(maxRunners=None)), [BASE])

    def test_secrets_refuses_them_before_it_writes(self):
        with self.assertRaisesRegex(Problem, r"can't be used by the function:\n +pool 1 \(linux-x64\): unknown key maxRunner: did you mean maxRunners\?"):
            values.check("pools", with_members(maxRunner=1))


class Schema(unittest.TestCase):
    SCHEMA = json.loads(pool_rules.SCHEMA.read_text())

    def test_is_one(self):
        jsonschema.Draft202012Validator.check_schema(self.SCHEMA)

    def test_explains_each_key(self):
        pool = self.SCHEMA["$defs"]["pool"]["properties"]
        for key, rule in {**pool, **pool["timeouts"]["properties"]}.items():
            with self.subTest(key):
                self.assertTrue(rule["title"] and rule["description"])

    def test_its_defaults_and_examples_are_taken(self):
        pool = self.SCHEMA["$defs"]["pool"]["properties"]
        defaults = {key: rule["default"] for key, rule in pool.items() if "default" in rule}
        times = {key: rule["default"] for key, rule in pool["timeouts"]["properties"].items()}
        self.assertIsNone(said(with_members(**{**defaults, "timeouts": times})))
        for key, rule in pool.items():
            for example in rule.get("examples", []):
                self.assertIsNone(said(with_members(**{key: example})))

    def test_the_references_example_is_taken(self):
        section = (pool_mutants.ROOT / "docs/reference.md").read_text().partition("\n## Pools\n")[2]
        self.assertIsNone(said(section.partition("```json\n")[2].partition("```")[0]))

    def test_as_it_stands_it_judges_alike_but_for_what_it_can_not_say(self):
        """An editor has it without the words of Java: it misses these, and refuses nothing that the function takes."""
        kind, missed = jsonschema.Draft202012Validator(self.SCHEMA), set()
        for verdict in ("valid", "invalid"):
            for document in WRITTEN[verdict]:
                text = text_of(document)
                if said(text) is None or "can't be used" in said(text):
                    if kind.is_valid(json.loads(text.removeprefix("\ufeff"))) != (verdict == "valid"):
                        missed.add(document["name"])
        self.assertEqual({name for name in missed if "line end" not in name}, {
            "the same name twice", "the same name for the first and the third", "a label of 129 surrogate pairs", "a tag of 129 surrogate pairs",
            "a fraction that is none as maxRunners", "a fraction that is none as volumeGb", "an exponent as maxRunners", "an exponent as volumeGb"})


class Mutants(unittest.TestCase):
    def test_the_function_is_held_to_these(self):
        self.assertEqual(pool_mutants.FILE.read_text(), pool_mutants.content(), "run checks/infra/pool_mutants.py")

    def test_no_text_ends_otherwise_than_by_a_sentence(self):
        for each in pool_mutants.judged(seed=7, members=300, characters=300):
            problem = said(each["pools"])
            self.assertEqual(problem is None, each["valid"])
            if problem:
                problem.encode()

    def test_nor_does_what_no_editor_writes(self):
        for text in ("\ud800", "\0", "[" * 100000, '{"a":' * 100000, '"' + '\\"' * 50000, "[" + "1" * 100000, "[-" + "1" * 100000 + "]", "[1e" + "9" * 900 + "]", "[[1e999]]", '[{"\\ud800": "\\udfff"}]',
                     with_members(name="\ud800"), with_members(labels=["\x1b[2J", "\u202e"] * 60), with_members(tags={"\ud800": 1}), with_members(**{"\u2028" * 1000: {"a": [1e308]}})):
            with self.subTest(text[:40]):
                problem = said(text)
                self.assertIsNotNone(problem)
                self.assertTrue(all(character.isprintable() or character == "\n" for character in problem), ascii(problem))


class Cost(unittest.TestCase):
    def test_only_a_look_at_pools_loads_the_library(self):
        code = "import sys; sys.path.insert(0, 'scripts/lib'); from mayfly import cli; print('jsonschema' in sys.modules)"
        run = subprocess.run([sys.executable, "-c", code], cwd=pathlib.Path(pool_mutants.ROOT), capture_output=True, text=True, check=True)
        self.assertEqual(run.stdout.strip(), "False")


if __name__ == "__main__":
    unittest.main()
