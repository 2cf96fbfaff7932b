needs normalize clean
python3 - <<'P'
import json
text = ("Title \x1b[31mred\x1b[0m <script>alert(1)</script> & \"q\" 'a' </div></body>\n\n"
        "Skip to main content\n\u202eevil\u202c bell\x07 \x9b31m \u200bzero \u2066x\u2069 nul\x00 \x1b]0;own\x07\n"
        "Share this: Facebook \x1b[2J <img src=x onerror=alert(1)> \"onmouseover=\"alert(1)\n")
json.dump({"id": "x\x1b[2J\"><b>", "title": "</title><script>", "text": text}, open("in.jsonl", "w"))
P
printf '{ "name": "<i>\\u001b[5m", "stages": [ { "use": "normalize" }, { "use": "clean" } ] }' >p.json
printf '{ "stages": [] }' >none.json
for pipeline in p.json none.json; do
  for colour in always never; do
    run 0 explain "$pipeline" in.jsonl --color "$colour"
    COLOUR="$colour" python3 - out <<'P'
import os, re, sys
shown = open(sys.argv[1], "rb").read().decode()
if os.environ["COLOUR"] == "always":
    shown = re.sub("\x1b\\[[0-9;]*m", "", shown)
bad = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)
assert not bad, bad
assert "evil" in shown and "\u241b" in shown and "U+202E" in shown
P
  done
  run 0 explain "$pipeline" in.jsonl --html -o page.html
  python3 - page.html <<'P'
import re, sys
from html.parser import HTMLParser
page = open(sys.argv[1], "rb").read().decode()
bad = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", page)
assert not bad, bad
class Reader(HTMLParser):
    void = {"meta", "br"}
    def __init__(self):
        super().__init__()
        self.open, self.scripts = [], 0
    def handle_starttag(self, tag, attrs):
        assert tag in {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "span", "div", "table",
                       "thead", "tbody", "tr", "th", "td", "button", "del", "ins", "u", "a", "ol", "ul", "li", "br",
                       "q", "dl", "dt", "dd", "aside", "script"}, tag
        assert not any(name.startswith("on") or name == "src" for name, _ in attrs), attrs
        self.scripts += tag == "script"
        if tag not in self.void:
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.open)
reader = Reader()
reader.feed(page)
assert not reader.open and reader.scripts == 1, (reader.open, reader.scripts)
P
done
