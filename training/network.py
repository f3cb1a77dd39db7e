"""The network: a one-dimensional U-Net over a window of a load curve, a pair of outputs per appliance.

Inside, a window is an image of one row: ONNX Runtime convolves images in blocks of channels, rows it does not (a fifth faster).

In: `[batch, 2, length]`, mean power [W] (0 where unmeasured) and 1 where measured; `length` a multiple of `STRIDE`.
Out: `[batch, 2 * heads, length]`: per head the probability that a run covers the slot, then per head the power [W] that
the appliance draws if it does. Features are made inside, so that the exported file takes plain watts.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STRIDE = 32
# Length of the windows that networks see [slots], by resolution [s]: 34 hours of minutes, 64 of quarter-hours.
WINDOW_SLOTS = {60: 2048, 900: 256}

# Typical power of each head [W], the unit of its power output.
SCALE_W = {
    'fridge': 100, 'freezer': 100, 'washingMachine': 600, 'dishwasher': 1000, 'tumbleDryer': 1500, 'oven': 1500, 'microwave': 1000,
    'kettle': 2000, 'airConditioner': 800, 'shower': 8000, 'boiler': 1500, 'electricVehicle': 3500,
}


def conv(inputs: int, outputs: int, width: int = 5, dilation: int = 1) -> nn.Sequential:
    pad = dilation * (width // 2)
    convolution = nn.Conv2d(inputs, outputs, (1, width), padding=(0, pad), dilation=(1, dilation), bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, channels: int, width: int = 3, dilation: int = 1) -> None:
        super().__init__()
        self.body = conv(channels, channels, width, dilation)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Attention(nn.Module):
    """Lets moments of the window look at each other: the same kettle at noon, the fridge's rhythm."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, _, length = x.shape
        tokens = self.norm(x.float().squeeze(2).transpose(1, 2))
        q, k, v = self.qkv(tokens).reshape(batch, length, 3, self.heads, channels // self.heads).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-2, -1) * (channels // self.heads) ** -0.5, dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(batch, length, channels)
        return x + self.out(mixed).transpose(1, 2).unsqueeze(2)


class Network(nn.Module):
    def __init__(self, heads: tuple[str, ...], channels: tuple[int, ...] = (16, 16, 32, 48, 64, 96)) -> None:
        super().__init__()
        self.heads = heads
        self.stem = nn.Sequential(conv(6, channels[0], 7), Residual(channels[0]))
        self.down = nn.ModuleList(
            nn.Sequential(conv(a, b), Residual(b)) for a, b in zip(channels[:-1], channels[1:])
        )
        deepest = channels[-1]
        self.middle = nn.Sequential(Residual(deepest, 5, 2), Attention(deepest), Residual(deepest, 5, 4), Attention(deepest))
        self.up = nn.ModuleList(
            nn.Sequential(conv(b + a, a, 3), Residual(a)) for a, b in reversed(list(zip(channels[:-1], channels[1:])))
        )
        self.head = nn.Conv2d(channels[0], 2 * len(heads), 1)
        self.register_buffer('scale_w', torch.tensor([SCALE_W[h] for h in heads], dtype=torch.float32)[None, :, None])

    @staticmethod
    def features(power_w: Tensor, measured: Tensor) -> Tensor:
        """Several views of the power: logarithm, clipped watts, steps, and what stands above the lowest hour around."""
        power_w = power_w * measured
        log = torch.log1p(power_w / 50)
        step = torch.tanh((power_w - F.pad(power_w[:, :, :-1], (1, 0))) / 500)
        floor_w = -F.max_pool1d(-(power_w + (1 - measured) * 20000), 61, stride=1, padding=30)
        above_w = torch.relu(power_w - floor_w) * measured
        return torch.cat([log, power_w.clamp(max=12000) / 3000, step, torch.log1p(above_w / 20), above_w.clamp(max=300) / 150, measured], dim=1)

    def outputs(self, window: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of running and power [in units of `scale_w`], each `[batch, heads, length]`."""
        x = self.stem(self.features(window[:, :1], window[:, 1:2]).unsqueeze(2))
        skips = []
        for level in self.down:
            skips.append(x)
            x = level(F.max_pool2d(x, (1, 2)))
        x = self.middle(x)
        for level, skip in zip(self.up, reversed(skips)):
            x = level(torch.cat([F.interpolate(x, scale_factor=(1.0, 2.0), mode='nearest'), skip], dim=1))
        logits, power = self.head(x).float().squeeze(2).chunk(2, dim=1)
        return logits, torch.log(1 + torch.exp(power.clamp(max=30)))  # softplus; ONNX Runtime computes its own slowly

    def forward(self, window: Tensor) -> Tensor:
        logits, power = self.outputs(window)
        return torch.cat([torch.sigmoid(logits), power * self.scale_w], dim=1)


class Committee(nn.Module):
    """Networks that were trained apart, asked together: each errs elsewhere, so their mean errs less than any of them."""

    def __init__(self, members: list[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, window: Tensor) -> Tensor:
        """The mean belief, and the mean power of those who believe."""
        beliefs, powers = zip(*(member(window).chunk(2, dim=1) for member in self.members))
        total = sum(beliefs)
        power = sum(belief * power for belief, power in zip(beliefs, powers)) / total.clamp(min=1e-6)
        return torch.cat([total / len(self.members), power], dim=1)
