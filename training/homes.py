"""Homes mixed for training: a background, devices laid over it, and what each device drew.

A home is so many minutes: its total [W], a column [W] and a run mask per head, and per head whether its truth is
known (a recorded background holds appliances nobody metered: a head that may be among them is not learned from there).
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import appliances as parametric
from recordings import (
    DAY_MIN, RUN_RULES, Bank, Signature, finer_samples, home, measured_minutes, quiet_background, runs_in_minutes, runs_in_samples, runs_of, shows_cycles, signatures,
)
from rhythm import Rhythm
from told import Told

HEADS = (
    'fridge', 'freezer', 'washingMachine', 'dishwasher', 'tumbleDryer', 'oven', 'microwave', 'kettle',
    'airConditioner', 'shower', 'boiler', 'electricVehicle',
)
INDEX = {head: i for i, head in enumerate(HEADS)}
TRAINING_MIN = 4096
# What networks learn from: homes with labels, and which half of the devices.
FOLDS = {
    'all': (('home-1', 'home-2'), 'all'),
    'without-homes': ((), 'all'),
    'without-homes-odd': ((), 'even'),
    'without-home-1': (('home-2',), 'all'),
    'without-home-2': (('home-1',), 'all'),
    'without-odd': (('home-1', 'home-2'), 'even'),
    'without-even': (('home-1', 'home-2'), 'odd'),
}
# How often each kind of background is drawn, by whether there are homes with labels, and one that networks told apart.
BACKGROUNDS = {
    (False, False): {'synthetic': 0.7, 'quiet': 0.3},
    (False, True): {'synthetic': 0.55, 'quiet': 0.2, 'told': 0.25},
    (True, False): {'synthetic': 0.5, 'quiet': 0.17, 'rest': 0.2, 'real': 0.13},
    (True, True): {'synthetic': 0.4, 'quiet': 0.12, 'rest': 0.17, 'real': 0.13, 'told': 0.18},
}
# Of a home that networks told apart: below the one belief an appliance does not run, from the other on it does; nothing is learned between.
SURELY_OFF, SURELY_ON = 0.1, 0.8
# Such a home has what is surely on in so much of its time.
PRESENT_SHARE = 1e-3
Rng = np.random.Generator


@dataclass(frozen=True)
class Material:
    """What homes may be made of. A fold leaves homes and devices of `signatures/` out; what it leaves out it can be tested on."""

    shared: Path
    homes: tuple[str, ...]
    devices: str = 'all'  # all, even or odd: which half of each kind's devices; new: those of `tracebase` alone that `signatures/` has not
    told: tuple[Told, ...] = ()  # homes without sub-meters, told apart by networks
    tracebase: Path | None = None  # more of the devices, and more devices (`tracebase.py`); needed for new ones

    def recorded(self, kind: str) -> list[Signature]:
        """The devices of `signatures/` that the fold leaves in. Of kinds that `tracebase` lacks, which play in the background, `new` ones are all."""
        found = signatures(self.shared, kind)
        if self.devices == 'new':
            return [] if finer_samples(self.tracebase, kind) else found
        return {'all': found, 'even': found[0::2], 'odd': found[1::2]}[self.devices]

    def banks(self, kind: str) -> list[Bank]:
        """The runs of each recorded device that the fold leaves in."""
        finer = self._finer(kind)
        in_minutes = [runs_in_minutes(kind, s.power_w) for s in self.recorded(kind) if s.device not in finer]
        return [bank for bank in in_minutes + [runs_in_samples(kind, samples_w) for samples_w in finer.values()] if bank.runs]

    def compressors(self) -> list[np.ndarray]:
        """The curves of fridges and freezers [W per minute] that the fold leaves in."""
        finer = {device: measured_minutes(samples_w) for device, samples_w in self._finer('fridge').items()}
        return [s.power_w for s in self.recorded('fridge') if s.device not in finer] + [power_w for power_w in finer.values() if shows_cycles(power_w)]

    def _finer(self, kind: str) -> dict[str, np.ndarray]:
        if self.tracebase is None:
            return {}
        left_in = {s.device for s in self.recorded(kind)}
        finer = finer_samples(self.tracebase, kind)
        return {device: samples_w for device, samples_w in finer.items() if device in left_in or not device.startswith('device-')}


@dataclass
class MixedHome:
    total_w: np.ndarray
    power_w: np.ndarray
    running: np.ndarray
    known: np.ndarray
    # Which heads the home has an appliance for, whether it runs in these days or not.
    present: np.ndarray
    # The minute of the day in which the home's first minute lies.
    begins_min: int = 0
    # How far the home's meter and the sub-meters disagree on when a minute begins [min], and on what a watt is.
    clock_skew_min: float = 0.0
    meter_gain: float = 1.0
    # Per head and minute whether the truth is not sure though the head is known; `None` where it always is.
    unsure: np.ndarray | None = None

    @staticmethod
    def empty(length_min: int) -> 'MixedHome':
        shape = (len(HEADS), length_min)
        return MixedHome(np.zeros(length_min, np.float32), np.zeros(shape, np.float32), np.zeros(shape, bool), np.ones(len(HEADS), bool), np.zeros(len(HEADS), bool))


def to_minutes(samples_w: np.ndarray, rng: Rng) -> np.ndarray:
    """10 s samples as minute means, beginning anywhere within a minute."""
    per = parametric.SAMPLES_PER_MINUTE
    lead = int(rng.integers(0, per))
    padded = np.pad(samples_w, (lead, -(lead + len(samples_w)) % per))
    return padded.reshape(-1, per).mean(axis=1)


def warp(run_w: np.ndarray, rng: Rng) -> np.ndarray:
    """A recorded run as another device might draw it: longer or shorter, stronger or weaker, its parts stretched apart."""
    length = len(run_w)
    stretch = rng.uniform(0.75, 1.35)
    knots = np.sort(rng.uniform(0, 1, 3))
    grid = np.concatenate([[0], knots, [1]])
    moved = np.concatenate([[0], np.sort(np.clip(knots + rng.normal(0, 0.05, 3), 0.01, 0.99)), [1]])
    strength = rng.uniform(0.8, 1.25)
    if length < 8:  # too few to move, as the minutes of a kettle
        return run_w * strength
    out = max(1, int(round(length * stretch)))
    at = np.interp(np.linspace(0, 1, out), moved, grid) * (length - 1)
    return run_w[np.round(at).astype(int)] * strength


def without_lead(run_w: np.ndarray, rng: Rng) -> np.ndarray:
    """Takes away some of the low-power start: devices fill and rinse for very different times before they heat."""
    high = np.flatnonzero(run_w > 800)
    if len(high) == 0 or high[0] < 2:
        return run_w
    return run_w[int(rng.integers(0, high[0])) :]


class Mixer:
    """Draws homes from a `Material`; deterministic in its generator."""

    def __init__(
        self, material: Material, rng: Rng, length_min: int = TRAINING_MIN, as_recorded: bool = False, any_hour: bool = False
    ) -> None:
        """
        `as_recorded`: what a recording has is taken from it alone, as it was recorded, by a meter with a gain and a clock of its own; for test homes.
        `any_hour`: devices run at any hour, not at those of a household.
        """
        self.material = material
        self.rng = rng
        self.length_min = length_min
        self.as_recorded = as_recorded
        self.any_hour = any_hour
        self.recorded_share = 1.0 if as_recorded else 0.5
        self._told_present = [(told.belief >= SURELY_ON).mean(axis=1) > PRESENT_SHARE for told in material.told]
        self.run_banks = {head: self._banks(head) for head in ('kettle', 'microwave', 'dishwasher', 'washingMachine', 'tumbleDryer', 'shower')}
        self.other_banks = {kind: material.banks(kind) for kind in ('toaster', 'coffeeMaker', 'hairDryer', 'iron', 'vacuumCleaner')}
        self.compressors = [power_w for power_w in material.compressors() if len(power_w) >= length_min]

    def _banks(self, head: str) -> list[Bank]:
        """Runs per recorded device; a device with few runs counts like one with many."""
        metered = [home(self.material.shared, name).sub_w for name in self.material.homes]
        devices = [] if head == 'shower' else self.material.banks(head)  # nobody recorded one alone
        own = [runs_in_minutes(head, sub_w[head]) for sub_w in metered if head in sub_w]
        return devices + [bank for bank in own if bank.runs]

    # --- one home ---

    def draw_synthetic(self) -> MixedHome:
        """A home of which everything is known."""
        mixed = self._empty()
        self._synthetic_background(mixed)
        self._lay_devices(mixed, cold=True, others=True)
        self._finish(mixed)
        return mixed

    def draw(self) -> MixedHome:
        has_labels = [name for name in self.material.homes if home(self.material.shared, name).sub_w]
        weights = BACKGROUNDS[bool(has_labels), bool(self.material.told)]
        kind = self.rng.choice(list(weights), p=np.array(list(weights.values())))
        mixed = self._empty()
        if kind == 'synthetic':
            self._synthetic_background(mixed)
        elif kind == 'quiet':
            self._quiet_background(mixed)
        elif kind == 'told':
            self._told_background(mixed)
        else:
            self._labelled_background(mixed, self.rng.choice(has_labels), keep=kind == 'real')
        if kind != 'real':
            self._lay_devices(mixed, cold=kind == 'synthetic', others=kind not in ('rest', 'told'))
        self._finish(mixed)
        return mixed

    def _empty(self) -> MixedHome:
        mixed = MixedHome.empty(self.length_min)
        if not self.as_recorded:
            mixed.begins_min = int(self.rng.integers(0, DAY_MIN))
        if self.rng.random() < 0.4:
            mixed.clock_skew_min = float(self.rng.uniform(0, 0.5))
        mixed.meter_gain = float(self.rng.normal(1.01, 0.03))
        return mixed

    def _measured_part(self, total_w: np.ndarray) -> slice:
        """A part of a recording, most of it measured if one is found soon."""
        for _ in range(20):
            start = int(self.rng.integers(0, len(total_w) - self.length_min))
            part = slice(start, start + self.length_min)
            if np.isnan(total_w[part]).mean() < 0.3:
                break
        return part

    def _labelled_background(self, mixed: MixedHome, name: str, keep: bool) -> None:
        recorded = home(self.material.shared, name)
        part = self._measured_part(recorded.total_w)
        mixed.begins_min = recorded.clock_min(part.start)
        mixed.known[:] = False
        for head, sub_w in recorded.sub_w.items():
            mixed.known[INDEX[head]] = True
            if keep:
                mixed.present[INDEX[head]] = True
                self._truth(mixed, head, np.minimum(sub_w[part], np.nan_to_num(recorded.total_w[part])))
        mixed.total_w[:] = recorded.total_w[part] if keep else recorded.rest_w[part]

    def _quiet_background(self, mixed: MixedHome) -> None:
        name = self.rng.choice(['home-4', *self.material.homes])
        total_w = quiet_background(self.material.shared, str(name))
        part = self._measured_part(total_w)
        mixed.begins_min = home(self.material.shared, str(name)).clock_min(part.start)
        mixed.total_w[:] = total_w[part] * self.rng.uniform(0.8, 1.25)
        # What hums below the limit stays in: compressors, and home-2's dishwasher between its heatings, which no sub-meter shows.
        for head in ('fridge', 'freezer', 'airConditioner', *(['dishwasher'] if name == 'home-2' else [])):
            mixed.known[INDEX[head]] = False

    def _told_background(self, mixed: MixedHome) -> None:
        """Days of a home that networks told apart; where these are not sure nothing is learned."""
        lengths = np.sqrt([told.belief.shape[1] for told in self.material.told])  # one of ten times the days is three times as likely
        which = int(self.rng.choice(len(lengths), p=lengths / lengths.sum()))
        told = self.material.told[which]
        recorded = home(self.material.shared, told.home)
        part = self._measured_part(recorded.total_w)
        belief = told.belief[:, part]
        mixed.begins_min = recorded.clock_min(part.start)
        mixed.total_w[:] = recorded.total_w[part]
        mixed.present[:] = self._told_present[which]
        mixed.running[:] = (belief >= SURELY_ON) & mixed.present[:, None]
        mixed.unsure = (belief >= SURELY_OFF) & ~mixed.running
        # Of what is not sure the likely amount, for slots that hold what is sure as well.
        mixed.power_w[:] = np.minimum(np.where(mixed.running, 1, belief * mixed.unsure) * told.power_w[:, part], np.nan_to_num(mixed.total_w))

    def _truth(self, mixed: MixedHome, head: str, power_w: np.ndarray) -> None:
        """What a sub-meter measured: its runs, those cut by the window or longer than others too. What is too little for one is no draw."""
        on_w, pause_min, least_wh, _ = RUN_RULES[head]
        for start, stop in runs_of(power_w, on_w, pause_min, 0, self.length_min):
            is_cut = start <= pause_min or stop >= self.length_min - pause_min
            if is_cut or power_w[start:stop].sum() / 60 >= least_wh:
                mixed.running[INDEX[head], start:stop] = True
                mixed.power_w[INDEX[head], start:stop] += power_w[start:stop]

    # --- synthetic backgrounds: base, electronics, light ---

    def _synthetic_background(self, mixed: MixedHome) -> None:
        rng, t = self.rng, np.arange(self.length_min)
        mixed.total_w += rng.uniform(5, 250)
        mixed.total_w += rng.uniform(0, 40) * np.interp(t, t[::180], rng.uniform(-1, 1, len(t[::180])))
        for kind in ('tvLcd', 'tvCrt', 'pcDesktop', 'pcLaptop', 'monitor', 'lamp', 'lamp', 'router', 'amplifier', 'tvReceiver'):
            if rng.random() < 0.55:
                self._play(mixed, kind)
        for _ in range(int(rng.poisson(rng.uniform(2, 14)))):  # light and small things: steps at random
            start, length = int(rng.integers(0, self.length_min)), int(rng.lognormal(3.5, 1.2))
            mixed.total_w[start : start + length] += rng.lognormal(np.log(50), 0.8)
        if rng.random() < 0.85:
            self._waking_hours(mixed)
        if rng.random() < 0.2:
            self._heat_cycles(mixed)
        if rng.random() < 0.15:  # a circulation pump or fan
            period, duty = int(rng.uniform(10, 120)), rng.uniform(0.2, 0.8)
            mixed.total_w += rng.uniform(30, 120) * ((t + rng.integers(0, period)) % period < duty * period)
        mixed.total_w += np.abs(rng.normal(0, rng.uniform(0.5, 12), self.length_min))

    def _play(self, mixed: MixedHome, kind: str) -> None:
        devices = self.material.recorded(kind)
        if not devices:
            return
        power_w = devices[int(self.rng.integers(len(devices)))].power_w
        start = int(self.rng.integers(0, max(1, len(power_w) - self.length_min)))
        part = power_w[start : start + self.length_min]
        mixed.total_w[: len(part)] += part * self.rng.uniform(0.6, 1.4)

    def _waking_hours(self, mixed: MixedHome) -> None:
        """By day people switch small things on and off all the time, and what plays or turns flickers; nights are calm."""
        rng = self.rng
        wakes_min, awake_min = int(rng.normal(6.5, 0.8) * 60), int(rng.uniform(13, 18) * 60)
        steps, typical_w, plateaus = rng.lognormal(np.log(18), 0.8), rng.uniform(30, 120), rng.uniform(0, 3)
        for morning in range(wakes_min - mixed.begins_min - DAY_MIN, self.length_min, DAY_MIN):
            for _ in range(int(rng.poisson(steps))):
                self._switch_on(mixed, morning + int(rng.integers(0, awake_min)), rng.lognormal(np.log(typical_w), 0.7))
            for _ in range(int(rng.poisson(3))):
                self._flicker(mixed, morning + int(rng.integers(0, awake_min)))
            for _ in range(int(rng.poisson(plateaus))):  # most of them in the evening
                self._plateau(mixed, morning + int(awake_min * rng.beta(2, 1)))

    def _switch_on(self, mixed: MixedHome, start: int, power_w: float) -> None:
        stop = start + int(self.rng.lognormal(2.5, 1.3)) + 1
        mixed.total_w[max(0, start) : max(0, stop)] += power_w

    def _flicker(self, mixed: MixedHome, start: int) -> None:
        """A stretch of noise, or of short turns on and off."""
        rng = self.rng
        t = np.arange(max(0, start), min(self.length_min, max(0, start + int(rng.lognormal(3.8, 0.8)))))
        swing_w = rng.lognormal(np.log(40), 0.7)
        if rng.random() < 0.5:
            mixed.total_w[t] += np.abs(rng.normal(0, swing_w, len(t)))
        else:
            period = rng.uniform(2, 14)
            mixed.total_w[t] += 2 * swing_w * (t % period < rng.uniform(0.2, 0.8) * period)

    def _plateau(self, mixed: MixedHome, start: int) -> None:
        """Somebody is at home: for hours more is on, now a little more of it, now less."""
        rng = self.rng
        t = np.arange(max(0, start), min(self.length_min, max(0, start + int(rng.lognormal(np.log(140), 0.6)))))
        if len(t) == 0:
            return
        power_w, every = rng.lognormal(np.log(120), 0.7), rng.uniform(2, 25)
        turns = 1 + rng.uniform(0.05, 0.5) * rng.normal(0, 1, int(len(t) / every) + 2)
        at = np.arange(len(t)) / every
        wobble = np.interp(at, np.arange(len(turns)), turns) if rng.random() < 0.5 else turns[at.astype(int)]
        mixed.total_w[t] += power_w * np.maximum(0, wobble)

    def _heat_cycles(self, mixed: MixedHome) -> None:
        """Electric heating: a thermostat for hours."""
        rng = self.rng
        power_w, on_min, off_min = rng.uniform(500, 2500), rng.uniform(2, 15), rng.uniform(3, 30)
        for _ in range(int(rng.integers(1, 6))):
            run = to_minutes(parametric.thermostat(rng, power_w, rng.uniform(40, 400), on_min, off_min), rng)
            self._lay(mixed, None, run, int(rng.integers(0, self.length_min)))

    # --- devices ---

    def _lay_devices(self, mixed: MixedHome, cold: bool, others: bool) -> None:
        rng, rhythm = self.rng, None if self.any_hour else Rhythm(self.rng, self.length_min, mixed.begins_min)
        if cold:
            self._lay_cold(mixed)
        own = {
            'kettle': (0.65, parametric.kettle), 'microwave': (0.6, parametric.microwave),
            'dishwasher': (0.6, parametric.dishwasher), 'washingMachine': (0.75, parametric.washing_machine),
            'tumbleDryer': (0.3, parametric.tumble_dryer), 'oven': (0.5, parametric.oven),
            'shower': (0.25, parametric.electric_shower), 'boiler': (0.2, parametric.boiler),
            'electricVehicle': (0.07, parametric.electric_vehicle), 'airConditioner': (0.15, parametric.air_conditioner),
        }
        order = [head for head in own if head != 'tumbleDryer']
        rng.shuffle(order)
        order.append('tumbleDryer')  # it may follow on a wash
        for head in order:
            share, make = own[head]
            known = bool(mixed.known[INDEX[head]])
            # Over a background that may hold the same appliance unmetered, a head is not learned, so nothing is laid; over one that
            # holds it, less often.
            if known and rng.random() < (share / 2 if mixed.present[INDEX[head]] else share):
                mixed.present[INDEX[head]] = True
                self._lay_runs(mixed, head, head, make(rng), self.run_banks.get(head, []), rhythm)
        if others:
            further = {
                'toaster': (0.5, parametric.toaster), 'coffeeMaker': (0.45, parametric.coffee_maker),
                'hairDryer': (0.4, parametric.hair_dryer), 'iron': (0.3, parametric.iron),
                'vacuumCleaner': (0.35, parametric.vacuum_cleaner), 'hob': (0.4, parametric.hob),
                'fanHeater': (0.2, parametric.fan_heater), 'storageHeater': (0.04, parametric.storage_heater),
                'motor': (0.25, parametric.motor), 'cyclingLoad': (0.12, parametric.cycling_load),
            }
            if not mixed.present[INDEX['airConditioner']]:  # nobody could tell the two apart
                further['heatPump'] = (0.12, parametric.heat_pump)
            for kind, (share, make) in further.items():
                if rng.random() < share:
                    self._lay_runs(mixed, None, kind, make(rng), self.other_banks.get(kind, []), rhythm)

    def _lay_runs(
        self, mixed: MixedHome, head: str | None, kind: str, device: parametric.Device, banks: list[Bank], rhythm: Rhythm | None
    ) -> None:
        """All runs of one device over the home: parametric, or those of one recorded device, warped once as a device."""
        rng = self.rng
        recorded = banks[int(rng.integers(len(banks)))] if banks and rng.random() < self.recorded_share else None
        seed = int(rng.integers(1 << 31))
        count = int(rng.poisson(device.runs_per_day * self.length_min / 1440))
        if head in ('dishwasher', 'washingMachine') and count == 0 and rng.random() < 0.5:
            count = 1
        for _ in range(count):
            if recorded is None:
                run = to_minutes(device.draw_run(rng), rng)
            else:
                run = recorded.runs[int(rng.integers(len(recorded.runs)))]
                if not self.as_recorded:
                    run = warp(run, np.random.default_rng(seed))
                if recorded.per_minute > 1:
                    run = to_minutes(run, rng)
                if not self.as_recorded and head in ('dishwasher', 'washingMachine') and rng.random() < 0.4:
                    run = without_lead(run, np.random.default_rng(seed + 1))
            start = rhythm.start(kind) if rhythm else int(rng.integers(0, self.length_min))
            if self._lay(mixed, head, run, start) and rhythm:
                rhythm.note(kind, start + len(run))

    def _lay_cold(self, mixed: MixedHome) -> None:
        rng = self.rng
        count = int(rng.choice([0, 1, 2, 3], p=[0.06, 0.62, 0.26, 0.06]))
        curves = []
        for _ in range(count):
            if self.compressors and (self.as_recorded or rng.random() < 0.35):
                power_w = self.compressors[int(rng.integers(len(self.compressors)))]
                start = int(rng.integers(0, len(power_w) - self.length_min + 1))
                speed, scale = (1.0, 1.0) if self.as_recorded else (float(np.exp(rng.uniform(np.log(0.45), np.log(1.45)))), rng.uniform(0.6, 1.6))
                at = np.round(np.arange(self.length_min) * speed).astype(int) % self.length_min
                curves.append(power_w[start : start + self.length_min][at] * scale)
            else:
                curves.append(parametric.refrigerator(rng, self.length_min).reshape(-1, parametric.SAMPLES_PER_MINUTE).mean(axis=1))
        curves.sort(key=lambda power_w: -float(power_w.sum()))
        for rank, power_w in enumerate(curves):
            index = INDEX['fridge' if rank == 0 else 'freezer']
            mixed.present[index] = True
            mixed.total_w += power_w
            mixed.power_w[index] += power_w
            mixed.running[index] |= power_w > max(12, 0.35 * float(np.quantile(power_w, 0.9)))

    def _lay(self, mixed: MixedHome, head: str | None, run_w: np.ndarray, start: int) -> bool:
        """Lays a run over the home; returns whether there was room for it."""
        run_w = run_w[: self.length_min - start]
        stop = start + len(run_w)
        if head is None:
            mixed.total_w[start:stop] += run_w
            return True
        index = INDEX[head]
        margin = 10 if head in ('dishwasher', 'washingMachine', 'tumbleDryer') else 1
        around = slice(max(0, start - margin), stop + margin)
        if mixed.running[index, around].any() or (mixed.unsure is not None and mixed.unsure[index, around].any()):
            return False  # one device runs once at a time
        self._lay_as_metered(mixed, run_w, start)
        mixed.power_w[index, start:stop] += run_w
        on = np.flatnonzero(run_w > 10)
        if len(on) > 0:
            mixed.running[index, start + on[0] : start + on[-1] + 1] = True
        return True

    def _lay_as_metered(self, mixed: MixedHome, run_w: np.ndarray, start: int) -> None:
        """Lays a run over the total as the home's meter has it: its minutes begin a little earlier or later, its watts are a little different."""
        part = 0.0 if mixed.clock_skew_min == 0 else float(self.rng.uniform(-mixed.clock_skew_min, mixed.clock_skew_min))
        moved = start + (1 if part > 0 else -1)
        for first, share in ((start, 1 - abs(part)), (moved, abs(part))):
            kept = run_w[max(0, -first) : self.length_min - first]
            begin = max(0, first)
            mixed.total_w[begin : begin + len(kept)] += share * mixed.meter_gain * kept

    def _finish(self, mixed: MixedHome) -> None:
        """What meters do besides: noise, steps, a ceiling."""
        rng = self.rng
        if rng.random() < 0.5:
            mixed.total_w += rng.normal(0, rng.uniform(0, 4), self.length_min)
        if not self.as_recorded and rng.random() < 0.12:  # a home in which something never draws the same for two minutes
            mixed.total_w += rng.normal(0, rng.lognormal(np.log(20), 0.7), self.length_min)
        if rng.random() < 0.1:
            step = rng.choice([10, 25, 60] if self.as_recorded else [10, 25, 60, 100])
            mixed.total_w[:] = np.round(mixed.total_w / step) * step
        if rng.random() < 0.05:
            np.minimum(mixed.total_w, rng.uniform(5000, 8000), out=mixed.total_w)
        np.maximum(mixed.total_w, 0, out=mixed.total_w)
        limit = np.nan_to_num(mixed.total_w)
        np.minimum(mixed.power_w, limit, out=mixed.power_w)
