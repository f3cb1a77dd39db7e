"""When things run in a home: people cook, boil and wash at the same hours, and one thing follows another.

In a recorded home a dishwasher starts when the hob has just been used, not at any minute. A network that saw devices scattered evenly
takes what was hot before for the first heating.
"""
from __future__ import annotations

import numpy as np

from recordings import DAY_MIN

Rng = np.random.Generator

# The share of a kind's runs that keep to the home's occasions, and how long after one they start [min].
HABITS = {
    'kettle': (0.75, 0), 'microwave': (0.75, 5), 'toaster': (0.85, 0), 'coffeeMaker': (0.85, 0), 'hairDryer': (0.6, 10), 'hob': (0.85, 0),
    'oven': (0.85, -15), 'dishwasher': (0.65, 45), 'washingMachine': (0.5, 20), 'tumbleDryer': (0.4, 60), 'shower': (0.6, -20), 'boiler': (0.5, 10),
    'iron': (0.4, 30), 'vacuumCleaner': (0.4, 30), 'fanHeater': (0.4, 0),
}
# What is loaded again, or loaded with what another has washed: the share of homes, and of a home's runs, in which it follows on.
FOLLOWS = {'washingMachine': ('washingMachine', 0.5, 0.35), 'tumbleDryer': ('washingMachine', 0.7, 0.7)}


class Rhythm:
    """The occasions of one home over some days: up to five a day, at about the same hours; some days lack some."""

    def __init__(self, rng: Rng, length_min: int, begins_min: int) -> None:
        """`begins_min`: the minute of the day in which the home's first minute lies."""
        self.rng, self.length_min = rng, length_min
        typical = [[7, 12.5, 19], [7.5, 18], [8, 13, 17, 20.5], [6.5, 10, 13, 16.5, 20]][int(rng.integers(4))]
        usual_min = 60 * (np.array(typical) + rng.normal(0, 0.7, len(typical)))
        days = np.arange(-1, length_min // DAY_MIN + 2)
        at = (days[:, None] * DAY_MIN + usual_min[None, :] - begins_min).ravel()
        at = at + rng.normal(0, rng.uniform(5, 45), len(at))
        kept = rng.random(len(at)) < rng.uniform(0.6, 1)
        self.occasions_min = at[kept & (at >= 0) & (at < length_min)]
        self.spread_min = rng.uniform(8, 35)
        self.strength = rng.uniform(0.3, 1.1)
        self.ended: dict[str, list[int]] = {}
        self.follows = {kind: rng.random() < homes for kind, (_, homes, _) in FOLLOWS.items()}

    def start(self, kind: str) -> int:
        """The minute in which a run of a kind starts."""
        rng = self.rng
        after, _, following = FOLLOWS.get(kind, ('', 0, 0.0))
        if self.follows.get(kind, False) and self.ended.get(after) and rng.random() < following:
            ended = self.ended[after]
            at = ended[int(rng.integers(len(ended)))] + rng.uniform(11 if after == kind else 1, 45)
        else:
            keeping, delay_min = HABITS.get(kind, (0.0, 0))
            if len(self.occasions_min) == 0 or rng.random() >= keeping * self.strength:
                return int(rng.integers(0, self.length_min))
            occasion = self.occasions_min[int(rng.integers(len(self.occasions_min)))]
            at = occasion + delay_min + rng.normal(0, self.spread_min * (1.6 if delay_min > 10 else 1))
        return int(at) if 0 <= at < self.length_min else int(rng.integers(0, self.length_min))

    def note(self, kind: str, stop: int) -> None:
        """Keeps when a run ended, for what follows on."""
        self.ended.setdefault(kind, []).append(stop)
