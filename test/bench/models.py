#!/usr/bin/env python3
"""The networks that the benches measure, with seeded random weights, as ONNX files.

  models.py --out DIR [name …]        all of them, if none is named

Needs torch, torchvision and onnx; Debian's (torch 1.13) do. Batch normalisation is kept as it is, the batch size is
left open, and every weight has the name that PyTorch gives it, so that speed_torch.py can load it from the file.
"""
import argparse
import os
import warnings

import torch
from torch import nn
from torchvision.models import mobilenet_v2, resnet18

CLASSES = 10


def convolution(inputs, outputs, kernel=3, stride=1):
    """Convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def all_cnn(width=96):
    """All-CNN-C (Springenberg et al. 2015) with batch normalisation, as the authors of UNSIR train it."""
    wide = 2 * width
    return nn.Sequential(
        convolution(3, width),
        convolution(width, width),
        convolution(width, wide, stride=2),
        convolution(wide, wide),
        convolution(wide, wide),
        convolution(wide, wide, stride=2),
        convolution(wide, wide),
        convolution(wide, wide, kernel=1),
        nn.AvgPool2d(8),
        nn.Flatten(),
        nn.Linear(wide, CLASSES),
    )


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.projection = nn.Linear(dim, dim)

    def forward(self, x):
        batch, tokens, dim = x.shape
        shape = batch, tokens, 3, self.heads, dim // self.heads
        query, key, value = self.qkv(x).reshape(shape).permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(-2, -1) * (dim // self.heads) ** -0.5
        mixed = scores.softmax(-1) @ value
        return self.projection(mixed.transpose(1, 2).reshape(batch, tokens, dim))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """ViT (Dosovitskiy et al. 2021): pre-norm, class token, learnt positions."""

    def __init__(self, size=32, patch=4, dim=192, depth=6, heads=3):
        super().__init__()
        self.patches = nn.Conv2d(3, dim, patch, patch)
        self.class_token = nn.Parameter(0.02 * torch.randn(1, 1, dim))
        self.positions = nn.Parameter(0.02 * torch.randn(1, (size // patch) ** 2 + 1, dim))
        self.blocks = nn.Sequential(*(Block(dim, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, CLASSES)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.class_token.expand(x.shape[0], -1, -1), x), 1) + self.positions
        return self.head(self.norm(self.blocks(x))[:, 0])


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            convolution(inputs, outputs, stride=stride),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Sequential() if same else convolution(inputs, outputs, 1, stride)[:2]

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def residual_network(width):
    """Three stages of two residual blocks, `width` to 4 · `width` channels: about 690 · width² parameters."""
    stages = ((width, width, 1), (width, 2 * width, 2), (2 * width, 4 * width, 2))
    blocks = [
        block
        for inputs, outputs, stride in stages
        for block in (Residual(inputs, outputs, stride), Residual(outputs, outputs, 1))
    ]
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, CLASSES))
    return nn.Sequential(convolution(3, width), *blocks, *head)


def resnet():
    return resnet18(num_classes=CLASSES)


# Without dropout, whose draws differ from one framework to another.
def mobile_net(width=1.0):
    return mobilenet_v2(num_classes=CLASSES, width_mult=width, dropout=0)


# Name: (how it is made, height and width of its images).
MODELS = {
    'resnet18': (resnet, 32),
    'all-cnn': (all_cnn, 32),
    'mobilenetv2': (mobile_net, 64),
    'vit': (VisionTransformer, 32),
    # Narrow enough to be trained and made to forget within the hour.
    'all-cnn-narrow': (lambda: all_cnn(48), 32),
    'mobilenetv2-narrow': (lambda: mobile_net(0.35), 64),
    # How cost grows with parameters …
    'cnn-0.1m': (lambda: residual_network(12), 32),
    'cnn-0.4m': (lambda: residual_network(24), 32),
    'cnn-1.6m': (lambda: residual_network(48), 32),
    'cnn-6m': (lambda: residual_network(96), 32),
    'cnn-25m': (lambda: residual_network(192), 32),
    # … and with the size of the images.
    'resnet18-64': (resnet, 64),
    'resnet18-128': (resnet, 128),
    'resnet18-224': (resnet, 224),
}


def build(name, seed=0):
    """The network with random weights, no two of them alike: the exporter would store equal tensors once."""
    torch.manual_seed(seed)
    make, _ = MODELS[name]
    model = make()
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            if tensor.dim() != 1:
                continue
            tensor += 0.02 * (torch.rand_like(tensor) if key.endswith('running_var') else torch.randn_like(tensor))
    return model


def export(name, path):
    model = build(name).eval()
    _, size = MODELS[name]
    options = {
        # The exporter folds batch normalisation into convolutions for TrainingMode.EVAL; this keeps to model.eval().
        'training': torch.onnx.TrainingMode.PRESERVE,
        'do_constant_folding': False,
        'opset_version': 17,
        'input_names': ['input'],
        'output_names': ['logits'],
        'dynamic_axes': {'input': {0: 'batch'}, 'logits': {0: 'batch'}},
    }
    if torch.__version__ >= '2.5':
        options['dynamo'] = False
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(model, torch.zeros(2, 3, size, size), path, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--out', required=True)
    parser.add_argument('names', nargs='*', default=list(MODELS), metavar='name')
    args = parser.parse_args()
    unknown = [name for name in args.names if name not in MODELS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(MODELS)}")
    os.makedirs(args.out, exist_ok=True)
    for name in args.names:
        path = os.path.join(args.out, f'{name}.onnx')
        export(name, path)
        print(path)


if __name__ == '__main__':
    main()
