"""Computes the sales of a shop by month. Its orders are generated, the same ones each time.

    python3 report.py <first day> <number of days> <country, or all>
"""

import json
import sys
from datetime import date, timedelta

COUNTRIES = ["AT", "DE", "FR", "IT", "NL"]
DAY_ZERO = date(1970, 1, 1)


def main():
    first, days, country = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    months = {}
    for index in range(days):
        day = date.fromisoformat(first) + timedelta(days=index)
        month = months.setdefault(f"{day:%Y-%m}", {"customers": set(), "orders": 0, "cents": 0})
        add_day(month, day, country)
        # A line like this one is the progress of the run.
        if (index + 1) % 7 == 0:
            print(f"::progress {index + 1}/{days} orders until {day}", flush=True)
    # This line is the result of the run: `result_source` of the job says so.
    result = {"from": first, "days": days, "country": country, "months": [totals(*entry) for entry in months.items()]}
    print(f"::result {json.dumps(result, separators=(',', ':'))}", flush=True)


def add_day(month, day, country):
    """Adds the orders of a day. Each has a customer, a country and an amount of money in cents."""
    random = random_numbers((day - DAY_ZERO).days)
    for _ in range(90_000 if day.month > 10 else 50_000):  # people buy presents
        customer = int(next(random) * 1_000_000)
        cents = 500 + int(next(random) * 12_000)
        if country not in ("all", COUNTRIES[customer % len(COUNTRIES)]):
            continue
        month["customers"].add(customer)
        month["orders"] += 1
        month["cents"] += cents


def random_numbers(seed):
    """https://en.wikipedia.org/wiki/Linear_congruential_generator"""
    while True:
        seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        yield seed / 0x80000000


def totals(month, sums):
    return {"month": month, "customers": len(sums["customers"]), "orders": sums["orders"], "revenue": (sums["cents"] + 50) // 100}


if __name__ == "__main__":
    main()
