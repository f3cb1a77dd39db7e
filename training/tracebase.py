"""Reads the whole tracebase data set, of which `signatures/` holds a part: more devices, and samples finer than minutes.

    git clone https://github.com/areinhardt/tracebase TRACEBASE
    python3 training/tracebase.py TRACEBASE --out out/tracebase

Contains information from the tracebase data set, which is made available at http://www.tracebase.org under the Open Database License
(ODbL). A short run cut out of minutes is bound to the minutes it was recorded in; of samples of 10 s it can begin anywhere in one.
"""
from __future__ import annotations

import argparse
import re
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pandas as pd

from appliances import SAMPLES_PER_MINUTE
from recordings import DAY_MIN

DAY_S = 86400
SAMPLE_S = 60 // SAMPLES_PER_MINUTE
# A plug reports when something changes, and now and then; what it said holds so long, and no longer [s].
HOLDS_S = 60
# Above what a socket gives, a reading is an error [W].
SOCKET_W = 5000

# The folders that are read, by the kind of their devices here.
FOLDERS = {
    'WaterKettle': 'kettle', 'MicrowaveOven': 'microwave', 'Toaster': 'toaster', 'Coffeemaker': 'coffeeMaker', 'BeanToCupCoffeemaker': 'coffeeMaker',
    'Washingmachine': 'washingMachine', 'Dishwasher': 'dishwasher', 'LaundryDryer': 'tumbleDryer', 'LaundryDrier': 'tumbleDryer',
    'Refrigerator': 'fridge', 'Freezer': 'fridge', 'Iron': 'iron', 'HairDryer': 'hairDryer', 'VacuumCleaner': 'vacuumCleaner',
}
# The numbers in `signatures/` of what is there: its minutes are the same. Other names count as the same device where they draw the same in
# neighbouring weeks (plugs were exchanged), also where that is doubtful: no fold may learn from what it is tested on.
ALSO_SIGNATURES = {
    'kettle': {'Kettle': 1, 'B80E47': 1, '11F01E': 2, 'D330A3': 2, '599771': 3, 'B7E43D': 3, '5AE2CA': 4, '72882E': 5, 'B81D04': 5, 'D356CD': 6},
    'microwave': {'4BEA01': 1, 'B7BEA1': 1, '768D06': 2, '98A0D3': 3, 'B7BEA6': 3, '995FCC': 4, 'Microwave': 4},
    'toaster': {'Toaster': 1, '98ABD2': 2, '9966DE': 3},
    'coffeeMaker': {'Senseo_Coffee': 1, '99266D': 2, '996605': 3, 'D35AC2': 4, 'D369E0': 5, 'B1C121': 5, 'senseo': 6},
    'washingMachine': {'B82E27': 1, '11F01E': 2, '7297E3': 3, 'Washingmachine': 3, '9966DE': 4, 'D3230E': 5, 'D338C9': 6},
    'dishwasher': {'995BAC': 1, 'B7E6F4': 2, 'B7E6FA': 3, 'B82F81': 4},
    'tumbleDryer': {'D36122': 1},
    'fridge': {
        '599393': 1, 'Refrigerator': 1, '76C07F': 2, '995DED': 3, 'B7E6F4': 4, 'B83B9E': 5, 'D3230E': 6, 'D325D9': 7, 'D331DA': 8, '4BEA01': 9,
    },
    'iron': {'D337C2': 1},
    'hairDryer': {'B814DA': 1},
    'vacuumCleaner': {'B814DA': 1},
}


def device_of(kind: str, file: Path) -> str:
    """The device whose day a file holds: `device-3` where it is the third of `signatures/`, else its name in tracebase."""
    name = re.sub(r'^(dev|device)?_', '', file.stem)
    name = re.split(r'_\d{4}\.', name)[0]
    number = ALSO_SIGNATURES[kind].get(name)
    return name if number is None else f'device-{number}'


def read_day(file: Path) -> tuple[int, np.ndarray] | None:
    """A day of a device: its number since 1970, and mean power [W] per 10 s, NaN where nothing was reported."""
    rows = pd.read_csv(file, sep=';', header=None, names=['at', 'power_w', 'smoothed_w'], dtype={'at': str}, on_bad_lines='skip')
    rows['at'] = pd.to_datetime(rows['at'], format='%d/%m/%Y %H:%M:%S', errors='coerce')
    rows['power_w'] = pd.to_numeric(rows['power_w'], errors='coerce')
    rows = rows.dropna(subset=['at', 'power_w'])
    rows = rows[(rows['power_w'] >= 0) & (rows['power_w'] < SOCKET_W)].drop_duplicates('at', keep='last').sort_values('at')
    if len(rows) == 0:
        return None
    seconds = rows['at'].to_numpy().astype('datetime64[s]').astype(np.int64)
    day = int(seconds[0] // DAY_S)
    within = seconds - day * DAY_S < DAY_S
    reported = np.full(DAY_S, np.nan, dtype=np.float32)
    reported[seconds[within] - day * DAY_S] = rows['power_w'].to_numpy()[within]
    every_second = pd.Series(reported).ffill(limit=HOLDS_S - 1).to_numpy()
    samples = every_second.reshape(-1, SAMPLE_S)
    known = (~np.isnan(samples)).sum(axis=1)
    return day, np.where(known >= SAMPLE_S / 2, np.nansum(samples, axis=1) / np.maximum(known, 1), np.nan).astype(np.float32)


def read_kind(job: tuple[str, list[Path]]) -> tuple[str, dict[str, np.ndarray]]:
    """All devices of a kind, each its days one after another."""
    kind, files = job
    days: dict[str, dict[int, np.ndarray]] = {}
    for file in sorted(files):
        if (read := read_day(file)) is not None:
            day, power_w = read
            of_device = days.setdefault(device_of(kind, file), {})
            of_device[day] = np.fmax(of_device[day], power_w) if day in of_device else power_w
    return kind, {device: joined(of_device) for device, of_device in days.items()}


def joined(days: dict[int, np.ndarray]) -> np.ndarray:
    """Days one after another; between two that do not adjoin, an hour of nothing: no run goes on there."""
    parts = []
    for day in sorted(days):
        if parts and day - 1 not in days:
            parts.append(np.full(60 * SAMPLES_PER_MINUTE, np.nan, dtype=np.float32))
        parts.append(days[day])
    return np.concatenate(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tracebase', type=Path, help='a copy of the data set, with `complete/` and `incomplete/`')
    parser.add_argument('--out', type=Path, required=True, help='folder for a file per kind of device')
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[Path]] = {}
    for file in sorted(arguments.tracebase.glob('*complete/*/*.csv')):
        if file.parent.name in FOLDERS:
            files.setdefault(FOLDERS[file.parent.name], []).append(file)
    if not files:
        raise SystemExit(f'{arguments.tracebase} holds no `complete/` with folders of the tracebase data set.')
    with Pool() as pool:
        for kind, devices in pool.imap_unordered(read_kind, files.items()):
            np.savez_compressed(arguments.out / f'{kind}.npz', **devices)
            print(f'{kind}: {len(devices)} devices, {sum(map(len, devices.values())) / SAMPLES_PER_MINUTE / DAY_MIN:.0f} days', flush=True)


if __name__ == '__main__':
    main()
