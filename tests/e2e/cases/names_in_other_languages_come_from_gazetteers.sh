# Where lang is not English, capitals say nothing: only what stands in a gazetteer is a name, and the user's own names are.
needs entities topics
printf 'Kutter Möwe\tSHIP\tk1\n' >names.tsv
cat >p.json <<'P'
{"stages": [{"use": "entities", "with": {"gazetteers": ["names.tsv"]}}, {"use": "topics"}]}
P
cat >in.jsonl <<'R'
{"id": "a", "lang": "de", "text": "Nach dem Essen fuhr die Kutter Möwe aus Hamburg nach Norwegen. Der Kapitän lobte die Mannschaft."}
{"id": "b", "lang": "en", "text": "After Hamburg the Kutter Möwe sailed to Norway, Captain Silke Brandt said."}
R
run 0 run p.json in.jsonl -q
record out 1 '[(e["name"], e["type"]) for e in r["entities"]]' "[('Kutter Möwe', 'SHIP'), ('Hamburg', 'GPE'), ('Norwegen', 'GPE')]"
record out 1 'r["entities"][2]["canonical"] + " " + r["entities"][0]["id"] + " " + r["skipped"][0]["stage"]' "Norway k1 topics"
record out 2 '[(e["name"], e["type"]) for e in r["entities"]]' "[('Hamburg', 'GPE'), ('Kutter Möwe', 'SHIP'), ('Norway', 'GPE'), ('Silke Brandt', 'PERSON')]"
