"""Times Google's dp_accounting on the settings of the accounting benchmark."""

import time

import dp_accounting
from dp_accounting import pld, rdp

SETTINGS = [(0.01, 1.0, 1000), (0.00427, 1.1, 14062), (0.01, 0.3, 1000)]


def milliseconds(accountant, event):
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        accountant().compose(event).get_epsilon(1e-5)
        best = min(best, time.perf_counter() - start)
    return 1000 * best


for q, z, rounds in SETTINGS:
    event = dp_accounting.SelfComposedDpEvent(
        dp_accounting.PoissonSampledDpEvent(q, dp_accounting.GaussianDpEvent(z)), rounds
    )
    for name, accountant in [("rdp", rdp.RdpAccountant), ("pld", pld.PLDAccountant)]:
        print(f"dp_accounting {name} {q} {z} {rounds}: {milliseconds(accountant, event):.1f} ms")
