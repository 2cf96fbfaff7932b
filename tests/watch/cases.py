"""What the scripts of this folder share: the drops of a case, which are ended behind it, and the running of cases.

  SCRIPT TEXTMILL PLUGIN_DIR CASE...
"""
import os
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from drop import Drop

textmill, plugins, names = sys.argv[1], sys.argv[2], sys.argv[3:]
drops = []


def drop(stages, *args):
    d = Drop(textmill, stages, ["--plugin-dir", plugins, "-j", "2", *args])
    drops.append(d)
    return d


def main(functions):
    """Runs the cases that are named, out of a module's functions; the exit status tells whether all held."""
    status = 0
    for name in names:
        try:
            functions[name]()
            print(f"{name}: so")
        except AssertionError as e:
            status = 1
            print(f"{name}: NOT SO: {e}\n--- log\n{drops[-1].log()[-3000:]}")
            traceback.print_exc()
        finally:
            for d in drops:
                d.end()
            drops.clear()
    sys.exit(status)
