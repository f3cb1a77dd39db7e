"""Writes test homes mixed from recorded devices that a fold has not seen, for `loadlens evaluate homes`.

    python3 training/make_homes.py --data ../shared/data --devices odd --out out/mixed-odd
    python3 training/make_homes.py --data ../shared/data --devices new --tracebase out/tracebase --out out/mixed-new

Every device whose column is written is a recorded one: of the half of `signatures/` that `--devices` names, or one that only the whole of
tracebase has (`tracebase.py`). Only what these lack (ovens, showers, cars) is parametric. A home has the columns of what it has.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from homes import HEADS, INDEX, Material, MixedHome, Mixer

SCORED = ('fridge', 'freezer', 'washingMachine', 'dishwasher', 'microwave', 'kettle')
COMPRESSORS = ('fridge', 'freezer')


def is_recorded(mixer: Mixer, head: str) -> bool:
    return bool(mixer.compressors if head in COMPRESSORS else mixer.run_banks[head])


def frame_of(mixed: MixedHome, scored: list[str]) -> pd.DataFrame:
    utc = pd.date_range('2025-03-03', periods=len(mixed.total_w), freq='min', tz='UTC').strftime('%Y-%m-%dT%H:%MZ')
    columns = {'utc': utc, 'aggregate_w': mixed.total_w.round(1)}
    for head in HEADS:
        power_w = mixed.power_w[INDEX[head]]
        if head in scored and power_w.any():
            columns[head] = power_w.round(1)
    return pd.DataFrame(columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', type=Path, required=True, help='folder with homes/ and signatures/')
    parser.add_argument('--devices', choices=('even', 'odd', 'new'), required=True)
    parser.add_argument('--tracebase', type=Path, help='for new ones: a folder of tracebase.py')
    parser.add_argument('--count', type=int, default=60)
    parser.add_argument('--days', type=int, default=10)
    parser.add_argument('--seed', type=int, default=7)
    parser.add_argument('--out', type=Path, required=True)
    arguments = parser.parse_args()
    if (arguments.devices == 'new') != (arguments.tracebase is not None):
        parser.error('--devices new and --tracebase go together.')
    arguments.out.mkdir(parents=True, exist_ok=True)
    material = Material(arguments.data.resolve(), (), arguments.devices, tracebase=arguments.tracebase)
    mixer = Mixer(material, np.random.default_rng(arguments.seed), arguments.days * 1440, as_recorded=True)
    scored = [head for head in SCORED if is_recorded(mixer, head)]
    for number in range(1, arguments.count + 1):
        frame_of(mixer.draw_synthetic(), scored).to_csv(arguments.out / f'mixed-{arguments.devices}-{number}.csv.gz', index=False)


if __name__ == '__main__':
    main()
