#!/usr/bin/env python3
"""The list of faults, from outside only: each function fNN_... stands for the line of that number in README.md. ctest
runs each by itself.

  faults.py TEXTMILL FOLDER_OF_THE_BUILT_FAULT_TESTS [NAME...]      all, where none is named
  faults.py --list
"""
import os, sys, time, traceback
import faults_disk, faults_inbox, faults_input, faults_plugins, faults_start
from drop import Drop

cases = {}
for module in (faults_input, faults_inbox, faults_disk, faults_plugins, faults_start):
    cases.update({n: f for n, f in vars(module).items() if n[0] == "f" and n[1:3].isdigit()})


class Bench:
    """What a case is given: the program, the preloaded library, the zoo of plugins; drops are ended behind it."""

    def __init__(self, textmill, built):
        self.textmill = textmill
        self.built = built
        self.shim = built + "/fault_shim.so"
        self.zoo = built + "/zoo"
        self.drops = []

    def drop(self, stages=(), args=(), shim=None, **how):
        """shim: what the preloaded library is told."""
        if stages:
            args = [*args, "--plugin-dir", self.zoo]
        d = Drop(self.textmill, stages, args, **how)
        if shim is not None:
            d.env.update(LD_PRELOAD=self.shim, SHIM_ROOT=d.root, **shim)
        self.drops.append(d)
        return d


class Skip(Exception):
    pass


def run(name, textmill, built):
    bench = Bench(textmill, built)
    began = time.monotonic()
    try:
        cases[name](bench)
        verdict = "ok"
    except faults_disk.Skip as e:
        verdict = f"SKIPPED: {e}"
    except Exception:
        verdict = "NOT SO\n" + traceback.format_exc()
        for d in bench.drops:
            verdict += f"--- log of {d.root}\n{d.log()[-3000:]}"
    finally:
        for d in bench.drops:
            d.end()
    print(f"{name}: {verdict}, {time.monotonic() - began:.2f} s" if verdict == "ok" else f"{name}: {verdict}", flush=True)
    return verdict


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(sorted(cases)))
        sys.exit(0)
    verdicts = [run(n, os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])) for n in sys.argv[3:] or sorted(cases)]
    if len(verdicts) > 1:
        print(f"{sum(v == 'ok' for v in verdicts)} of {len(verdicts)} hold, "
              f"{sum(v.startswith('SKIPPED') for v in verdicts)} skipped")
    sys.exit(1 if any(v.startswith("NOT SO") for v in verdicts) else 77 if verdicts and verdicts[0].startswith("SKIPPED")
             and len(verdicts) == 1 else 0)
