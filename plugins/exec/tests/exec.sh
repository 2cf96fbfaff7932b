# A program as a stage: answers in order, drops and errors, a program that dies, hangs, or talks nonsense; nobody takes a
# neighbour along. Run by tests/e2e/case.sh.
needs exec
command -v python3 >/dev/null || skip "python3 is not installed"
examples="$top/plugins/exec/examples"
stage() { printf '{"stages": [{"use": "exec", "with": {%s}}]}' "$1" >p.json; }

for i in $(seq 1 300); do printf '{"id":"d%d","text":"Sentence %d. And \\"another\\" one,\\twith \\u00e9 \\\\ in it.","n":%d.50}\n' "$i" "$i" "$i"; done >in.jsonl

stage "\"command\": [\"python3\", \"$examples/readability.py\"], \"receive\": [\"readability\"]"
run 0 run p.json in.jsonl -j 2
lines out 300
record out 300 'r["id"], r["readability"]["words"], r["readability"]["words_per_sentence"]' "('d300', 9, 4.5)"
cp out first
run 0 run p.json in.jsonl -j 1
cmp out first || fail "the result depends on the number of workers"
printf '...' >empty.txt
run 0 run p.json empty.txt --dropped dropped.jsonl
lines out 0
has dropped.jsonl '"reason":"no-words"'

# What it is sent.
stage '"command": ["sh", "-c", "while read -r line; do printf \"%s\\n\" \"{\\\"got\\\":$line}\"; done"], "send": ["n", "none"], "receive": ["got"]'
run 0 run p.json in.jsonl --limit 1
record out 1 'r["got"]["text"] == r["text"], r["got"]["title"], r["got"]["id"]' "(True, None, 'd1')"
has out '"n":1.50\}'

stage "\"command\": [\"sed\", \"-u\", \"-n\", \"-f\", \"numbers.sed\"], \"folder\": \"$examples\", \"receive\": [\"has_number\"]"
run 0 run p.json in.jsonl
lines out 300
has out '"has_number":true'

# It may rewrite the text, where it is told so: the record can be replayed.
cat >rewrites.py <<'P'
import json, sys
for line in sys.stdin:
    doc = json.loads(line)
    n = int(doc["id"][1:])
    new = {0: doc["text"], 1: "", 2: "\u00e9" + doc["text"], 3: doc["text"].replace("\u00e9", "\u00e8")}.get(n % 7, "All new: \u00fc\U0001f600.")
    print(json.dumps({"text": new}), flush=True)
P
stage '"command": ["python3", "rewrites.py"], "text": true, "programs": 3'
run 0 run p.json in.jsonl -j 2 --edits
lines out 300
record out 8 'r["text"]' ""
record out 2 'r["text"][:9], r["edits"][0]["start"], r["edits"][0]["kind"]' "('éSentence', 0, 'rewritten')"
record out 3 'r["edits"][0]["text"], r["edits"][0]["end"] - r["edits"][0]["start"]' "('è', 2)"
record out 5 'r["text"], r["edits"][0]["stage"]' "('All new: ü😀.', 'exec')"
cp out rewritten
run 0 run p.json in.jsonl -j 1 --edits
cmp out rewritten || fail "the result depends on the number of workers"
run 0 verify rewritten in.jsonl
stage '"command": ["python3", "rewrites.py"]'
run 1 run p.json in.jsonl --limit 1 --failed failed.jsonl
has failed.jsonl 'does not name: ..text'

# It dies on one document: that one fails, the others do not.
cat >dies.py <<'P'
import json, os, sys, time
for line in sys.stdin:
    doc = json.loads(line)
    if doc["id"] == "d7": os.kill(os.getpid(), 11)
    if doc["id"] == "d9": time.sleep(60)
    if doc["id"] == "d11": print("nonsense", flush=True); continue
    if doc["id"] == "d13": print('{"other": 1}', flush=True); continue
    if doc["id"] == "d15": print('{"error": "cannot read this"}', flush=True); continue
    if doc["id"] == "d17": print('{"x": [1,}', flush=True); continue
    print('{"x": 1}', flush=True)
    if doc["id"] == "d20": sys.exit(0)
P
stage '"command": ["python3", "dies.py"], "receive": ["x"], "timeout": "5s"'
run 1 run p.json in.jsonl --failed failed.jsonl
lines out 294
lines failed.jsonl 6
record failed.jsonl 1 'r["id"], r["error"]["code"]' "('d7', 'program-died')"
record failed.jsonl 2 'r["id"], r["error"]["code"]' "('d9', 'program-timeout')"
record failed.jsonl 3 'r["id"], r["error"]["code"]' "('d11', 'answer')"
record failed.jsonl 4 '"receive" in r["error"]["message"]' True
record failed.jsonl 5 'r["error"]["message"]' 'cannot read this'
record failed.jsonl 6 'r["id"], r["error"]["code"]' "('d17', 'answer')"
has out '"id":"d21"'

# It cannot be started, or never answers: the run does not wait for every document.
stage '"command": ["sleep", "300"], "timeout": "100ms"'
run 3 run p.json in.jsonl
has err 'no answer'

stage '"command": ["no-such-program"]'
run 2 check p.json
has err 'no-such-program cannot be started'
stage '"command": ["true"]'
run 3 run p.json in.jsonl
has err 'no answer'
# Nothing of it is left when the run is over.
stage '"command": ["sh", "-c", "sleep 300 & echo $! >pid; cat >/dev/null; wait"], "timeout": "200ms"'
run 1 run p.json in.jsonl --limit 1
for i in $(seq 1 100); do # killed it is, but somebody must still take note of it
  state="$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$(cat pid)/status" 2>/dev/null || true)"
  case "$state" in Z | X | '') break ;; esac
  [ "$i" -lt 100 ] || fail "a child of the program still runs"
  sleep 0.1
done
# A text that is longer than any pipe, both ways.
python3 -c 'import json; [print(json.dumps({"id": i, "text": "word " * 200000})) for i in range(6)]' >long.jsonl
stage '"command": ["sh", "-c", "while read -r line; do printf \"%s\\n\" \"{\\\"got\\\":$line}\"; done"], "receive": ["got"]'
run 0 run p.json long.jsonl
record out 6 'r["got"]["text"] == r["text"]' True
