"""The command line that the scorers of this folder have in common. Standard library only."""
import sys


def main(doc, inputs, score, check):
    """inputs DIR, score [-v] FILE, check: each a function; doc is what --help prints. Returns the exit status."""
    args = sys.argv[1:]
    verbose = "-v" in args
    args = [a for a in args if a != "-v"]
    if len(args) == 2 and args[0] == "inputs":
        inputs(args[1])
    elif len(args) == 2 and args[0] == "score":
        score(args[1], verbose)
    elif args == ["check"]:
        return check()
    elif "--help" in args or "-h" in args:
        print(doc)
    else:
        print(doc, file=sys.stderr)
        return 2
    return 0
