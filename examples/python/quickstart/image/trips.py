"""A job that is too heavy for an API call: it generates a CSV file of taxi trips, sorts it on disk, and prints statistics.

It needs only Python's standard library, and at most a few dozen megabytes of memory.

    python3 trips.py <megabytes>
"""

import heapq
import json
import os
import signal
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

CITIES = ["Antwerp", "Bergen", "Cusco", "Dakar", "Esfahan", "Florence", "Granada", "Hanoi", "Izmir", "Jaipur", "Kyoto", "Lagos"]
TRIPS_A_BLOCK = 1_000
TRIPS_A_CHUNK = 400_000
STEPS = 3


def main():
    megabytes = number(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.stdout.reconfigure(line_buffering=True)  # the log shows each line when it is printed
    # AWS Batch sends SIGTERM 30 seconds before SIGKILL: when the job is terminated, or when it runs for too long.
    signal.signal(signal.SIGTERM, stop)
    with tempfile.TemporaryDirectory(prefix="trips-", dir=os.environ.get("HEAVY_BATCH_SCRATCH")) as scratch:
        csv = Path(scratch, "trips.csv")
        trips = generate(csv, megabytes * 1024 * 1024)
        chunks = sort_chunks(csv, trips)
        result = json.dumps(aggregate(chunks, trips), separators=(",", ":"))
    print(f"::result {result}")


def number(text):
    try:
        megabytes = float(text)
    except ValueError:
        megabytes = 0
    if not 0 < megabytes <= 10_000:
        print(f"usage: python3 trips.py <megabytes, 1 to 10000>, not '{text}'", file=sys.stderr)
        sys.exit(2)
    return megabytes


def stop(_signal, _frame):
    print("SIGTERM: cleaning up")
    sys.exit(143)  # removes the temporary directory on the way out


def generate(file, size):
    """Writes trips until the file has the given size. The same size always gives the same trips."""
    report = progress("generated", 0, size, "MB", 1024 * 1024)
    seed = 42

    def random():
        nonlocal seed
        seed = (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        return seed / 0x80000000

    written = 0
    trips = 0
    with open(file, "w", buffering=1 << 20) as out:
        while written < size:
            lines = []
            for _ in range(TRIPS_A_BLOCK):
                city = CITIES[int(random() * len(CITIES))]
                second = int(random() * 31_536_000)
                share = random()
                metres = int(share * share * share * 80_000)
                cents = 300 + int(metres * (1 + random()) / 10)
                lines.append(f"{city},{second:08},{metres},{cents}\n")
            trips += TRIPS_A_BLOCK
            written += out.write("".join(lines))
            report(written)
    return trips


def sort_chunks(file, trips):
    """Splits the file into chunks that fit into memory, and sorts each of them."""
    report = progress("sorted", 1, trips, "trips", 1)
    chunks = []
    done = 0
    with open(file) as lines:
        while chunk := list(islice(lines, TRIPS_A_CHUNK)):
            chunks.append(file.with_name(f"chunk-{len(chunks)}.csv"))
            chunks[-1].write_text("".join(sorted(chunk)))
            done += len(chunk)
            report(done)
    file.unlink()
    return chunks


def aggregate(chunks, trips):
    """Merges the sorted chunks, and computes the statistics of each city."""
    report = progress("merged", 2, trips, "trips", 1)
    cities = []
    city = None
    fares = []
    files = [open(chunk) for chunk in chunks]
    done = 0
    for done, line in enumerate(heapq.merge(*files), start=1):
        of_line, _, _, cents = line.split(",")
        if of_line != city:
            if city:
                cities.append(statistics(city, fares))
            city = of_line
            fares = []
        fares.append(int(cents))
        if done % 100_000 == 0:
            report(done)
    cities.append(statistics(city, fares))
    for file in files:
        file.close()
    report(done)
    return {"trips": done, "cities": cities}


def statistics(city, fares):
    """In whole units of money, but for the median and the 95th percentile."""
    fares.sort()

    def at(percent):
        return fares[len(fares) * percent // 100] / 100

    return {"city": city, "trips": len(fares), "total": sum(fares) // 100, "median": at(50), "p95": at(95)}


def progress(step, index, total, unit, size):
    """Returns a function that prints the progress every two seconds, and the end of a step. `index` counts the steps."""
    started = printed = time.monotonic()

    def report(done):
        nonlocal printed
        now = time.monotonic()
        if now - printed < 2 and done < total:
            return
        printed = now
        part = int(min(done, total) / size)
        percentage = int((index + min(1, done / total)) / STEPS * 100)
        print(f"::progress {percentage} {step} {part:,} of {int(total / size):,} {unit} ({now - started:.1f} s)")

    return report


if __name__ == "__main__":
    main()
