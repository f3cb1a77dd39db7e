"""Parametric appliances: a device is drawn once per home, a run of it many times.

Every `*_run` function returns mean power [W] per 10 s, the device's own program with its pauses. Ranges come from
product labels and the physics of the machine (a 13 A socket gives at most 3 kW, water takes 1.16 Wh per litre and kelvin);
they are wide on purpose: a home never seen has a device never seen.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np

Rng = np.random.Generator
SAMPLES_PER_MINUTE = 6


def minutes(count: float) -> int:
    """Number of 10 s samples in so many minutes, at least one."""
    return max(1, int(round(count * SAMPLES_PER_MINUTE)))


def flat(power_w: float, duration_min: float) -> np.ndarray:
    return np.full(minutes(duration_min), power_w, dtype=np.float32)


@dataclass(frozen=True)
class Device:
    """One device of a home: how a run of it is drawn, and how often it runs."""

    draw_run: Callable[[Rng], np.ndarray]
    runs_per_day: float


# --- short heaters -------------------------------------------------------------------------------------------------


def kettle(rng: Rng) -> Device:
    power_w = rng.choice([rng.uniform(2000, 3100), rng.uniform(1300, 2400)], p=[0.7, 0.3])
    typical_min = rng.uniform(1.5, 4.0)

    def run(rng: Rng) -> np.ndarray:
        duration_min = float(np.clip(typical_min * rng.lognormal(0, 0.4), 0.5, 7.0))
        run_w = flat(power_w * rng.normal(1, 0.012), duration_min)
        if rng.random() < 0.06:  # boiled twice
            run_w = np.concatenate([run_w, flat(0, rng.uniform(0.5, 3)), flat(power_w, rng.uniform(0.3, 1.5))])
        return run_w

    return Device(run, rng.uniform(2, 9))


def microwave(rng: Rng) -> Device:
    power_w = rng.uniform(950, 1800)
    idle_w = rng.uniform(20, 70)  # fan, lamp and turntable
    period_s = rng.uniform(15, 35)
    inverter = rng.random() < 0.3  # draws less at a lower level; others switch on and off
    grills, grill_w = rng.random() < 0.2, rng.uniform(600, 1300)  # roasts after, or bakes, for longer
    cools = rng.uniform(0.02, 0.12)  # a magnetron draws less as it gets warm

    def level(rng: Rng, duration_min: float) -> np.ndarray:
        duty = 1.0 if rng.random() < 0.75 else rng.uniform(0.2, 0.8)
        t_s = np.arange(minutes(duration_min)) * 10 + rng.uniform(0, period_s)
        high_w = power_w * (1 - cools * (1 - np.exp(-t_s / 200)))
        if inverter:
            return duty * high_w + (1 - duty) * idle_w
        return np.where((t_s % period_s) < duty * period_s, high_w, idle_w)

    def run(rng: Rng) -> np.ndarray:
        if grills and rng.random() < 0.6:
            parts = [level(rng, rng.uniform(1, 14)), flat(0, rng.uniform(0, 1.5)), flat(grill_w * rng.normal(1, 0.03), rng.uniform(1, 12))]
            return np.concatenate(parts if rng.random() < 0.7 else parts[::-1]).astype(np.float32)
        run_w = level(rng, float(np.clip(rng.lognormal(0.7, 0.7), 0.4, 20)))
        if rng.random() < 0.25:  # stirred, and on again
            run_w = np.concatenate([run_w, flat(0, rng.uniform(0.3, 2)), flat(power_w, rng.uniform(0.3, 3))])
        return run_w.astype(np.float32)

    return Device(run, rng.uniform(0.7, 5))


def toaster(rng: Rng) -> Device:
    power_w = rng.uniform(650, 1900)
    return Device(lambda rng: flat(power_w * rng.normal(1, 0.02), rng.uniform(1.2, 4.5)), rng.uniform(0.3, 2.5))


def coffee_maker(rng: Rng) -> Device:
    power_w, pulse_s, keeps = rng.uniform(900, 1600), rng.uniform(10, 40), rng.random() < 0.6

    def run(rng: Rng) -> np.ndarray:
        parts = [flat(power_w, rng.uniform(0.7, 8))]
        if keeps:
            for _ in range(rng.integers(2, 40)):
                parts += [flat(0, rng.uniform(0.7, 4)), flat(power_w, pulse_s / 60)]
        return np.concatenate(parts)

    return Device(run, rng.uniform(0.5, 3))


def hair_dryer(rng: Rng) -> Device:
    high_w = rng.uniform(900, 2200)

    def run(rng: Rng) -> np.ndarray:
        parts = [flat(high_w * rng.choice([1, 1, 0.55]), rng.uniform(0.7, 4)) for _ in range(rng.integers(1, 4))]
        return np.concatenate([p for part in parts for p in (part, flat(0, rng.uniform(0.2, 0.6)))])

    return Device(run, rng.uniform(0.2, 1.2))


def iron(rng: Rng) -> Device:
    power_w = rng.uniform(1100, 2600)

    def run(rng: Rng) -> np.ndarray:
        parts = [flat(power_w, rng.uniform(1, 3))]
        for _ in range(rng.integers(5, 50)):
            parts += [flat(0, rng.uniform(0.4, 2.5)), flat(power_w, rng.uniform(0.15, 0.7))]
        return np.concatenate(parts)

    return Device(run, rng.uniform(0.05, 0.4))


def vacuum_cleaner(rng: Rng) -> Device:
    power_w = rng.uniform(500, 2000)

    def run(rng: Rng) -> np.ndarray:
        parts = []
        for _ in range(rng.integers(1, 5)):
            length = minutes(rng.uniform(1, 10))
            parts += [power_w * rng.normal(1, 0.03, length), flat(0, rng.uniform(0.3, 3))]
        return np.concatenate(parts).astype(np.float32)

    return Device(run, rng.uniform(0.1, 0.6))


# --- cooking -------------------------------------------------------------------------------------------------------


def thermostat(rng: Rng, power_w: float, duration_min: float, on_min: float, off_min: float) -> np.ndarray:
    parts, spent_min = [], 0.0
    while spent_min < duration_min:
        on, off = on_min * rng.lognormal(0, 0.2), off_min * rng.lognormal(0, 0.25)
        parts += [flat(power_w, on), flat(0, off)]
        spent_min += on + off
    return np.concatenate(parts)


def oven(rng: Rng) -> Device:
    power_w, fan_w = rng.uniform(1600, 3600) if rng.random() < 0.85 else rng.uniform(2500, 5000), rng.uniform(20, 80)
    on_min, off_min = rng.uniform(0.4, 2.5), rng.uniform(0.8, 5)
    steps = rng.random() < 0.3  # upper and lower element

    def run(rng: Rng) -> np.ndarray:
        preheat = flat(power_w, rng.uniform(4, 18))
        level_w = power_w * (rng.choice([0.45, 0.6, 1]) if steps else 1)
        hold = thermostat(rng, level_w, rng.uniform(8, 80), on_min, off_min)
        return np.concatenate([preheat, flat(0, off_min), hold]) + fan_w

    return Device(run, rng.uniform(0.1, 0.9))


def hob(rng: Rng) -> Device:
    plate_w = rng.uniform(900, 2300)
    induction = rng.random() < 0.5

    def run(rng: Rng) -> np.ndarray:
        if induction:
            levels = [flat(plate_w * rng.uniform(0.15, 1.3), rng.uniform(0.7, 12)) for _ in range(rng.integers(1, 6))]
            return np.concatenate(levels)
        boil = flat(plate_w, rng.uniform(2, 9))
        return np.concatenate([boil, thermostat(rng, plate_w, rng.uniform(3, 35), rng.uniform(0.1, 0.6), rng.uniform(0.2, 1))])

    return Device(run, rng.uniform(0.3, 2.5))


# --- wet appliances ------------------------------------------------------------------------------------------------


def drum(rng: Rng, duration_min: float, motor_w: float, texture: float) -> np.ndarray:
    """A turning drum: on and off within the minute, heavier and lighter loads, short surges."""
    length = minutes(duration_min)
    slow = np.interp(np.arange(length), np.arange(0, length + 60, 30), rng.uniform(0.6, 1.4, len(np.arange(0, length + 60, 30))))
    on = rng.random(length) < rng.uniform(0.5, 0.95)
    return (motor_w * slow * np.where(on, 1 + texture * rng.normal(0, 1, length).clip(-1, 2), 0.15)).astype(np.float32)


def spin(rng: Rng, top_w: float, duration_min: float) -> np.ndarray:
    length = minutes(duration_min)
    shape = rng.choice([1, 2])
    ramp = np.linspace(0.2, 1, length) ** shape if rng.random() < 0.7 else np.full(length, rng.uniform(0.6, 1))
    return (top_w * ramp * rng.normal(1, 0.06, length)).astype(np.float32)


def washing_machine(rng: Rng) -> Device:
    if rng.random() < 0.07:
        return top_loader(rng)
    heater_w = rng.uniform(1500, 2900) if rng.random() < 0.3 else rng.uniform(1800, 2250)
    motor_w, spin_w, texture = rng.uniform(30, 160), rng.uniform(200, 800), rng.uniform(0.1, 0.8)
    pulsed = rng.random() < 0.35
    fill_min = rng.uniform(1, 10)
    reheats = rng.random() < 0.4

    def keeps_warm(rng: Rng) -> list[np.ndarray]:
        """Short heatings while the drum mixes the water, shorter and rarer as all of it gets warm."""
        parts, heat_min, rest_min = [], rng.uniform(0.3, 1.0), rng.uniform(0.8, 3)
        for _ in range(rng.integers(2, 10)):
            parts += [drum(rng, rest_min * rng.lognormal(0, 0.3), motor_w, texture), flat(heater_w, heat_min * rng.uniform(0.5, 1.2))]
            heat_min, rest_min = heat_min * rng.uniform(0.7, 1), rest_min * rng.uniform(1, 1.3)
        return parts

    def heats(rng: Rng, total_min: float) -> list[np.ndarray]:
        first = total_min * (rng.uniform(0, 0.9) if pulsed else 1)
        parts = [flat(heater_w * rng.normal(1, 0.01), first)]
        left = total_min - first
        while left > 0.3:
            piece = min(left, rng.uniform(0.3, 3))
            parts += [drum(rng, rng.uniform(0.5, 5), motor_w, texture), flat(heater_w, piece)]
            left -= piece
        if reheats:
            parts += keeps_warm(rng)
        return [part + drum(rng, len(part) / SAMPLES_PER_MINUTE, motor_w * 0.7, texture) for part in parts]

    def run(rng: Rng) -> np.ndarray:
        warmth = rng.choice([0, 0.3, 0.6, 1, 1.6], p=[0.07, 0.2, 0.38, 0.25, 0.1])
        parts = [drum(rng, fill_min * rng.lognormal(0, 0.3), motor_w * rng.uniform(0.2, 1), texture)]
        if rng.random() < 0.08:  # prewash
            parts += heats(rng, rng.uniform(2, 10)) + [drum(rng, rng.uniform(8, 30), motor_w, texture)]
        if warmth > 0:
            parts += heats(rng, warmth * rng.uniform(8, 24) * 2000 / heater_w)
        parts.append(drum(rng, rng.uniform(8, 90) * (0.4 if rng.random() < 0.25 else 1), motor_w, texture))
        for _ in range(rng.integers(1, 5)):
            if rng.random() < 0.8:
                parts.append(spin(rng, spin_w * rng.uniform(0.3, 0.9), rng.uniform(0.7, 4)))
            parts.append(drum(rng, rng.uniform(3, 14), motor_w * rng.uniform(0.4, 1), texture))
        parts.append(spin(rng, spin_w, rng.uniform(2, 11)))
        if rng.random() < 0.3:
            parts.append(drum(rng, rng.uniform(1, 6), motor_w * 0.5, texture))
        return np.concatenate(parts)

    return Device(run, rng.uniform(0.25, 1.3))


def top_loader(rng: Rng) -> Device:
    """North American: hot water from elsewhere, so motor alone."""
    motor_w = rng.uniform(150, 700)

    def run(rng: Rng) -> np.ndarray:
        parts = []
        for _ in range(rng.integers(1, 4)):
            parts += [flat(rng.uniform(2, 15), rng.uniform(2, 6)), drum(rng, rng.uniform(4, 18), motor_w, 0.3)]
            parts.append(spin(rng, motor_w * rng.uniform(0.8, 1.6), rng.uniform(2, 8)))
        return np.concatenate(parts)

    return Device(run, rng.uniform(0.3, 1))


@dataclass(frozen=True)
class DishwasherProgram:
    """One program of one dishwasher: every run of it is much the same."""

    rinse_min: float  # pump before the first heating
    soak_min: float  # rest between rinse and heating
    heats_min: tuple[float, ...]
    pauses_min: tuple[float, ...]  # pump after each heating
    drains: bool
    dry_min: float


def dishwasher(rng: Rng) -> Device:
    american = rng.random() < 0.15
    heater_w = rng.uniform(500, 1250) if american else (rng.uniform(1700, 2900) if rng.random() < 0.6 else rng.uniform(1900, 2250))
    pump_w = rng.uniform(120, 320) if american else rng.uniform(25, 150)
    pulsed, dries = rng.random() < 0.2, rng.random() < 0.3
    warmth = rng.uniform(0.6, 1.5)
    programs = [dishwasher_program(rng, heater_w, warmth, dries) for _ in range(rng.integers(1, 4))]
    usual = rng.dirichlet(np.ones(len(programs)))

    def wash(rng: Rng, duration_min: float) -> np.ndarray:
        on = rng.random(minutes(duration_min)) < 0.97
        return (pump_w * on * rng.normal(1, 0.04, len(on)) * rng.uniform(0.6, 1.1)).astype(np.float32)

    def heat(rng: Rng, duration_min: float) -> list[np.ndarray]:
        with_pump = pump_w * rng.uniform(0, 1)
        if not (pulsed and duration_min > 5):
            return [flat(heater_w * rng.normal(1, 0.008) + with_pump, duration_min)]
        parts, left = [], duration_min
        while left > 0.3:
            piece = min(left, rng.uniform(2, 8))
            parts += [flat(heater_w + with_pump, piece), wash(rng, rng.uniform(1, 5))]
            left -= piece
        return parts

    def run(rng: Rng) -> np.ndarray:
        program = programs[int(rng.choice(len(programs), p=usual))]
        cold = rng.lognormal(0, 0.2)  # how cold the water comes in
        parts = [wash(rng, program.rinse_min * rng.lognormal(0, 0.05) + 0.2)]
        if program.soak_min > 0:
            parts.append(flat(rng.uniform(2, 12), program.soak_min * rng.lognormal(0, 0.1)))
        for place, (heat_min, pause_min) in enumerate(zip(program.heats_min, program.pauses_min)):
            parts += heat(rng, float(np.clip(heat_min * (cold if place == 0 else rng.lognormal(0, 0.08)), 1.5, 40)))
            parts.append(wash(rng, pause_min * rng.lognormal(0, 0.06)))
            if program.drains and place + 1 < len(program.heats_min):
                parts.append(flat(rng.uniform(2, 12), rng.uniform(0.5, 4)))
        if program.dry_min > 0:
            parts.append(flat(rng.uniform(3, 40), program.dry_min))
        return np.concatenate(parts)

    return Device(run, rng.uniform(0.3, 1.3))


def dishwasher_program(rng: Rng, heater_w: float, warmth: float, dries: bool) -> DishwasherProgram:
    """A program: short ones heat soon, long ones may rinse and soak for an hour and more before."""
    name = rng.choice(['eco', 'normal', 'short'], p=[0.35, 0.4, 0.25])
    lead = rng.choice(['none', 'rinse', 'long'], p=[0.35, 0.45, 0.2] if name != 'short' else [0.65, 0.33, 0.02])
    rinse_min, soak_min = {
        'none': (rng.uniform(0, 3), 0.0),
        'rinse': (rng.uniform(3, 22), 0.0),
        'long': (rng.uniform(5, 60), rng.choice([0.0, rng.uniform(2, 30)])),
    }[lead]
    first_min = warmth * rng.uniform(200, 650) * 60 / heater_w
    last_min = warmth * rng.uniform(150, 550) * 60 / heater_w
    pause = {'eco': (15, 80), 'normal': (10, 45), 'short': (2.5, 14)}[name]
    middle = int(rng.choice([0, 1, 2, 4], p=[0.5, 0.34, 0.1, 0.06]))
    heats = [first_min, *(rng.uniform(1.5, 13) for _ in range(middle)), last_min]
    pauses = [rng.uniform(*pause) * (0.6 if place > 0 and middle > 0 else 1) for place in range(len(heats))]
    pauses[-1] = rng.uniform(0.5, 25)
    if rng.random() < (0.06 if name != 'short' else 0.15):  # one heating alone
        heats, pauses = heats[:1], [rng.uniform(10, 60)]
    return DishwasherProgram(rinse_min, soak_min, tuple(heats), tuple(pauses), rng.random() < 0.5, rng.uniform(5, 50) if dries else 0.0)


def tumble_dryer(rng: Rng) -> Device:
    heat_pump = rng.random() < 0.3
    heater_w, motor_w = rng.uniform(1500, 2800), rng.uniform(120, 300)
    if heat_pump:
        heater_w, motor_w = rng.uniform(450, 900), rng.uniform(20, 80)
    elif rng.random() < 0.2:  # on 240 V, as in North America
        heater_w, motor_w = rng.uniform(2500, 5800), rng.uniform(200, 450)

    def run(rng: Rng) -> np.ndarray:
        full_min = rng.uniform(15, 70)
        if heat_pump:
            length = minutes(full_min * 1.6)
            body = heater_w * (1 - 0.25 * np.exp(-np.arange(length) / 60)) * rng.normal(1, 0.02, length)
            return np.concatenate([body + motor_w, flat(motor_w, rng.uniform(3, 10))]).astype(np.float32)
        body = flat(heater_w, full_min)
        cycles = thermostat(rng, heater_w, rng.uniform(5, 50), rng.uniform(1, 6), rng.uniform(0.7, 4))
        return np.concatenate([np.concatenate([body, cycles]) + motor_w, flat(motor_w, rng.uniform(3, 12))])

    return Device(run, rng.uniform(0.1, 0.9))


# --- water, cars, climate ------------------------------------------------------------------------------------------


def electric_shower(rng: Rng) -> Device:
    power_w = rng.uniform(6500, 10800)
    half = rng.random() < 0.25

    def run(rng: Rng) -> np.ndarray:
        level = 0.5 if half and rng.random() < 0.4 else 1
        return flat(power_w * level * rng.normal(1, 0.01), float(np.clip(rng.lognormal(1.7, 0.5), 0.7, 25)))

    return Device(run, rng.uniform(0.5, 4))


def boiler(rng: Rng) -> Device:
    """Storage water heater: flat blocks, one long in the morning or at night, short ones after each draw."""
    power_w = rng.choice([rng.uniform(1000, 1600), rng.uniform(1600, 3100)])
    long_min = rng.uniform(20, 120)

    def run(rng: Rng) -> np.ndarray:
        duration_min = long_min * rng.lognormal(0, 0.4) if rng.random() < 0.4 else rng.uniform(4, 25)
        return flat(power_w * rng.normal(1, 0.01), min(240, duration_min))

    return Device(run, rng.uniform(1, 6))


def electric_vehicle(rng: Rng) -> Device:
    power_w = rng.choice([2300, 3000, 3600, 7200]) * rng.uniform(0.93, 1.03)

    def run(rng: Rng) -> np.ndarray:
        body = flat(power_w, rng.uniform(45, 480))
        tail = minutes(rng.uniform(1, 30))
        return np.concatenate([body, np.linspace(power_w, power_w * 0.2, tail, dtype=np.float32)])

    return Device(run, rng.uniform(0.2, 0.9))


def air_conditioner(rng: Rng) -> Device:
    power_w = rng.uniform(400, 2500) if rng.random() < 0.75 else rng.uniform(2000, 5000)  # of a room, or of a house
    inverter = rng.random() < 0.6

    def run(rng: Rng) -> np.ndarray:
        duration_min = rng.uniform(30, 480)
        if not inverter:
            return thermostat(rng, power_w, duration_min, rng.uniform(5, 20), rng.uniform(3, 18)) + rng.uniform(20, 60)
        length = minutes(duration_min)
        knots = np.arange(0, length + 120, 90)
        level = np.interp(np.arange(length), knots, rng.uniform(0.2, 0.7, len(knots)))
        pull_down = np.exp(-np.arange(length) / minutes(rng.uniform(5, 25)))
        return (power_w * np.maximum(level, pull_down) * rng.normal(1, 0.02, length)).astype(np.float32)

    return Device(run, rng.uniform(0.5, 3))


def heat_pump(rng: Rng) -> Device:
    """Heats for hours at a level that follows the weather; in the cold it stops to defrost, and works harder after."""
    power_w, defrosts, every_min = rng.uniform(500, 2800), rng.random() < 0.6, rng.uniform(40, 130)
    modulates = rng.random() < 0.6
    on_min, off_min = rng.uniform(8, 40), rng.uniform(8, 50)

    def run(rng: Rng) -> np.ndarray:
        duration_min = rng.uniform(90, 900)
        if not modulates:
            return thermostat(rng, power_w, duration_min, on_min, off_min) + rng.uniform(0, 60)
        length = minutes(duration_min)
        knots = np.arange(0, length + 120, 120)
        level = np.interp(np.arange(length), knots, rng.uniform(0.35, 1, len(knots))) * rng.normal(1, 0.015, length)
        if defrosts:
            for begin in range(minutes(rng.uniform(10, every_min)), length, minutes(every_min)):
                end = begin + minutes(rng.uniform(3, 9))
                level[begin:end] = rng.uniform(0.05, 0.3)
                level[end : end + minutes(rng.uniform(3, 12))] = 1
        return (power_w * level).astype(np.float32)

    return Device(run, rng.uniform(0.8, 3))


def cycling_load(rng: Rng) -> Device:
    """A fan of a furnace, a dehumidifier, a pump: on and off through the day, stronger than a compressor of a kitchen."""
    power_w, on_min, off_min = rng.uniform(250, 900), rng.uniform(3, 25), rng.uniform(6, 60)
    return Device(lambda rng: thermostat(rng, power_w, rng.uniform(300, 1440), on_min, off_min), rng.uniform(0.5, 1.3))


def fan_heater(rng: Rng) -> Device:
    power_w = rng.choice([750, 1000, 1500, 2000, 3000]) * rng.uniform(0.9, 1.05)
    regulated = rng.random() < 0.5

    def run(rng: Rng) -> np.ndarray:
        duration_min = float(np.clip(rng.lognormal(3, 0.9), 3, 240))
        if not regulated:
            return flat(power_w, duration_min)
        return thermostat(rng, power_w, duration_min, rng.uniform(1, 12), rng.uniform(1, 10))

    return Device(run, rng.uniform(0.3, 3))


def storage_heater(rng: Rng) -> Device:
    """Charges for hours in the night."""
    power_w = rng.uniform(1500, 7000)
    return Device(lambda rng: flat(power_w, rng.uniform(90, 420)), rng.uniform(0.5, 1.2))


def motor(rng: Rng) -> Device:
    """A pump, a dehumidifier, a fan: steady for a while."""
    power_w = rng.lognormal(np.log(300), 0.6)
    length_min = rng.lognormal(3, 0.9)

    def run(rng: Rng) -> np.ndarray:
        length = minutes(min(300, length_min * rng.lognormal(0, 0.3)))
        return (power_w * rng.normal(1, 0.02, length)).astype(np.float32)

    return Device(run, rng.uniform(0.5, 12))


# --- refrigeration -------------------------------------------------------------------------------------------------


def refrigerator(rng: Rng, length_min: int) -> np.ndarray:
    """The whole curve of a compressor appliance [W per 10 s]: duty cycle, start surge, decay, door openings, defrosts, hours of cooling down."""
    samples = length_min * SAMPLES_PER_MINUTE
    if rng.random() < 0.12:
        return inverter_refrigerator(rng, samples)
    power_w = rng.lognormal(np.log(95), 0.42)
    usual_on_min, usual_off_min, spread = (50, 60, 0.5) if rng.random() < 0.18 else (16, 28, 0.45)  # well insulated and weak, or not
    on_min, off_min = rng.lognormal(np.log(usual_on_min), spread), rng.lognormal(np.log(usual_off_min), spread)
    surge, surge_s, decay = rng.uniform(1.0, 2.2), rng.uniform(10, 120), rng.uniform(0, 0.3)
    idle_w = rng.uniform(0, 6)
    defrosts = rng.random() < 0.5
    defrost_w, defrost_min, defrost_every_min = rng.uniform(120, 700), rng.uniform(8, 28), rng.uniform(360, 2600)
    fills_every_min = rng.uniform(3000, 15000) if rng.random() < 0.15 else np.inf  # much is put in, or it is told to freeze
    next_fill = rng.exponential(1) * fills_every_min
    curve = np.full(samples, idle_w, dtype=np.float32)
    phase = rng.uniform(0, 2 * np.pi)
    at, next_defrost = -int(rng.uniform(0, on_min + off_min) * SAMPLES_PER_MINUTE), rng.uniform(0, defrost_every_min)
    stretch = 1.0
    while at < samples:
        day_swing = 1 + 0.25 * np.sin(2 * np.pi * at / (1440 * SAMPLES_PER_MINUTE) + phase)
        door = rng.lognormal(0.5, 0.4) if rng.random() < 0.08 else 1.0
        on = minutes(on_min * day_swing * rng.lognormal(0, 0.06) * door * stretch)
        if at > next_fill * SAMPLES_PER_MINUTE:
            on += minutes(rng.uniform(60, 720))
            next_fill += rng.exponential(1) * fills_every_min
        stretch = 1.0
        t = np.arange(on)
        body = power_w * (1 - decay * (1 - np.exp(-t / minutes(12)))) * rng.normal(1, 0.008, on)
        body[: max(1, int(surge_s / 10))] *= surge
        put(curve, at, body)
        at += on + minutes(off_min / day_swing * rng.lognormal(0, 0.06) / door)
        if defrosts and at > next_defrost * SAMPLES_PER_MINUTE:
            block = flat(defrost_w, defrost_min * rng.lognormal(0, 0.1))
            put(curve, at, block)
            at += len(block) + minutes(rng.uniform(2, 10))
            next_defrost += defrost_every_min * rng.lognormal(0, 0.1)
            stretch = rng.uniform(1.3, 3)
    return curve


def inverter_refrigerator(rng: Rng, samples: int) -> np.ndarray:
    low_w, high_w = rng.uniform(20, 45), rng.uniform(45, 110)
    knots = np.arange(0, samples + 600, minutes(rng.uniform(25, 120)))
    level = np.repeat(rng.uniform(low_w, high_w, len(knots)), np.diff(np.append(knots, knots[-1] + minutes(60))))[:samples]
    rests = rng.random(len(knots)) < 0.25
    level *= 1 - 0.97 * np.repeat(rests, np.diff(np.append(knots, knots[-1] + minutes(60))))[:samples]
    return np.pad(level, (0, samples - len(level)), mode='edge').astype(np.float32) * rng.normal(1, 0.01, samples).astype(np.float32)


def put(curve: np.ndarray, at: int, part: np.ndarray) -> None:
    """Lays a part over a curve, cut at the curve's edges."""
    start, stop = max(0, at), min(len(curve), at + len(part))
    if stop > start:
        curve[start:stop] = part[start - at : stop - at]
