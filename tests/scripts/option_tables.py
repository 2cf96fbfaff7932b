#!/usr/bin/env python3
"""The tables of options in the plugins' READMEs are those that the plugins give themselves.

usage: option_tables.py BUILD [--write]; 1 where one differs, which --write mends. A plugin that was left out of the
build is passed over."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BEGIN, END = "<!-- options: written by tests/scripts/option_tables.py -->\n", "<!-- end of options -->\n"
build, write = sys.argv[1], "--write" in sys.argv[2:]
held = wrong = 0
for name in sorted(os.listdir(os.path.join(TOP, "plugins"))):
    readme = os.path.join(TOP, "plugins", name, "README.md")
    plugin = os.path.join(build, "plugins", name, name + ".so")
    if not os.path.exists(plugin):
        continue
    table = subprocess.run([os.path.join(build, "textmill"), "plugins", name, "--format", "markdown", "--plugin-dir",
                            os.path.join(build, "plugins")], check=True, capture_output=True, text=True).stdout
    with open(readme, encoding="utf-8") as f:
        old = f.read()
    block = BEGIN + table.strip() + "\n" + END
    start, end = old.find(BEGIN), old.find(END)
    new = old.rstrip("\n") + "\n\n## Options\n\n" + block if start < 0 else old[:start] + block + old[end + len(END):]
    held += 1
    if new == old:
        continue
    if write:
        with open(readme, "w", encoding="utf-8") as f:
            f.write(new)
        continue
    wrong += 1
    print("%s: its table of options is not what the plugin says; run tests/scripts/option_tables.py %s --write"
          % (os.path.relpath(readme, TOP), build), file=sys.stderr)
print("%d tables of options" % held)
sys.exit(1 if wrong or not held else 0)
