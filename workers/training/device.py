"""Where and how exactly a run computes: device, number format, threads; decided once, at the top."""

import contextlib
import importlib.metadata
import platform
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

BF16_FLAGS = {"amx_bf16", "avx512_bf16"}  # without either, bf16 on a CPU is emulated and slow


@dataclass(frozen=True)
class Compute:
    """The device and number format of a run."""

    device: torch.device
    bf16: bool

    @property
    def precision(self) -> str:
        return "bf16" if self.bf16 else "fp32"

    def autocast(self) -> contextlib.AbstractContextManager[None]:
        """Return the context in which nets run."""
        if self.bf16:
            return torch.autocast(self.device.type, torch.bfloat16)
        return contextlib.nullcontext()

    def place(self, net: nn.Module) -> nn.Module:
        """Move a net to the device, channels last: the layout that convolutions are fastest in."""
        return net.to(self.device, memory_format=torch.channels_last)

    def layout(self, x: Tensor) -> Tensor:
        """Move a batch (N, C, H, W) to the device in the net's layout."""
        return x.to(self.device).contiguous(memory_format=torch.channels_last)


def choose_compute(device: str, precision: str, threads: int) -> Compute:
    """Decide device and number format, and set the number of threads."""
    if threads:
        torch.set_num_threads(threads)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.use_deterministic_algorithms(True)
        # Nothing here reads memory before writing it; filling it first costs a tenth of each step.
        torch.utils.deterministic.fill_uninitialized_memory = False
    bf16 = precision == "bf16" or (precision == "auto" and _has_bf16(device))
    return Compute(torch.device(device), bf16)


def _has_bf16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and not BF16_FLAGS.isdisjoint(cpuinfo.read_text("ascii", "ignore").split())


def versions() -> dict[str, str]:
    """Return the versions of what a model depends on."""
    found = {name: importlib.metadata.version(name) for name in ("torch", "monai", "numpy", "safetensors")}
    return {"python": platform.python_version(), **found}
