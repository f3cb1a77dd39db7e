"""Trains a network on mixed homes and exports it.

    python3 training/train.py --data ../shared/data --resolution 60 --minutes 45 --seed 1 --out out/1.onnx

Folds leave homes or devices out, so that what was left out can be tested on (README.md). Everything is drawn from
`--seed` (and from `--told` and `--tracebase`); the number of steps follows from `--steps`, or from `--minutes` of the machine's time.
"""
from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from export import export
from homes import FOLDS, HEADS, Material, MixedHome, Mixer
from network import WINDOW_SLOTS, Network
from sparse_power import SHARE, as_heard
from told import Told
from weights import NEW_DEVICES, learned_in, load, save

# Short runs fill few minutes, compressors nearly half of them: each head is to be learned as well as the others.
HEAD_WEIGHTS = {
    'fridge': 1.0, 'freezer': 0.6, 'washingMachine': 1.5, 'dishwasher': 2.0, 'tumbleDryer': 0.5, 'oven': 0.7, 'microwave': 4.0, 'kettle': 3.0, 'airConditioner': 0.4,
    'boiler': 0.7, 'electricVehicle': 0.3,
}
# An appliance is looked for in homes that declare it. From the others its head learns this seldom.
ABSENT_SHARE = 0.2
BATCH = 16
POOL = 1200
FRESH_PER_STEP = 2


