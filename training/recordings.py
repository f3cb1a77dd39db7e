"""The recorded homes and appliance signatures, and the runs cut out of them.

`shared` is the folder with `homes/` and `signatures/` (its README lists sources and licences). Powers are W per minute;
unmeasured minutes are NaN in totals and 0 in sub-meters.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from appliances import SAMPLES_PER_MINUTE

DAY_MIN = 1440

# How runs are cut: on above [W], pauses within a run [min], least energy [Wh], longest run [min].
RUN_RULES = {
    'kettle': (300, 1, 10, 12),
    'microwave': (80, 2, 5, 40),
    'dishwasher': (10, 30, 150, 300),
    'washingMachine': (10, 14, 60, 300),
    'shower': (1000, 2, 50, 60),
    'tumbleDryer': (100, 6, 100, 240),
    'oven': (100, 10, 100, 240),
    'toaster': (200, 2, 5, 30),
    'coffeeMaker': (200, 8, 5, 120),
    'hairDryer': (100, 3, 5, 40),
    'iron': (200, 6, 20, 180),
    'vacuumCleaner': (100, 6, 10, 90),
}

# Home-3's circuits, and the heads whose appliances stand on them (UCI Machine Learning Repository 235: what each feeds).
CIRCUITS = {
    'kitchen': ('dishwasher', 'oven', 'microwave'),
    'laundryRoom': ('washingMachine', 'tumbleDryer', 'fridge'),
    'waterHeaterAndAirConditioner': ('boiler', 'airConditioner'),
}

# What draws less does not run [W].
LEAST_W = 5


def runs_of(power_w: np.ndarray, on_w: float, pause_min: int, least_wh: float, longest_min: int) -> list[tuple[int, int]]:
    """Half-open minute ranges in which the appliance ran."""
    on = np.flatnonzero(power_w > on_w)
    if len(on) == 0:
        return []
    cuts = np.flatnonzero(np.diff(on) > pause_min + 1)
    starts, stops = on[np.append(0, cuts + 1)], on[np.append(cuts, len(on) - 1)] + 1
    return [(a, b) for a, b in zip(starts, stops) if b - a <= longest_min and power_w[a:b].sum() / 60 >= least_wh]


@dataclass(frozen=True)
class Home:
    """A recorded home: total [W] with NaN where not measured, sub-meters [W] by head name, group circuits [W] by name. Days that lack altogether are left out."""

    name: str
    total_w: np.ndarray
    sub_w: dict[str, np.ndarray]
    circuits_w: dict[str, np.ndarray]
    # The minute of the day in which its first minute lies, in the recording's own time (UTC, home-3's and home-4's local).
    begins_min: int

    def clock_min(self, minute: int) -> int:
        """The minute of the day in which a minute of it lies."""
        return (self.begins_min + minute) % DAY_MIN

    @property
    def rest_w(self) -> np.ndarray:
        """What neither sub-meters nor circuits explain."""
        return np.maximum(0, self.total_w - sum(self.sub_w.values()) - sum(self.circuits_w.values()))


@lru_cache(maxsize=None)
def home(shared: Path, name: str) -> Home:
    frame = every_minute(pd.read_csv(shared / 'homes' / f'{name}.csv.gz', index_col=0))
    total_w = frame['aggregate_w'].to_numpy(dtype=np.float32)
    names = {'kettle': 'kettle', 'dishwasher': 'dishwasher', 'washingMachine': 'washingMachine', 'microwave': 'microwave', 'electricShower': 'shower'}
    if name == 'home-2':  # its sub-meter shows one run, its total a dishwasher's heatings all month: nothing to learn from
        del names['dishwasher']
    sub_w = {head: frame[column].fillna(0).to_numpy(dtype=np.float32) for column, head in names.items() if column in frame}
    circuits_w = {circuit: frame[circuit].fillna(0).to_numpy(dtype=np.float32) for circuit in CIRCUITS if circuit in frame}
    return Home(name, total_w, sub_w, circuits_w, frame.index[0].hour * 60 + frame.index[0].minute)


def every_minute(frame: pd.DataFrame) -> pd.DataFrame:
    """Gives a recording the minutes that it lacks, without values, but for whole days: so it keeps the time of day."""
    recorded = pd.to_datetime(frame.index).tz_localize(None)
    steps_min = np.diff(recorded.to_numpy()) // np.timedelta64(1, 'm')
    at_min = np.concatenate([[0], np.cumsum((steps_min - 1) % DAY_MIN + 1)])
    return frame.set_axis(recorded[0] + pd.to_timedelta(at_min, unit='min')).asfreq('min')


# A home is loud where it draws so much more [W] than it mostly does in these hours [min]; so long a loud stretch can be bridged [min].
LOUD_W, QUIET_HOURS_MIN, BRIDGE_MIN = 300, 181, 30


@lru_cache(maxsize=None)
def quiet_background(shared: Path, name: str) -> np.ndarray:
    """What no sub-meter explains of a home, without anything large: short loud stretches are bridged between what stands on either side, long ones are left out."""
    rest_w = home(shared, name).rest_w.copy()
    usual_w = pd.Series(rest_w).rolling(QUIET_HOURS_MIN, center=True, min_periods=30).quantile(0.2).to_numpy()
    loud = np.convolve(rest_w > usual_w + LOUD_W, np.ones(3), mode='same') > 0
    known = np.flatnonzero(~loud & ~np.isnan(rest_w))
    bridged = np.interp(np.arange(len(rest_w)), known, rest_w[known]).astype(np.float32)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud, [0]])))
    for start, stop in zip(edges[0::2], edges[1::2]):
        rest_w[start:stop] = np.where(np.isnan(rest_w[start:stop]), np.nan, bridged[start:stop]) if stop - start <= BRIDGE_MIN else np.nan
    return rest_w


@dataclass(frozen=True)
class Signature:
    """One recorded device: mean power [W] per minute, as long as it was recorded."""

    device: str
    power_w: np.ndarray


@lru_cache(maxsize=None)
def signatures(shared: Path, kind: str) -> list[Signature]:
    """The recorded devices of a kind. A fridge that draws the same all day shows no compressor, and is left out."""
    frame = pd.read_csv(shared / 'signatures' / f'{kind}.csv.gz')
    found = [
        Signature(str(device), rows['mean_w'].fillna(0).to_numpy(dtype=np.float32))
        for device, rows in frame.groupby('device')
    ]
    return [s for s in found if kind != 'fridge' or shows_cycles(s.power_w)]


def shows_cycles(power_w: np.ndarray) -> bool:
    return bool(np.ptp(np.quantile(power_w, [0.05, 0.95])) > 20)


@lru_cache(maxsize=None)
def finer_samples(tracebase: Path, kind: str) -> dict[str, np.ndarray]:
    """
    Devices of a kind in samples of 10 s [W], NaN where not measured, by name (`tracebase.py`): those of `signatures` as they are called there,
    and others. None of a kind that tracebase lacks. Raises `FileNotFoundError` where the folder is no folder of tracebase.
    """
    if not any(tracebase.glob('*.npz')):
        raise FileNotFoundError(f'{tracebase} holds no files of tracebase.py.')
    file = tracebase / f'{kind}.npz'
    if not file.exists():
        return {}
    with np.load(file) as kept:
        return dict(kept)


def measured_minutes(samples_w: np.ndarray) -> np.ndarray:
    """The minutes of samples of 10 s that were measured for half of them and more: means of what was [W], others left out, as in `signatures`."""
    samples_w = samples_w[: len(samples_w) // SAMPLES_PER_MINUTE * SAMPLES_PER_MINUTE].reshape(-1, SAMPLES_PER_MINUTE)
    known = ~np.isnan(samples_w)
    enough = known.sum(axis=1) >= SAMPLES_PER_MINUTE / 2
    return np.nanmean(samples_w[enough], axis=1)


@dataclass(frozen=True)
class Bank:
    """The runs of one recorded device, each an array of W."""

    runs: list[np.ndarray]
    per_minute: int


def runs_in_minutes(head: str, power_w: np.ndarray) -> Bank:
    return Bank([power_w[a:b] for a, b in runs_of(power_w, *RUN_RULES[head])], 1)


def runs_in_samples(head: str, samples_w: np.ndarray) -> Bank:
    """Runs as minutes show them, each from the first to the last of the samples that draw something beside it. What was not measured draws nothing."""
    known_w = np.nan_to_num(samples_w[: len(samples_w) // SAMPLES_PER_MINUTE * SAMPLES_PER_MINUTE])
    runs = []
    for first, last in runs_of(known_w.reshape(-1, SAMPLES_PER_MINUTE).mean(axis=1), *RUN_RULES[head]):
        start, stop = first * SAMPLES_PER_MINUTE, last * SAMPLES_PER_MINUTE
        while start < stop and known_w[start] <= LEAST_W:
            start += 1
        while stop > start and known_w[stop - 1] <= LEAST_W:
            stop -= 1
        while start > (first - 1) * SAMPLES_PER_MINUTE and start > 0 and known_w[start - 1] > LEAST_W:
            start -= 1
        while stop < (last + 1) * SAMPLES_PER_MINUTE and stop < len(known_w) and known_w[stop] > LEAST_W:
            stop += 1
        runs.append(known_w[start:stop])
    return Bank(runs, SAMPLES_PER_MINUTE)
