"""Writes networks as one ONNX file, and beside it, in `trained-on.json`, what each file learned from: labelled homes, and devices.

The name of the file's input, its dimensions and its metadata say what else a reader must know.

    python3 training/export.py --resolution 60 --out data/models/minute.onnx out/1.pt out/2.pt
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import onnx
import torch

from homes import HEADS
from network import STRIDE, Committee, Network
from weights import load


def export(networks: list[Network], path: Path, resolution_s: int, learned: set[str]) -> None:
    """One network as it is, several as a committee. `learned`: what any of them learned from (`weights.py`)."""
    window_name = {60: 'minutes', 900: 'quarters'}[resolution_s]
    slots = f'slots{STRIDE}'  # what a reader's windows must be a multiple of
    window = torch.zeros(2, 2, STRIDE * 4)
    whole = networks[0] if len(networks) == 1 else Committee(networks)
    torch.onnx.export(
        whole.eval(), (window,), str(path), opset_version=15, input_names=[window_name], output_names=['appliances'],
        dynamic_axes={window_name: {0: 'batch', 2: slots}, 'appliances': {0: 'batch', 2: slots}},
    )
    model = onnx.load(str(path))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 2 * len(HEADS)
    onnx.helper.set_model_props(model, {'heads': json.dumps(HEADS), 'resolution_s': str(resolution_s), 'stride': str(STRIDE)})
    onnx.save(model, str(path))
    beside = path.with_name('trained-on.json')
    known = json.loads(beside.read_text()) if beside.exists() else {}
    known.pop('homes', None)  # what older files say, of networks that they do not name
    beside.write_text(json.dumps({**known, path.name: sorted(learned)}) + '\n')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('weights', type=Path, nargs='+', help='weights (.pt) of one network, or of several that answer together')
    parser.add_argument('--resolution', type=int, choices=(60, 900), default=60)
    parser.add_argument('--out', type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    networks, learned = zip(*(load(path) for path in arguments.weights))
    export(list(networks), arguments.out, arguments.resolution, set.union(*learned))


if __name__ == '__main__':
    main()
