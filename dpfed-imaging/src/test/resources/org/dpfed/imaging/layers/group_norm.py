"""Makes group_norm.json: PyTorch's group normalisation and its gradients, in double.

Run: python3 group_norm.py > group_norm.json (PyTorch 1.13 or later, on the CPU).
The inputs are multiples of 1/64, so they are the same numbers in float.
"""

import json

import torch

torch.manual_seed(1)


def values(*shape, offset=0.0):
    return torch.round(64 * torch.randn(*shape, dtype=torch.float64)) / 64 + offset


def case(name, n, channels, groups, height, width, relu, offset=0.0):
    x = values(n, channels, height, width, offset=offset).requires_grad_()
    gamma = values(channels, offset=1.0).requires_grad_()
    beta = values(channels).requires_grad_()
    dy = values(n, channels, height, width)
    y = torch.nn.functional.group_norm(x, groups, gamma, beta, 1e-5)
    y = torch.relu(y) if relu else y
    y.backward(dy)
    arrays = {"x": x, "gamma": gamma, "beta": beta, "dy": dy, "y": y,
              "dx": x.grad, "dgamma": gamma.grad, "dbeta": beta.grad}
    lists = {key: [float("%.9g" % v) for v in array.detach().flatten().tolist()]
             for key, array in arrays.items()}
    return {"name": name, "n": n, "channels": channels, "groups": groups,
            "height": height, "width": width, "relu": relu, **lists}


cases = [
    case("two groups", 2, 4, 2, 3, 5, False),
    case("ReLU", 3, 6, 3, 2, 4, True),
    case("one group", 2, 3, 1, 4, 3, False),
    case("a group for each channel", 2, 4, 4, 3, 3, True),
    case("one pixel", 2, 8, 2, 1, 1, False),
    case("far from zero", 2, 4, 2, 3, 3, False, offset=1000.0),
]
print(json.dumps({"torch": torch.__version__, "cases": cases}))
