"""Makes tiny.onnx: a network of two outputs that can be checked by hand.

Output 0 is the mean of a slot of channel 0 and its two neighbours (0 beyond the ends), output 1 is channel 0 + 2 x
channel 1; both are then averaged over pairs of slots, so that the length must be a multiple of 2.

    python3 make_tiny_network.py    # needs onnx (Debian: python3-onnx)
"""
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

weights = np.zeros((2, 2, 3), dtype=np.float32)
weights[0, 0, :] = 1 / 3
weights[1, 0, 1] = 1
weights[1, 1, 1] = 2

graph = helper.make_graph(
    [
        helper.make_node("Conv", ["x", "weights"], ["conv"], pads=[1, 1]),
        helper.make_node("AveragePool", ["conv"], ["halved"], kernel_shape=[2], strides=[2]),
        helper.make_node("Resize", ["halved", "", "scales"], ["y"], mode="nearest",
                         coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    ],
    "tiny",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2, "slots2"])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 2, "slots2"])],
    [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array([1, 1, 2], dtype=np.float32), "scales"),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
checker.check_model(model)
save(model, str(Path(__file__).parent / "tiny.onnx"))
