needs sentiment
echo '{"stages": [{"use": "sentiment", "with": {"model": "vader"}}]}' >p.json
echo '{"id": "a", "text": "A GREAT day, not bad at all. Istanbul is nice!"}' >in.jsonl
run 0 run p.json in.jsonl
cp out plain
LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Kolkata HOME= run 0 run p.json in.jsonl
same out <plain
