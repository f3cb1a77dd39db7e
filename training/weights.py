"""Trained weights (`.pt`): a network's, and what it has learned from, in this training and in those it goes on from."""
from __future__ import annotations

from pathlib import Path

import torch

from homes import FOLDS, HEADS
from network import Network

# What the whole of tracebase adds to the devices of `signatures/`.
NEW_DEVICES = 'new devices'


def learned_in(fold: str) -> set[str]:
    """What is learned from in a fold, without `--tracebase`: homes with labels, and halves of the devices."""
    homes, devices = FOLDS[fold]
    return {*homes, *(f'{half} devices' for half in ('even', 'odd') if devices in ('all', half))}


def save(path: Path, network: Network, learned: set[str]) -> None:
    torch.save({'learned': sorted(learned), 'weights': network.state_dict()}, path)


def load(path: Path) -> tuple[Network, set[str]]:
    """A network, and what it has learned from."""
    kept = torch.load(path)
    network = Network(HEADS)
    network.load_state_dict(kept['weights'])
    return network, set(kept['learned'])
