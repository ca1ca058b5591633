#!/usr/bin/env python3
"""How long PyTorch takes for training steps of a network of models.py.

  speed_torch.py --model NAME [--weights FILE.onnx] [--batch N] [--steps S] [--threads T] [--device cpu|cuda]
                 [--images FILE --labels FILE] [--rate R] [--warm-up W]

A step is: forward in training mode, mean cross-entropy, backward, Adam. All steps are of one batch: a random one, or
--images (float32, [N, H, W, 3], no header) with --labels (int32, [N]), in the machine's byte order. Warm-up steps are
steps like the others, of which only the loss is reported. Prints one JSON object; seconds are of each step, bytes of
resident memory: before the network was made, and at most.
"""
import argparse
import json
import resource
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

    seconds, losses = [], []
    for _ in range(args.warm_up + args.steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        if args.device == 'cuda':
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
        losses.append(loss.item())

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
