"""The inbox that the sweeps go over: five texts, lines of which one is broken, a file that was cut off; and what must be
found of it afterwards."""
import json, os, re, shutil

TEXTS = 5
BODY = "It rained on the harbour all day, and the ferries stayed where they were. " * 20
WANT = sorted(list(range(TEXTS)) + [100, 101])


def fill(root):
    """A new root with a filled inbox."""
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root + "/inbox")
    for i in range(TEXTS):
        open(f"{root}/inbox/text{i}.txt", "w").write(f"<{i}> {BODY}")
    with open(root + "/inbox/lines.jsonl", "w") as f:
        f.write('{"text": "<100> first"}\n{"text": broken}\n{"text": "<101> second"}\n')
    open(root + "/inbox/cut.jsonl", "w").write('{"text": "<200> cut off"')


def read_result(path, came, half):
    """Adds the numbers of the documents of one result to came; its name to half where it is not whole."""
    data = open(path, "rb").read()
    try:
        if not data.endswith(b"\n"):
            raise ValueError
        for line in data.splitlines():
            text = json.loads(line)["text"]
            n = int(re.match(r"<(\d+)>", text)[1])
            if n < TEXTS and text != f"<{n}> {BODY}":
                raise ValueError
            came.append(n)
    except (ValueError, KeyError, TypeError):
        half.append(os.path.basename(path))


def leftovers(root):
    return [f"{d}/{n}" for d in ("inbox", ".textmill/work", ".textmill/stage", ".textmill/ready")
            for n in os.listdir(f"{root}/{d}")]
