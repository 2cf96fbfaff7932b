#!/usr/bin/env python3
"""The schema that `textmill schema` writes: is itself a schema, takes good pipelines, refuses broken ones, and agrees
with `textmill check` on all of them.

usage: test_schema.py TEXTMILL BUILD PIPELINES [CASES]; needs python3-jsonschema, else 77. CASES is a file to write all of
it to, for another validator: [[schema, [[pipeline, whether it is good], ...]], ...]."""
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

textmill, build, pipelines = sys.argv[1:4]
cases_file = sys.argv[4] if len(sys.argv) > 4 else None
good_folder = os.path.join(build, "tests", "plugins", "good")
failed = 0


def told(what):
    global failed
    failed += 1
    print("not so:", what, file=sys.stderr)


def without_comments(text):
    out, i, in_string = [], 0, False
    while i < len(text):
        if in_string:
            out.append(text[i])
            if text[i] == "\\":
                i += 1
                out.append(text[i])
            elif text[i] == '"':
                in_string = False
        elif text.startswith("//", i):
            i = text.find("\n", i)
            if i < 0:
                break
            continue
        elif text.startswith("/*", i):
            i = text.index("*/", i) + 2
            continue
        else:
            in_string = text[i] == '"'
            out.append(text[i])
        i += 1
    return "".join(out)


def schema_of(*folders):
    command = [textmill, "schema"]
    for folder in folders:
        command += ["--plugin-dir", folder]
    written = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TEXTMILL_PLUGIN_PATH": ""})
    if written.returncode != 0:
        print(written.stderr, file=sys.stderr)
        sys.exit(1)
    again = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TEXTMILL_PLUGIN_PATH": ""})
    if again.stdout != written.stdout:
        told("the schema is the same every time")
    schema = json.loads(written.stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(pipeline, folder):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(pipeline, f)
        f.flush()
        return subprocess.run([textmill, "check", f.name, "--plugin-dir", folder], capture_output=True, text=True)


def stage(use, **members):
    return {"stages": [{"use": use, **members}]}


GOOD = [
    {"stages": []},
    {"$schema": "x", "name": "n", "description": "d", "stages": [], "tests": [{"input": "a", "expect": {}}]},
    stage("shout"),
    stage("shout", id="a-1", on_error="skip", languages=["en"], when={"lang": {"in": ["en", None]}}),
    stage("shout", when={"any": [{"title": None}, {"none": {"text.bytes": {"gt": 5, "le": 9}}}]}),
    stage("judge", **{"with": {"word": "x", "verdict": "drop", "wait": "3s", "tries": 2, "only": {"id": "a"}}}),
    stage("judge", **{"with": {"wait": 0.5, "only": None}}),
    stage("judge", **{"with": {"tries": "${TEXTMILL_TEST_TRIES:-3}"}}),
    {"stages": [], "tests": [
        {"name": "n", "input": {"text": "a"}, "before": ["b", {"text": "c"}],
         "expect": {"text": "a", "tags": ["x"], "score": {"approx": 1, "within": 0.5}, "n": {"count": 2, "absent": False},
                    "title": {"starts": "A", "matches": "^A"}, "removed": ["x"]}},
        {"file": "a.json", "expect": {"dropped": True}},
        {"file": "a.txt", "snapshot": "a.out"},
        {"input": "x", "expect": {"failed": "code", "o": {"equals": {"a": [1]}}}}]},
    {"input": {"format": "jsonl", "fields": ["a"], "files": ["x"]},
     "outputs": [{"path": "-", "format": "tsv", "when": {"id": {"starts": "a"}}}], "stages": []},
]

BROKEN = [
    [],
    {},
    {"stages": {}},
    {"stages": ["shout"]},
    {"stages": [], "stagess": []},
    {"stages": [{}]},
    {"stages": [{"use": "shout", "include": "a.json"}]},
    stage("shuot"),
    stage("shout", wiht={}),
    stage("shout", id="a b"),
    stage("shout", on_error="ignore"),
    stage("shout", languages="en"),
    stage("shout", when=[]),
    stage("shout", when={"a": {"near": 1}}),
    stage("shout", when={"a": {"in": 1}}),
    stage("shout", when={"a": [1]}),
    stage("shout", when={"a": {}}),
    stage("shout", **{"with": {"any": 1}}),
    stage("shout", **{"with": []}),
    stage("judge", **{"with": {"tries": 11}}),
    stage("judge", **{"with": {"tries": "3"}}),
    stage("judge", **{"with": {"tries": 1.5}}),
    stage("judge", **{"with": {"verdict": "maybe"}}),
    stage("judge", **{"with": {"wait": "soon"}}),
    stage("judge", **{"with": {"word": None}}),
    stage("judge", **{"with": {"wrod": "x"}}),
    stage("counter", **{"with": {"total": "yes"}}),
    {"stages": [], "tests": ["x"]},
    {"stages": [], "tests": [{"input": "x"}]},
    {"stages": [], "tests": [{"expect": {}}]},
    {"stages": [], "tests": [{"input": "x", "file": "y", "expect": {}}]},
    {"stages": [], "tests": [{"input": 3, "expect": {}}]},
    {"stages": [], "tests": [{"input": "x", "expects": {}}]},
    {"stages": [], "tests": [{"input": "x", "expect": {"a": {}}}]},
    {"stages": [], "tests": [{"input": "x", "expect": {"a": {"near": 1}}}]},
    {"stages": [], "tests": [{"input": "x", "expect": {"a": {"within": 1}}}]},
    {"stages": [], "tests": [{"input": "x", "expect": {"a": {"count": "1"}}}]},
    {"stages": [], "tests": [{"input": "x", "expect": {"removed": "link"}}]},
    {"stages": [], "tests": [{"input": "x", "expect": {"dropped": False}}]},
    {"stages": [], "input": {"format": "xml"}},
    {"stages": [], "outputs": [{"format": "text"}]},
    {"stages": [], "outputs": {}},
]

validator = schema_of(good_folder)
for pipeline in GOOD:
    for error in validator.iter_errors(pipeline):
        told("%s is good: %s" % (json.dumps(pipeline), error.message[:200]))
    run = check(pipeline, good_folder)
    if run.returncode != 0:
        told("check says that %s is good: %s" % (json.dumps(pipeline), run.stderr))
for pipeline in BROKEN:
    if validator.is_valid(pipeline):
        told("%s is refused" % json.dumps(pipeline))
    run = check(pipeline, good_folder)
    if run.returncode != 2:
        told("check refuses %s: %d" % (json.dumps(pipeline), run.returncode))

# The pipelines that come with textmill, against its own plugins.
own = schema_of(os.path.join(build, "plugins"))
own_cases = []
found = set(os.listdir(os.path.join(build, "plugins")))
for path in sorted(glob.glob(os.path.join(pipelines, "*.json"))):
    with open(path, encoding="utf-8") as f:
        pipeline = json.loads(without_comments(f.read()))
    if not {s.get("use") for s in pipeline["stages"]} <= found | {None}:
        print("left out, as some of its plugins are not built:", path)
        continue
    own_cases.append([pipeline, True])
    for error in own.iter_errors(pipeline):
        told("%s fits the schema: %s" % (path, error.message[:200]))

if cases_file:
    with open(cases_file, "w", encoding="utf-8") as f:
        cases = [[p, True] for p in GOOD] + [[p, False] for p in BROKEN]
        json.dump([[validator.schema, cases], [own.schema, own_cases]], f)
print("%d good, %d broken, %d not so" % (len(GOOD), len(BROKEN), failed))
sys.exit(1 if failed else 0)
