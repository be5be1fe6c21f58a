"""The networks: MONAI's DenseNet-121 for real projects, and a small one for demonstrations and tests.

Both map (N, 1, S, S) standardised images to (embedding (N, D), logits (N, F)), F = number of findings.
"""

import math

import torch
from torch import Tensor, nn

NETS = ("densenet121", "small")


class SmallNet(nn.Module):
    """Seven 3x3 convolutions down to an eighth of the size, then two readings of the map that are added.

    One reading is linear in the mean of each feature (the embedding), for what changes the whole film. The other
    scores every place and pools by log-mean-exp (Pinheiro and Collobert, CVPR 2015, eq. 6 with r = 1), for findings
    of a few pixels: without it, or with the maximum in the embedding, the net often does not learn nodules from 300
    films.
    """

    def __init__(self, n_findings: int, widths: tuple[int, ...] = (16, 32, 64, 96)) -> None:
        super().__init__()
        layers: list[nn.Module] = [_convolution(1, widths[0], stride=2)]
        for before, after in zip(widths, widths[1:], strict=False):
            layers += [_convolution(before, after), _convolution(after, after), nn.MaxPool2d(2)]
        self.features = nn.Sequential(*layers[:-1])
        self.head = nn.Linear(widths[-1], n_findings)
        self.place_scores = nn.Conv2d(widths[-1], n_findings, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.features(x)
        embedding = features.mean(dim=(2, 3))
        places = self.place_scores(features).float().flatten(2)
        pooled = torch.logsumexp(places, dim=2) - math.log(places.shape[2])
        return embedding, self.head(embedding) + pooled


def _convolution(n_in: int, n_out: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(n_out), nn.ReLU(inplace=True))


class DenseNet(nn.Module):
    """MONAI's DenseNet-121 with one input channel (Huang et al., CVPR 2017), which also returns its embedding."""

    def __init__(self, n_findings: int) -> None:
        super().__init__()
        from monai.networks.nets import DenseNet121  # 2 s to import: only those who need it pay

        net = DenseNet121(spatial_dims=2, in_channels=1, out_channels=n_findings)
        self.features = net.features
        self.pool = nn.Sequential(net.class_layers.relu, net.class_layers.pool, net.class_layers.flatten)
        self.head = net.class_layers.out

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        embedding = self.pool(self.features(x))
        return embedding, self.head(embedding)


def build_net(name: str, n_findings: int) -> nn.Module:
    """Build a net by name with random weights drawn from torch's global generator."""
    if name == "small":
        return SmallNet(n_findings)
    if name == "densenet121":
        return DenseNet(n_findings)
    raise ValueError(f"unknown net {name!r}: choose one of {', '.join(NETS)}")
