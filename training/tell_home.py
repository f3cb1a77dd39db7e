"""Tells a home without sub-meters apart by trained networks, so that others can learn from it where these are sure (`homes.py`).

    python3 training/tell_home.py out/mean/hours.pt out/mean/any-hour.pt --home home-4 --data ../shared/data --out out/home-4.npz

Of a home with circuits each appliance is told from its circuit, where nothing else is mistaken for it, and draws nothing where that rests.

A student that sees more than its teachers, here devices laid over the home, can outgrow them: Xie et al.,
"Self-training with Noisy Student improves ImageNet classification", 2020, arXiv:1911.04252.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from homes import HEADS
from network import WINDOW_SLOTS, Committee
from recordings import CIRCUITS, Home, home
from told import Told
from weights import load

WINDOW_MIN = WINDOW_SLOTS[60]
# What is taken of a window [min]; the rest is its surroundings.
TAKEN_MIN = 1024
AT_ONCE = 32
# What stands on no circuit is believed in no further: electric heating looks like much else.
UNSURE = 0.5
# More than a circuit's fridge draws [W].
DRAWS_W = 150


def told_apart(committee: Committee, total_w: np.ndarray) -> np.ndarray:
    """What the committee says of every minute, `[2 * heads, minutes]`, each from a window in whose middle half it lies."""
    lead = (WINDOW_MIN - TAKEN_MIN) // 2
    padded = np.pad(total_w, (lead, 2 * WINDOW_MIN), constant_values=np.nan)
    windows = np.stack([padded[at : at + WINDOW_MIN] for at in range(0, len(total_w), TAKEN_MIN)])
    measured = ~np.isnan(windows)
    shown = torch.from_numpy(np.stack([np.where(measured, windows, 0), measured], axis=1).astype(np.float32))
    with torch.no_grad():
        said = torch.cat([committee(part)[..., lead : lead + TAKEN_MIN] for part in shown.split(AT_ONCE)])
    return said.permute(1, 0, 2).flatten(1).numpy()[:, : len(total_w)]


def told_by_circuit(committee: Committee, recorded: Home) -> tuple[np.ndarray, np.ndarray]:
    """Belief and power [W], `[heads, minutes]` each: of a head with a circuit from that, of others from what stands outside the circuits."""
    unmeasured = np.isnan(recorded.total_w)
    belief, power_w = np.split(told_apart(committee, recorded.rest_w if recorded.circuits_w else recorded.total_w), 2)
    if recorded.circuits_w:
        belief = np.minimum(belief, UNSURE)
        belief[HEADS.index('electricVehicle')] = 0  # recorded in 2006
    for circuit, circuit_w in recorded.circuits_w.items():
        of_heads = [HEADS.index(head) for head in CIRCUITS[circuit]]
        of_circuit = np.split(told_apart(committee, np.where(unmeasured, np.nan, circuit_w)), 2)
        # Where a circuit draws, something on it runs, whatever the networks make of it.
        of_circuit[0] = np.where(circuit_w > DRAWS_W, np.maximum(of_circuit[0], UNSURE), of_circuit[0])
        belief[of_heads], power_w[of_heads] = of_circuit[0][of_heads], np.minimum(of_circuit[1][of_heads], circuit_w)
    belief[:, unmeasured] = 0  # networks are not trained on what they say there
    return belief, power_w


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path, nargs='+', help='weights (.pt) of the networks of minutes that tell')
    parser.add_argument('--home', choices=('home-3', 'home-4'), default='home-4')
    parser.add_argument('--data', type=Path, required=True, help='folder with homes/ and signatures/')
    parser.add_argument('--out', type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    networks, learned = zip(*(load(path) for path in arguments.weights))
    belief, power_w = told_by_circuit(Committee(list(networks)).eval(), home(arguments.data.resolve(), arguments.home))
    Told(arguments.home, belief, power_w, frozenset(set.union(*learned))).write(arguments.out)


if __name__ == '__main__':
    main()
