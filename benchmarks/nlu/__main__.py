"""Kilat's intent pipeline beside its peers, on the same lines, in one run on one machine (docs/benchmarks.md).

    make bench-nlu DATA=path/to/splits ARGS="--only kilat,tfidf-svc --splits clincbank --json nlu.json"

Each folder under DATA is a split: train.tsv, test.tsv, and perhaps valid.tsv, oos_valid.tsv and oos_test.tsv.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from benchmarks.nlu.figures import cell
from benchmarks.nlu.measure import WorkerFailed, run, seeds_of
from benchmarks.nlu.record import Record, now
from benchmarks.nlu.report import markdown, mean, show
from benchmarks.nlu.splits import Split, read_splits
from benchmarks.nlu.systems import SYSTEMS, Skipped, System
from bot.adapters.sentence_encoder.build import build_encoder


def main() -> None:
    """Measure what the JSON file does not hold yet; print the table; draw the picture."""
    arguments = _arguments()
    record = Record(arguments.from_json or arguments.json)
    if not arguments.from_json:
        _measure(record, arguments)
    show(record)
    if arguments.markdown:
        print(markdown(record))
    if arguments.picture:
        from benchmarks.nlu.picture import draw

        draw(record, arguments.picture)


def _measure(record: Record, arguments: argparse.Namespace) -> None:
    splits = read_splits(arguments.data, arguments.splits, oos_class=arguments.oos_class)
    if not splits:
        sys.exit(f"No split found under {arguments.data}: a folder with train.tsv and test.tsv is one.")
    build_encoder()
    for system in (system for system in SYSTEMS if not arguments.only or system.name in arguments.only):
        try:
            system.command()
        except Skipped as reason:
            record.skip(system.name, str(reason))
            continue
        for split in splits:
            _measure_cell(record, system, split, list(seeds_of(system, arguments.seeds, arguments.slow_seeds)))


def _measure_cell(record: Record, system: System, split: Split, seeds: list[int]) -> None:
    name, made_of = f"{system.name}/{split.name}", f"{system.digest}-{split.digest}"
    known = record.cells.get(name, {})
    if known.get("made_of") == made_of and known["seeds"] >= len(seeds):
        print(f"{name}: measured before, {known['when']}", flush=True)
        return
    load = [os.getloadavg()[0]]
    try:
        runs = [run(system, split, seed) for seed in seeds]
    except WorkerFailed as error:
        record.skip(name, str(error))
        print(f"{name}: failed\n{error}", file=sys.stderr, flush=True)
        return
    load.append(os.getloadavg()[0])
    measured = {"made_of": made_of, "seeds": len(seeds), "when": now(), "load": load, **cell(split, runs)}
    record.put(name, measured)
    print(f"{name}: accuracy {mean(measured, 'accuracy'):.3f}, trained in {mean(measured, 'train_wall_s'):.1f} s, "
          f"{mean(measured, 'cpu_ms_p50'):.1f} ms of CPU a message", flush=True)


def _arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return [name for name in text.split(",") if name]

    parser = argparse.ArgumentParser(prog="make bench-nlu", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", help="the folder of splits")
    parser.add_argument("--only", type=names, default=[], help=f"of {', '.join(system.name for system in SYSTEMS)}")
    parser.add_argument("--splits", type=names, default=[], help="names of folders")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--slow-seeds", type=int, default=1, help="for the systems that train for minutes")
    parser.add_argument("--oos-class", action="store_true", help="oos_train.tsv is a class that all systems learn")
    parser.add_argument("--json", type=Path, help="where figures are kept; cells that it holds are not measured again")
    parser.add_argument("--from-json", type=Path, help="measure nothing, show what this file holds")
    parser.add_argument("--picture", type=Path, help="draw them: .svg or .png")
    parser.add_argument("--markdown", action="store_true", help="print the tables of docs/benchmarks.md too")
    arguments = parser.parse_args()
    unknown = set(arguments.only) - {system.name for system in SYSTEMS}
    if unknown:
        parser.error(f"unknown system: {', '.join(sorted(unknown))}")
    if not arguments.data and not arguments.from_json:
        parser.error("DATA, the folder of splits, or --from-json")
    return arguments


if __name__ == "__main__":
    main()
