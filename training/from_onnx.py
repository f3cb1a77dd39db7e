"""Reads the networks of an exported file back, so that training can go on from a file that ships.

    python3 training/from_onnx.py data/models/minute.onnx --data ../shared/data --out out/shipped

An exported convolution has its batch normalisation folded into it. Training needs the two apart, so some mixed homes, of what it has learned from, are shown to the
network, and each normalisation gets the means and variances of what its convolution then says. The networks answer as before.
They have learned from what `trained-on.json` beside the file says.
"""
from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from homes import FOLDS, HEADS
from network import Attention, Network
from train import windows_of
from weights import learned_in, save

BATCHES = 20


def read_back(path: Path, shown: list[Tensor]) -> Iterator[Network]:
    """The members of a committee, in its order. `shown`: windows of mixed homes, `[batch, 2, length]` each."""
    graph = onnx.load(str(path)).graph
    per_member = sum(isinstance(module, nn.Conv2d) for module in Network(HEADS).modules())
    values = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    # Tensors that are alike in two members (a scale that was never trained) are stored once.
    values |= {node.output[0]: values[node.input[0]] for node in graph.node if node.op_type == 'Identity'}
    convolutions = [node.input[1:] for node in graph.node if node.op_type == 'Conv']
    products = [node.input[1] for node in graph.node if node.op_type == 'MatMul' and node.input[1] in values]
    members = len(convolutions) // per_member
    for member in range(members):
        network = Network(HEADS).eval()
        own = lambda parts: parts[member * len(parts) // members : (member + 1) * len(parts) // members]
        with torch.no_grad():
            _fill_convolutions(network, [(values[weight], values[bias]) for weight, bias in own(convolutions)])
            _fill_attention(network, values, f'members.{member}', own(products))
            _unfold(network, shown)
        yield network


def _norms(network: Network) -> dict[nn.Conv2d, nn.BatchNorm2d]:
    blocks = [block for block in network.modules() if isinstance(block, nn.Sequential) and len(block) == 3 and isinstance(block[1], nn.BatchNorm2d)]
    return {block[0]: block[1] for block in blocks}


def _fill_convolutions(network: Network, exported: list[tuple[Tensor, Tensor]]) -> None:
    """Exported convolutions stand in the order in which a window meets them; so far the normalisations only add the bias."""
    met: list[nn.Conv2d] = []
    hooks = [module.register_forward_hook(lambda module, *_: met.append(module)) for module in network.modules() if isinstance(module, nn.Conv2d)]
    network(torch.zeros(1, 2, 128))
    for hook in hooks:
        hook.remove()
    norms = _norms(network)
    for convolution, (weight, bias) in zip(met, exported, strict=True):
        convolution.weight.copy_(weight)
        if convolution not in norms:
            convolution.bias.copy_(bias)
            continue
        norm = norms[convolution]
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.copy_(bias)


def _fill_attention(network: Network, values: dict[str, Tensor], member: str, products: list[str]) -> None:
    modules = [(name, module) for name, module in network.named_modules() if isinstance(module, Attention)]
    for place, (name, attention) in enumerate(modules):
        attention.qkv.weight.copy_(values[products[2 * place]].T)
        attention.out.weight.copy_(values[products[2 * place + 1]].T)
        for part in ('norm.weight', 'norm.bias', 'qkv.bias', 'out.bias'):
            attention.get_parameter(part).copy_(values[f'{member}.{name}.{part}'])


def _unfold(network: Network, shown: list[Tensor]) -> None:
    """Gives each normalisation the statistics of its convolution, and each filter the size that one has before training."""
    norms = _norms(network)
    sums = {convolution: torch.zeros(2, convolution.out_channels, dtype=torch.float64) for convolution in norms}
    count = dict.fromkeys(norms, 0)

    def note(convolution: nn.Conv2d, _: object, out: Tensor) -> None:
        sums[convolution] += torch.stack([out.double().sum((0, 2, 3)), out.double().square().sum((0, 2, 3))])
        count[convolution] += out.numel() // out.shape[1]

    hooks = [convolution.register_forward_hook(note) for convolution in norms]
    for window in shown:
        network(window)
    for hook in hooks:
        hook.remove()
    for convolution, norm in norms.items():
        mean, square = sums[convolution] / count[convolution]
        variance = (square - mean**2).clamp(min=1e-8)
        inputs = convolution.weight[0].numel()
        scale = (inputs**-0.5 / convolution.weight.flatten(1).square().mean(1).sqrt().clamp(min=1e-8)).clamp(0.02, 50)
        convolution.weight.mul_(scale[:, None, None, None])
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale**2)
        norm.weight.copy_((norm.running_var + norm.eps).sqrt() / scale)
        norm.bias.add_(mean.float())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model', type=Path, help='an exported committee (.onnx)')
    parser.add_argument('--data', type=Path, required=True, help='folder with homes/ and signatures/')
    parser.add_argument('--sparse', action='store_true', help='a committee that was trained with it')
    parser.add_argument('--seed', type=int, default=99)
    parser.add_argument('--out', type=Path, required=True, help='folder for hours.pt and any-hour.pt')
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    resolution_s = int({entry.key: entry.value for entry in onnx.load(str(arguments.model)).metadata_props}['resolution_s'])
    if arguments.sparse and resolution_s != 60:
        parser.error('--sparse is for minutes')
    learned = set(json.loads(arguments.model.with_name('trained-on.json').read_text())[arguments.model.name])
    fold = next(fold for fold in FOLDS if learned_in(fold) <= learned)
    windows = windows_of(arguments.data, fold, resolution_s, np.random.default_rng(arguments.seed), any_hour=False, pool=3 * BATCHES, sparse=arguments.sparse)
    shown = [windows.batch()[0] for _ in range(BATCHES)]
    for name, network in zip(('hours', 'any-hour'), read_back(arguments.model, shown), strict=True):
        save(arguments.out / f'{name}.pt', network, learned)


if __name__ == '__main__':
    main()