class Windows:
    """A pool of homes, a few of them fresh at every step, cut into windows as a meter might have seen them."""

    def __init__(self, mixer: Mixer, resolution_s: int, pool: int, sparse: bool = False) -> None:
        """`sparse`: most windows as an in-home device hears them."""
        self.mixer, self.rng, self.sparse = mixer, mixer.rng, sparse
        self.per, self.length = resolution_s // 60, WINDOW_SLOTS[resolution_s]
        self.pool = [self._draw() for _ in range(pool)]

    def _draw(self) -> MixedHome:
        mixed = self.mixer.draw()
        if self.per > 1:
            mixed = coarser(mixed, self.per)
        mixed.known &= mixed.present | (self.rng.random(len(HEADS)) < ABSENT_SHARE)
        mixed.power_w = mixed.power_w.astype(np.float16)
        return mixed

    def batch(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        for _ in range(FRESH_PER_STEP):
            self.pool[int(self.rng.integers(len(self.pool)))] = self._draw()
        picked = [self._window(self.pool[int(i)]) for i in self.rng.integers(0, len(self.pool), BATCH)]
        window, power, running, known = (np.stack(part) for part in zip(*picked))
        return torch.from_numpy(window), torch.from_numpy(power), torch.from_numpy(running), torch.from_numpy(known)

    def _window(self, mixed: MixedHome) -> tuple[np.ndarray, ...]:
        rng, length = self.rng, self.length
        start = int(rng.integers(0, len(mixed.total_w) - length + 1))
        part = slice(start, start + length)
        total_w = mixed.total_w[part]
        if self.sparse and rng.random() < SHARE:
            total_w = as_heard(total_w, rng)
        measured = ~np.isnan(total_w)
        if rng.random() < 0.3:  # the running day ends now
            measured[length - int(rng.integers(1, length * 3 // 4)) :] = False
        if rng.random() < 0.15:
            measured[: int(rng.integers(1, length // 3))] = False
        if rng.random() < 0.2:
            for _ in range(int(rng.integers(1, 5))):
                at = int(rng.integers(0, length))
                measured[at : at + int(rng.lognormal(2.5, 1.2) / self.per) + 1] = False
        scale = rng.lognormal(0, 0.08)
        window = np.stack([np.where(measured, total_w, 0) * scale, measured]).astype(np.float32)
        power = mixed.power_w[:, part].astype(np.float32) * scale
        known = mixed.known[:, None] & measured
        if mixed.unsure is not None:
            known &= ~mixed.unsure[:, part]
        return window, power, mixed.running[:, part].astype(np.float32), known.astype(np.float32)


def coarser(mixed: MixedHome, per: int) -> MixedHome:
    """Means over so many minutes; a slot runs where any of its minutes does."""
    usable = len(mixed.total_w) // per * per
    means = lambda x: x[..., :usable].reshape(*x.shape[:-1], -1, per).mean(axis=-1)
    running = mixed.running[:, :usable].reshape(len(HEADS), -1, per).any(axis=-1)
    unsure = None if mixed.unsure is None else mixed.unsure[:, :usable].reshape(len(HEADS), -1, per).any(axis=-1) & ~running
    return MixedHome(means(mixed.total_w), means(mixed.power_w), running, mixed.known, mixed.present, unsure=unsure)


def windows_of(
    data: Path, fold: str, resolution_s: int, rng: np.random.Generator, any_hour: bool, pool: int, told: tuple[Told, ...] = (),
    tracebase: Path | None = None, sparse: bool = False,
) -> Windows:
    """Windows of homes mixed from what a fold leaves in."""
    homes, devices = FOLDS[fold]
    mixer = Mixer(Material(data.resolve(), homes, devices, told, tracebase), rng, any_hour=any_hour)
    return Windows(mixer, resolution_s, pool, sparse)


def loss_of(network: Network, batch: tuple[Tensor, Tensor, Tensor, Tensor], weights: Tensor, bfloat16: bool) -> Tensor:
    """Is it running; how much does it draw while it runs; and how far is the curve off altogether."""
    window, power_w, running, known = batch
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=bfloat16):
        logits, power = network.outputs(window)
    truth = power_w / network.scale_w
    weighted = known * weights[None, :, None]
    detection = (F.binary_cross_entropy_with_logits(logits, running, reduction='none') * weighted).mean()
    level = (F.smooth_l1_loss(power, truth, reduction='none', beta=0.1) * running * weighted).mean()
    curve = ((torch.sigmoid(logits) * power - truth).abs() * weighted).mean()
    return detection + 2 * level + 0.5 * curve


def train(arguments: argparse.Namespace) -> tuple[Network, set[str]]:
    """A trained network, and what it has learned from. Raises `SystemExit` where what it goes on from, or what told a home apart, knows what the fold leaves out."""
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    rng = np.random.default_rng(arguments.seed)
    told = tuple(Told.read(path) for path in arguments.told)
    network, learned = load(arguments.resume) if arguments.resume else (Network(HEADS), set())
    left_in = learned_in(arguments.fold) | ({NEW_DEVICES} if arguments.tracebase else set())
    for source, taught in ((arguments.resume, learned), *((path, of.learned) for path, of in zip(arguments.told, told))):
        if taught - left_in:
            raise SystemExit(f'{source} has learned from {", ".join(sorted(taught - left_in))}, which {arguments.fold} leaves out{" without --tracebase" if taught - left_in == {NEW_DEVICES} else ""}.')
    windows = windows_of(arguments.data, arguments.fold, arguments.resolution, rng, arguments.any_hour, arguments.pool, told, arguments.tracebase, arguments.sparse)
    network = network.to(memory_format=torch.channels_last)  # a sixth faster
    weights = torch.tensor([HEAD_WEIGHTS.get(head, 1.0) for head in HEADS])
    optimizer = torch.optim.AdamW(network.parameters(), lr=arguments.rate, weight_decay=0.01, foreach=True)
    average = copy.deepcopy(network)
    began, step, done, running_loss = time.monotonic(), 0, 0.0, 0.0
    while done < 1:
        rate = arguments.rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * np.cos(np.pi * min(1, done)))
        for group in optimizer.param_groups:
            group['lr'] = max(rate, arguments.rate * 0.01)
        loss = loss_of(network, windows.batch(), weights, arguments.bfloat16)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        follow(average, network, 0.0 if step < 200 else 0.998)
        running_loss += float(loss)
        step += 1
        done = step / arguments.steps if arguments.steps else (time.monotonic() - began) / (60 * arguments.minutes)
        if step % 200 == 0:
            print(f'step {step}, {done:.0%}, loss {running_loss / 200:.4f}, {time.monotonic() - began:.0f} s', flush=True)
            running_loss = 0.0
            if step % 1000 == 0:
                save(arguments.out.with_suffix('.part.pt'), average, left_in)
    save(arguments.out.with_suffix('.pt'), average, left_in)
    arguments.out.with_suffix('.part.pt').unlink(missing_ok=True)
    print(f'{step} steps, {(time.monotonic() - began) / 60:.0f} minutes', flush=True)
    return average, left_in


def follow(average: Network, network: Network, keep: float) -> None:
    """A running average of the weights: steadier than the last step's."""
    with torch.no_grad():
        for mine, theirs in zip(average.state_dict().values(), network.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.mul_(keep).add_(theirs, alpha=1 - keep)
            else:
                mine.copy_(theirs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', type=Path, required=True, help='folder with homes/ and signatures/')
    parser.add_argument('--fold', choices=FOLDS, default='all')
    parser.add_argument('--resolution', type=int, choices=(60, 900), default=60)
    parser.add_argument('--minutes', type=float, default=60, help='how long to train')
    parser.add_argument('--steps', type=int, default=0, help='how many steps instead')
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--any-hour', action='store_true', help='let devices run at any hour, not at those of a household')
    parser.add_argument('--pool', type=int, default=POOL, help='homes kept at hand')
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--bfloat16', action='store_true', help='compute in 16 bits: a third more steps in the same time where the processor can (avx512_bf16)')
    parser.add_argument('--told', type=Path, nargs='*', default=[], help='homes that networks told apart (.npz of tell_home.py), to learn from where they are sure')
    parser.add_argument('--sparse', action='store_true', help='minutes as an in-home device hears them: power on large changes, energy by the quarter-hour')
    parser.add_argument('--tracebase', type=Path, help='more devices, in finer samples (a folder of tracebase.py)')
    parser.add_argument('--resume', type=Path, help='weights (.pt) to go on from')
    parser.add_argument('--out', type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.sparse and arguments.resolution != 60:
        parser.error('--sparse is for minutes')
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    network, learned = train(arguments)
    export([network], arguments.out, arguments.resolution, learned)


if __name__ == '__main__':
    main()
