"""Reads every answer that carries `electricity_data` into a pandas DataFrame.

Usage: python3 read_with_pandas.py BASE_URL CLIENT_ID CLIENT_SECRET ACCOUNT_NUMBER

Needs python3 and pandas, nothing else. Prints one line per endpoint: its name and the shape of its frame.
"""

import io
import json
import sys
import urllib.parse
import urllib.request

import pandas as pd

PERIOD_ENDPOINTS = ["consumption", "consumption/distribution"]
PLAIN_ENDPOINTS = [
    "consumption/latest",
    "consumption/trend",
    "consumption/yearly-distribution",
    "consumption/compound",
]


def fetch_token(base_url, client_id, client_secret):
    """An access token of the client credentials grant."""
    form = urllib.parse.urlencode(
        {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    )
    with urllib.request.urlopen(f"{base_url}/auth/token", data=form.encode()) as answer:
        return json.load(answer)["access_token"]


def fetch(base_url, token, path):
    """The `data` of an answer."""
    request = urllib.request.Request(f"{base_url}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def frame_of(electricity_data):
    """A DataFrame of the "split" orient: instants become a UTC index, null becomes NaN."""
    return pd.read_json(io.StringIO(json.dumps(electricity_data)), orient="split")


def habits_frame_of(electricity_data):
    """Habits are indexed by weekday (0 = Monday) and hour, which `read_json` cannot build itself."""
    index = pd.MultiIndex.from_tuples(map(tuple, electricity_data["index"]), names=["weekday", "hour"])
    return pd.DataFrame(electricity_data["data"], columns=electricity_data["columns"], index=index)


def main(base_url, client_id, client_secret, account_number):
    token = fetch_token(base_url, client_id, client_secret)
    account = f"/accounts/{urllib.parse.quote(account_number)}"
    paths = [f"{name}?period=last-week" for name in PERIOD_ENDPOINTS] + PLAIN_ENDPOINTS
    for path in paths:
        frame = frame_of(fetch(base_url, token, f"{account}/{path}")["electricity_data"])
        print(path, *frame.shape, *frame.columns)
    habits = fetch(base_url, token, f"{account}/consumption/habits?period=last-month")["electricity_data"]
    frame = habits_frame_of(habits)
    print("consumption/habits", *frame.shape, *frame.columns)
    greenness = frame_of(fetch(base_url, token, "/greenness")["time_series"])
    print("greenness", *greenness.shape, *greenness.columns)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
