"""Tells a home without sub-meters apart by trained networks, so that others can learn from it where these are sure (`homes.py`).

    python3 training/tell_home.py out/mean/hours.pt out/mean/any-hour.pt --data ../shared/data --out out/home-4.npz

A student that sees more than its teachers, here devices laid over the home, can outgrow them: Xie et al.,
"Self-training with Noisy Student improves ImageNet classification", 2020, arXiv:1911.04252.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from network import WINDOW_SLOTS, Committee
from recordings import home
from told import Told
from weights import load

HOME = 'home-4'
WINDOW_MIN = WINDOW_SLOTS[60]
# What is taken of a window [min]; the rest is its surroundings.
TAKEN_MIN = 1024
AT_ONCE = 32


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path, nargs='+', help='weights (.pt) of the networks of minutes that tell')
    parser.add_argument('--data', type=Path, required=True, help='folder with homes/ and signatures/')
    parser.add_argument('--out', type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    networks, learned = zip(*(load(path) for path in arguments.weights))
    total_w = home(arguments.data.resolve(), HOME).total_w
    belief, power_w = np.split(told_apart(Committee(list(networks)).eval(), total_w), 2)
    belief[:, np.isnan(total_w)] = 0  # networks are not trained on what they say there
    Told(HOME, belief, power_w, frozenset(set.union(*learned))).write(arguments.out)


if __name__ == '__main__':
    main()
