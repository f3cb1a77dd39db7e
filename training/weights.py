"""Trained weights (`.pt`): a network's, and the labelled homes that it has learned from, in this training and in those it goes on from."""
from __future__ import annotations

from pathlib import Path

import torch

from homes import HEADS
from network import Network


def save(path: Path, network: Network, homes: set[str]) -> None:
    torch.save({'homes': sorted(homes), 'weights': network.state_dict()}, path)


def load(path: Path) -> tuple[Network, set[str]]:
    """A network, and the homes it has learned from."""
    kept = torch.load(path)
    network = Network(HEADS)
    network.load_state_dict(kept['weights'])
    return network, set(kept['homes'])
