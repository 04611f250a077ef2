#!/usr/bin/python3
"""DP-FedAvg in plain PyTorch: the side that dpfed's training is timed against.

Two processes of one thread each train the clients of a round one after another with SGD, clip each
update and add it to a sum of their own; the parent adds the sums and the noise. Prints one JSON line.
Needs Debian's python3-torch and python3-numpy.
"""

import argparse
import gzip
import json
import math
import resource
import time

import numpy
import torch
import torch.multiprocessing as multiprocessing
from torch import nn

WORKERS = 2
BATCH = 10


def convolution(inputs, outputs, kernel=3, stride=1, relu=True):
    """As in dpfed's image networks: no bias, group normalisation of 4 groups, and ReLU."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.GroupNorm(4, outputs)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class Block(nn.Module):
    """Two convolutions, and the input beside them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = convolution(inputs, outputs, stride=stride)
        self.second = convolution(outputs, outputs, relu=False)
        self.beside = nn.Identity() if stride == 1 else convolution(inputs, outputs, 1, stride, relu=False)

    def forward(self, x):
        return torch.relu(self.second(self.first(x)) + self.beside(x))


class UNet(nn.Module):
    """dpfed's UNet() of width 16 and depth 3 for one channel and 2 classes."""

    def __init__(self):
        super().__init__()
        widths = [16, 32, 64, 128]
        pair = lambda inputs, outputs: nn.Sequential(
            convolution(inputs, outputs), convolution(outputs, outputs))
        self.down = nn.ModuleList(pair(i, o) for i, o in zip([1] + widths, widths))
        self.halves = nn.ModuleList(convolution(2 * width, width) for width in widths[:3])
        self.up = nn.ModuleList(pair(2 * width, width) for width in widths[:3])
        self.pool, self.larger = nn.MaxPool2d(2), nn.Upsample(scale_factor=2)
        self.scores = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x):
        beside = []
        for i, down in enumerate(self.down):
            x = down(self.pool(x) if i else x)
            beside.append(x)
        for i in (2, 1, 0):
            x = self.up[i](torch.cat([beside[i], self.halves[i](self.larger(x))], 1))
        return self.scores(x)


class Lstm(nn.Module):
    """The columns of an image are steps; the last output is classified."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)
        self.scores = nn.Linear(64, 10)

    def forward(self, x):
        return self.scores(self.lstm(x[:, 0].transpose(1, 2))[0][:, -1])


def network(name):
    if name == "lstm":
        return Lstm()
    if name == "unet":
        return UNet()
    if name == "residual":
        return nn.Sequential(
            convolution(1, 16), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    if name == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 10))
    if name == "tanh-cnn":
        return nn.Sequential(
            nn.Conv2d(1, 16, 8, 2, padding=3), nn.Tanh(), nn.MaxPool2d(2, 1),
            nn.Conv2d(16, 32, 4, 2), nn.Tanh(), nn.MaxPool2d(2, 1),
            nn.Flatten(), nn.Linear(512, 32), nn.Tanh(), nn.Linear(32, 10))
    return nn.Sequential(
        nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1024, 512), nn.ReLU(), nn.Linear(512, 10))


def initialise(model, relu):
    """Biases at zero; weights as dpfed's architectures start them: Xavier, and He under ReLU."""
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            fan_in = layer.weight[0].numel()
            receptive = layer.weight[0][0].numel()
            fan_out = layer.weight.shape[0] * receptive
            variance = 2 / fan_in if relu else 2 / (fan_in + fan_out)
            nn.init.normal_(layer.weight, 0, math.sqrt(variance))
            nn.init.zeros_(layer.bias)


