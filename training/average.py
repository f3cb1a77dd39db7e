"""Averages one network as it is after several stages of its training: what a single stage found by chance weighs less.

    python3 training/average.py --out out/mean.pt out/before.pt out/after.pt

Stages of one training alone have a mean that is a network; networks that began apart do not. See Izmailov et al.,
"Averaging Weights Leads to Wider Optima and Better Generalization", 2018, arXiv:1803.05407. They compute what batch normalisation knows
of its inputs anew with the mean weights; here it is averaged like the weights, and what results is what is measured.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import torch

from homes import HEADS
from network import Network
from weights import load, save


def mean_of(stages: list[Network]) -> Network:
    """The network of mean weights. Counts, of batches seen, are those of the last stage."""
    states = [stage.state_dict() for stage in stages]
    mean = Network(HEADS)
    mean.load_state_dict({
        name: torch.stack([state[name] for state in states]).mean(dim=0) if last.dtype.is_floating_point else last
        for name, last in states[-1].items()
    })
    return mean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path, nargs='+', help='weights (.pt) of one network, an earlier stage first')
    parser.add_argument('--out', type=Path, required=True)
    arguments = parser.parse_args()
    if len(arguments.weights) < 2:
        parser.error('a mean needs two stages or more')
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    stages, learned = zip(*(load(path) for path in arguments.weights))
    save(arguments.out, mean_of(list(stages)), set.union(*learned))


if __name__ == '__main__':
    main()
