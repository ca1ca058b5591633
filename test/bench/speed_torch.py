#!/usr/bin/env python3
"""How long PyTorch takes for training steps of a network of models.py.

  speed_torch.py --model NAME [--weights FILE.onnx] [--batch N] [--steps S] [--threads T] [--device cpu|cuda]
                 [--images FILE --labels FILE] [--rate R] [--warm-up W] [--on-request]

A step is: forward in training mode, mean cross-entropy, backward, Adam. All steps are of one batch: a random one, or
--images (float32, [N, H, W, 3], no header) with --labels (int32, [N]), in the machine's byte order. Warm-up steps are
steps like the others, of which only the loss is reported. Prints one JSON object; seconds are of each step, bytes of
resident memory: before the network was made, and at most.

With --on-request it works when it is told to, in the manner of measuring/step.ts, so that several programs can take
turns: each line of standard input is `step`, `forward` (in inference mode) or `kernels` (a step, with the time in each
of PyTorch's operations), and is answered with a line of JSON.
"""
import argparse
import json
import resource
import sys
import time

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch.nn import functional

import models


def load_weights(model, path):
    """Gives the network the values that an ONNX file by models.py holds under its weights' names."""
    initializers = onnx.load(path).graph.initializer
    stored = {each.name: torch.from_numpy(onnx.numpy_helper.to_array(each).copy()) for each in initializers}
    state = model.state_dict()
    missing = [name for name in state if name not in stored and not name.endswith('num_batches_tracked')]
    if missing:
        raise SystemExit(f'{path} lacks {", ".join(missing[:3])}')
    model.load_state_dict({**state, **{name: stored[name] for name in state if name in stored}})


def read_batch(args):
    size = models.MODELS[args.model][1]
    if args.images is None:
        torch.manual_seed(1)
        return torch.randn(args.batch, 3, size, size), torch.randint(models.CLASSES, (args.batch,))
    images = torch.from_numpy(np.fromfile(args.images, np.float32)).view(-1, size, size, 3)
    labels = torch.from_numpy(np.fromfile(args.labels, np.int32)).long()
    return images.permute(0, 3, 1, 2).contiguous(), labels


def resident_peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def timed(work, device):
    start = time.perf_counter()
    outcome = work()
    if device == 'cuda':
        torch.cuda.synchronize()
    return time.perf_counter() - start, outcome


def operations_of(profile):
    """Time in each operation itself, without the operations that it calls; most first."""
    rows = [
        # Now and then the profiler has an operation's parts take longer than the operation.
        {'name': each.key, 'calls': each.count, 'milliseconds': max(0, each.self_cpu_time_total) / 1000, 'fallback': False}
        for each in profile.key_averages()
    ]
    return sorted(rows, key=lambda row: -row['milliseconds'])


def serve(step, forward, args, model):
    def answer(event, **values):
        print(json.dumps({'event': event, **values}), flush=True)

    answer(
        'ready',
        version=torch.__version__,
        device=torch.cuda.get_device_name() if args.device == 'cuda' else 'cpu',
        threads=args.threads,
        parameters=sum(each.numel() for each in model.parameters()),
    )
    for line in sys.stdin:
        request, kernels = line.strip(), []
        if request == 'kernels':
            with torch.autograd.profiler.profile() as profile:
                seconds, _ = timed(step, args.device)
            kernels = operations_of(profile)
        else:
            seconds, _ = timed({'step': step, 'forward': forward}[request], args.device)
        answer('done', seconds=seconds, peakBytes=resident_peak(), kernels=kernels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--model', required=True, choices=models.MODELS)
    parser.add_argument('--weights')
    parser.add_argument('--batch', type=int, default=256)
    parser.add_argument('--steps', type=int, default=5)
    parser.add_argument('--warm-up', type=int, default=2)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    parser.add_argument('--images')
    parser.add_argument('--labels')
    parser.add_argument('--rate', type=float, default=1e-3)
    parser.add_argument('--on-request', action='store_true')
    args = parser.parse_args()
    if (args.images is None) != (args.labels is None):
        parser.error('--images and --labels go together')
    torch.set_num_threads(args.threads)

    images, labels = (tensor.to(args.device) for tensor in read_batch(args))
    baseline = resident_peak()
    model = models.build(args.model)
    if args.weights is not None:
        load_weights(model, args.weights)
    model.to(args.device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=args.rate)

    def step():
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    def forward():
        with torch.no_grad():
            model.eval()(images)
            model.train()

    if args.on_request:
        serve(step, forward, args, model)
        return
    seconds, losses = [], []
    for _ in range(args.warm_up + args.steps):
        elapsed, loss = timed(step, args.device)
        seconds.append(elapsed)
        losses.append(loss)

    print(json.dumps({
        'model': args.model,
        'batch': len(labels),
        'threads': args.threads,
        'device': args.device,
        'torch': torch.__version__,
        'stepSeconds': seconds[args.warm_up:],
        'baselineBytes': baseline,
        'peakBytes': resident_peak(),
        'losses': losses,
    }))


if __name__ == '__main__':
    main()