def images(folder, name):
    with gzip.open(f"{folder}/{name}-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16)
    with gzip.open(f"{folder}/{name}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    scaled = torch.from_numpy(pixels.astype(numpy.float32) / 255).view(-1, 1, 28, 28)
    return scaled, torch.from_numpy(labels.astype(numpy.int64))


def segmented(data):
    """Images with 2 pixels around them, and which of their pixels are brighter than a fifth."""
    pixels = nn.functional.pad(data[0], (2, 2, 2, 2))
    return pixels, (pixels[:, 0] > 0.2).to(torch.int64)


def train(worker, options, data, order, weights, sums, cohort, begin, end):
    torch.set_num_threads(1)
    torch.manual_seed(1000 * options.seed + worker)
    model = network(options.model)
    parameters = list(model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=options.client_rate)
    loss = nn.CrossEntropyLoss()
    pixels, labels = data
    examples = BATCH * options.steps
    while True:
        begin.wait()
        count = int(cohort[0])
        if count < 0:
            return
        sums[worker].zero_()
        for client in cohort[1 + worker:1 + count:WORKERS].tolist():
            # A copy: parameters would otherwise be views of the shared weights.
            nn.utils.vector_to_parameters(weights.clone(), parameters)
            rows = order[client * examples:(client + 1) * examples]
            x, y = pixels[rows], labels[rows]
            shuffled = torch.randperm(examples) if options.steps > 1 else None
            for step in range(options.steps):
                if shuffled is None:
                    bx, by = x, y
                else:
                    batch = shuffled[step * BATCH:(step + 1) * BATCH]
                    bx, by = x[batch], y[batch]
                optimizer.zero_grad(set_to_none=True)
                loss(model(bx), by).backward()
                optimizer.step()
            with torch.no_grad():
                delta = nn.utils.parameters_to_vector(parameters).sub_(weights)
                norm = float(delta.norm())
                if math.isfinite(norm):
                    sums[worker].add_(delta, alpha=min(1, options.clip / norm) if norm > 0 else 1)
        end.wait()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--steps", type=int, default=1)
    arguments.add_argument("--cohort", type=int, default=100)
    arguments.add_argument("--rounds", type=int, default=0, help="0: until the seconds are over")
    arguments.add_argument("--warmup-seconds", type=float, default=0)
    arguments.add_argument("--seconds", type=float, default=0)
    arguments.add_argument("--client-rate", type=float, default=0.1)
    arguments.add_argument("--momentum", type=float, default=0)
    arguments.add_argument("--clip", type=float, default=0.5)
    arguments.add_argument("--noise", type=float, default=0.6)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    options = arguments.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    model = network(options.model)
    if isinstance(model, nn.Sequential):
        initialise(model, relu=options.model == "lenet")
    weights = nn.utils.parameters_to_vector(model.parameters()).detach().clone().share_memory_()
    sums = [torch.zeros_like(weights).share_memory_() for _ in range(WORKERS)]
    prepared = segmented if options.model == "unet" else lambda data: data
    data = prepared(images(options.data, "train"))
    population = len(data[1]) // (BATCH * options.steps)
    order = torch.randperm(len(data[1]))
    cohort = torch.zeros(population + 1, dtype=torch.int64).share_memory_()
    begin, end = multiprocessing.Barrier(WORKERS + 1), multiprocessing.Barrier(WORKERS + 1)
    workers = [
        multiprocessing.Process(
            target=train, args=(w, options, data, order, weights, sums, cohort, begin, end))
        for w in range(WORKERS)
    ]
    for worker in workers:
        worker.start()

    velocity = torch.zeros_like(weights)
    rounds, clients, counted_from = 0, 0, None
    started = time.perf_counter()
    while options.rounds == 0 or rounds < options.rounds:
        now = time.perf_counter()
        if options.seconds and now - started >= options.warmup_seconds + options.seconds:
            break
        if counted_from is None and now - started >= options.warmup_seconds:
            counted_from, clients = now, 0
        sampled = (torch.rand(population) < options.cohort / population).nonzero().flatten()
        cohort[0] = len(sampled)
        cohort[1:1 + len(sampled)] = sampled
        begin.wait()
        end.wait()
        total = sums[0] + sums[1]
        total.add_(torch.randn_like(total), alpha=options.noise * options.clip)
        velocity.mul_(options.momentum).add_(total, alpha=1 / options.cohort)
        weights.add_(velocity)
        rounds += 1
        clients += len(sampled)
    seconds = time.perf_counter() - counted_from
    cohort[0] = -1
    begin.wait()
    for worker in workers:
        worker.join()

    nn.utils.vector_to_parameters(weights, model.parameters())
    pixels, labels = prepared(images(options.data, "t10k"))
    if options.model in ("residual", "unet"):
        pixels, labels = pixels[:500], labels[:500]
    with torch.no_grad():
        right = (model(pixels).argmax(1) == labels).float().mean()
    print(json.dumps({
        "side": "pytorch", "version": torch.__version__, "model": options.model, "steps": options.steps,
        "cohort": options.cohort, "rounds": rounds, "seed": options.seed,
        "clientsPerSecond": clients / seconds, "accuracy": float(right),
        "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


if __name__ == "__main__":
    main()
