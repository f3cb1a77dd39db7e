"""Windows of minutes as an in-home device of an Italian meter hears them (Chain 2): power when it has changed by a band, energy by the quarter-hour.

The slots of such readings are those that the product makes of them: in each quarter-hour the power gives the shape, the energy the sum
(`src/energy/slots-from-readings.ts`).
"""
from __future__ import annotations

import numpy as np

QUARTER_MIN = 15
# The product's windows end three hours after midnight: in one of 2,048 minutes the first quarter-hour begins in this one.
FIRST_BOUND = 8
# A power holds for so long [min] unless another comes.
HOLD_MIN = 16
# Bands of a tenth of what contracts allow [W], those of 3 kW more often.
BANDS_W = (150, 300, 300, 300, 450, 600)
# A power comes so much of a minute after that began, at the most.
LATEST = 0.1
# In training one window in ten stays as it is.
SHARE = 0.9
Rng = np.random.Generator


def as_heard(total_w: np.ndarray, rng: Rng) -> np.ndarray:
    """A window's mean powers [W per minute, NaN where unmeasured] as heard: in whole W and Wh. Quarter-hours of which any minute lacks have no energy."""
    held_w = _sent_and_held(total_w, float(rng.choice(BANDS_W)), rng.uniform(0, LATEST))
    heard_w = np.full(len(total_w), np.nan, np.float32)
    left_wh = 0.0
    for start in range(FIRST_BOUND - QUARTER_MIN, len(total_w), QUARTER_MIN):
        part = slice(max(0, start), min(len(total_w), start + QUARTER_MIN))
        if np.isnan(total_w[part]).any():
            heard_w[part] = held_w[part]
            continue
        exact_wh = total_w[part].sum() / 60 + left_wh
        left_wh = exact_wh - np.floor(exact_wh)
        mean_w = np.floor(exact_wh) * 60 / len(total_w[part])
        shape_w = np.where(np.isnan(held_w[part]), mean_w, held_w[part])
        is_shaped = shape_w.sum() > 0 and not np.isnan(held_w[part]).all()
        heard_w[part] = shape_w * (mean_w / shape_w.mean()) if is_shaped else mean_w
    return heard_w


def _sent_and_held(total_w: np.ndarray, band_w: float, late: float) -> np.ndarray:
    """The power that was sent last, minute by minute [W]; NaN where none holds."""
    held_w = np.full(len(total_w), np.nan)
    last_w, since_min = -np.inf, HOLD_MIN
    for minute, here_w in enumerate(total_w.tolist()):
        before_w = last_w
        if here_w == here_w and abs(here_w - last_w) > band_w:
            last_w, since_min = float(round(here_w)), 0
            held_w[minute] = last_w if before_w < 0 else late * before_w + (1 - late) * last_w
        else:
            since_min += 1
            if since_min < HOLD_MIN and last_w >= 0:
                held_w[minute] = last_w
    return held_w
