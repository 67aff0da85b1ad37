"""Estimates pi by throwing darts: on the GPU where there is one, else on the CPU."""
import random
import sys
import time

samples = int(sys.argv[1])

try:
    import torch
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
except ImportError:
    device = None


def on_torch(count):
    inside, batch = 0, 50_000_000
    for begin in range(0, count, batch):
        points = torch.rand(2, min(batch, count - begin), device=device)
        inside += int((points.square().sum(0) <= 1).sum())
    return inside


def on_cpu(count):
    throw = random.Random(7).random
    return sum(throw() ** 2 + throw() ** 2 <= 1 for _ in range(count))


started = time.monotonic()
inside = on_torch(samples) if device else on_cpu(samples)
name = torch.cuda.get_device_name() if device == 'cuda' else 'no GPU'
print(f'{name}: pi is about {4 * inside / samples:.5f}, by {samples:,} darts in {time.monotonic() - started:.1f} s', flush=True)
