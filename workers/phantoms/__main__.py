"""Write phantoms: python -m workers.phantoms --count 300 --seed 7 --out DIR."""

import argparse
from pathlib import Path

from workers.phantoms.export import export_phantoms


def main() -> None:
    """Parse the command line and write the folder."""
    parser = argparse.ArgumentParser(description="Write chest phantoms as DICOM with their truth.")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0, help="number of the first phantom")
    parser.add_argument("--size", type=int, default=512, help="rows and columns")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    export_phantoms(
        arguments.out,
        count=arguments.count,
        seed=arguments.seed,
        size=arguments.size,
        first=arguments.first,
        processes=arguments.processes,
    )


if __name__ == "__main__":
    main()
