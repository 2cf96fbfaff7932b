needs normalize lang clean dedup entities sentiment
cat >p.json <<'P'
{ "name": "news", "stages": [ { "use": "normalize" }, { "use": "lang" }, { "use": "clean" }, { "use": "dedup" },
  { "use": "entities" }, { "use": "sentiment", "with": { "sentences": true } } ] }
P
for sample in "$samples"/*.txt; do
  run 0 explain p.json "$sample" --html -o page.html
  run 0 run p.json "$sample" -q
  python3 - page.html out "$sample" <<'P'
import json, re, sys
from html.parser import HTMLParser
page = open(sys.argv[1], "rb").read().decode()
record = json.loads(open(sys.argv[2], "rb").read())
original = open(sys.argv[3], "rb").read().decode()
assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|https?:", page), "something is loaded from elsewhere"

class Sides(HTMLParser):
    """Text of the two sides, without numbers of cuts and new text."""
    def __init__(self):
        super().__init__()
        self.stack, self.old, self.new, self.cuts, self.reasons = [], [], [], set(), 0
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("meta", "br"):
            return
        self.stack.append((tag, attrs.get("class", "")))
        if tag == "del" and "data-c" in attrs:
            self.cuts.add(int(attrs["data-c"]))
        self.reasons += tag == "li" and attrs.get("id", "").startswith("c")
        if (tag, attrs.get("class")) == ("div", "old"):
            self.old.append("")
        if (tag, attrs.get("class")) == ("div", "new"):
            self.new.append("")
    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag
    def handle_data(self, data):
        classes = [c for _, c in self.stack]
        tags = [t for t, _ in self.stack]
        if "old" in classes and "n" not in classes and "ins" not in tags:
            self.old[-1] += data
        elif "new" in classes:
            self.new[-1] += data
sides = Sides()
sides.feed(page)
visible = lambda s: re.sub("\u200b|\ufeff|U\\+200B|U\\+FEFF|[\r\n]", "", s)
assert visible("".join(sides.old)) == visible(original), "the original is not whole"
assert visible("".join(sides.new)) == visible(record["text"]), "the result is not whole"
assert len(sides.cuts) == sides.reasons == len(record["removed"]), (sides.cuts, sides.reasons)
P
done
