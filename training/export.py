"""Writes a network as ONNX, with what a reader of the file must know in its metadata."""
from __future__ import annotations

import json
from pathlib import Path

import onnx
import torch

from network import STRIDE, Network


def export(network: Network, path: Path, resolution_s: int) -> None:
    slots = f'slots{STRIDE}'  # what a reader's windows must be a multiple of
    window = torch.zeros(2, 2, STRIDE * 4)
    torch.onnx.export(
        network, (window,), str(path), opset_version=15, input_names=['window'], output_names=['appliances'],
        dynamic_axes={'window': {0: 'batch', 2: slots}, 'appliances': {0: 'batch', 2: slots}},
    )
    model = onnx.load(str(path))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 2 * len(network.heads)
    onnx.helper.set_model_props(model, {'heads': json.dumps(network.heads), 'resolution_s': str(resolution_s), 'stride': str(STRIDE)})
    onnx.save(model, str(path))
