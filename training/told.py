"""A home without sub-meters as networks told it apart (`tell_home.py`), kept in a file."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Told:
    """Per head and minute of a recorded home: belief (0–1), and power [W] if the appliance runs; and what the networks had learned from."""

    home: str
    belief: np.ndarray
    power_w: np.ndarray
    learned: frozenset[str]

    def write(self, path: Path) -> None:
        half = {name: getattr(self, name).astype(np.float16) for name in ('belief', 'power_w')}
        with path.open('wb') as file:
            np.savez_compressed(file, home=self.home, learned=sorted(self.learned), **half)

    @staticmethod
    def read(path: Path) -> 'Told':
        with np.load(path) as kept:
            belief, power_w = (kept[name].astype(np.float32) for name in ('belief', 'power_w'))
            return Told(str(kept['home']), belief, power_w, frozenset(kept['learned'].tolist()))
