"""Makes files as Keras 2 writes them, with random weights, and their outputs in double by NumPy.

Run: python3 make.py FOLDER (h5py and NumPy; no Keras, no TensorFlow).
Each NAME.h5 comes with NAME.json: an input and the output, both with channels last.
The forward pass below is loops over pixels, so that it shares nothing with Deeplearning4j.
"""

import json
import math
import sys

import h5py
import numpy as np

rng = np.random.default_rng(1)


def weights(*shape):
    return (rng.standard_normal(shape) / math.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def bias(n):
    return (0.3 * rng.standard_normal(n)).astype(np.float32)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softmax": softmax,
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "selu": lambda x: SCALE * np.where(x > 0, x, ALPHA * (np.exp(x) - 1)),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "swish": lambda x: x / (1 + np.exp(-x)),
}


def span(size, kernel, stride, same):
    """Positions of the output, and how many pixels TensorFlow pads before and after."""
    if not same:
        return (size - kernel) // stride + 1, 0, 0
    out = -(-size // stride)
    total = max(0, (out - 1) * stride + kernel - size)
    return out, total // 2, total - total // 2


def windows(x, kernel, strides, padding, dilation, fill):
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
    rows, top, bottom = span(x.shape[1], reach[0], strides[0], padding == "same")
    columns, left, right = span(x.shape[2], reach[1], strides[1], padding == "same")
    x = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill)
    for r in range(rows):
        for c in range(columns):
            y, z = r * strides[0], c * strides[1]
            yield r, c, x[:, y:y + reach[0]:dilation[0], z:z + reach[1]:dilation[1], :]


def grid(parts):
    parts = list(parts)
    rows = 1 + max(r for r, _, _ in parts)
    columns = 1 + max(c for _, c, _ in parts)
    n, channels = parts[0][2].shape
    out = np.zeros((n, rows, columns, channels))
    for r, c, value in parts:
        out[:, r, c, :] = value
    return out


def transposed(x, kernel, strides, padding):
    n, h, w, _ = x.shape
    kh, kw, out, _ = kernel.shape
    full = np.zeros((n, (h - 1) * strides[0] + kh, (w - 1) * strides[1] + kw, out))
    for r in range(h):
        for c in range(w):
            part = np.einsum("ni,hwoi->nhwo", x[:, r, c, :], kernel)
            full[:, r * strides[0]:r * strides[0] + kh, c * strides[1]:c * strides[1] + kw] += part
    rows, columns = h * strides[0], w * strides[1]
    if padding == "valid":
        short = (0, max(0, rows - full.shape[1])), (0, max(0, columns - full.shape[2]))
        return np.pad(full, ((0, 0), *short, (0, 0)))
    top, left = max(kh - strides[0], 0) // 2, max(kw - strides[1], 0) // 2
    return full[:, top:top + rows, left:left + columns]


def forward(kind, o, w, inputs):
    x = inputs[0]
    act = ACTIVATIONS[o.get("activation", "linear")]
    plus = w.get("bias:0", np.zeros(1)).astype(np.float64)
    if kind in ("InputLayer", "Dropout"):
        return x
    if kind == "Dense":
        return act(x @ w["kernel:0"].astype(np.float64) + plus)
    if kind == "Conv2D":
        k = w["kernel:0"].astype(np.float64)
        parts = windows(x, o["kernel_size"], o["strides"], o["padding"], o["dilation_rate"], 0)
        return act(grid((r, c, np.einsum("nhwi,hwio->no", v, k)) for r, c, v in parts) + plus)
    if kind == "Conv2DTranspose":
        return act(transposed(x, w["kernel:0"].astype(np.float64), o["strides"], o["padding"]) + plus)
    if kind in ("MaxPooling2D", "AveragePooling2D"):
        mean = kind == "AveragePooling2D"
        parts = windows(x, o["pool_size"], o["strides"], o["padding"], (1, 1), np.nan)
        take = np.nanmean if mean else np.nanmax
        return grid((r, c, take(v, axis=(1, 2))) for r, c, v in parts)
    if kind == "GlobalAveragePooling2D":
        return x.mean(axis=(1, 2))
    if kind == "GlobalMaxPooling2D":
        return x.max(axis=(1, 2))
    if kind == "UpSampling2D":
        return x.repeat(o["size"][0], axis=1).repeat(o["size"][1], axis=2)
    if kind == "ZeroPadding2D":
        return np.pad(x, ((0, 0), *o["padding"], (0, 0)))
    if kind == "Cropping2D":
        (t, b), (l, r) = o["cropping"]
        return x[:, t:x.shape[1] - b, l:x.shape[2] - r]
    if kind == "Flatten":
        return x.reshape(x.shape[0], -1)
    if kind == "Activation":
        return act(x)
    if kind == "LeakyReLU":
        return np.where(x > 0, x, o["alpha"] * x)
    if kind == "ReLU":
        return np.minimum(np.maximum(x, 0), o["max_value"] or np.inf)
    if kind == "Softmax":
        return softmax(x)
    if kind == "Concatenate":
        return np.concatenate(inputs, axis=-1)
    both = {"Add": sum, "Average": lambda v: sum(v) / len(v), "Multiply": math.prod,
            "Subtract": lambda v: v[0] - v[1], "Maximum": lambda v: np.maximum(*v)}
    return both[kind](inputs)


INITIALIZERS = {
    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
    "bias_initializer": {"class_name": "Zeros", "config": {}},
}


def conv(name, i, n, size=3, strides=1, padding="same", activation="linear", use_bias=True,
         dilation=1, transpose=False, **more):
    o = {"name": name, "trainable": True, "dtype": "float32", "filters": n,
         "kernel_size": [size, size], "strides": [strides, strides], "padding": padding,
         "data_format": "channels_last", "dilation_rate": [dilation, dilation],
         "activation": activation, "use_bias": use_bias, **INITIALIZERS, "kernel_regularizer": None,
         "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
         "bias_constraint": None}
    if transpose:
        o["output_padding"] = None
    else:
        o["groups"] = 1
    o.update(more)
    w = {"kernel:0": weights(size, size, n, i) if transpose else weights(size, size, i, n)}
    if use_bias:
        w["bias:0"] = bias(n)
    return ("Conv2DTranspose" if transpose else "Conv2D"), o, w


def dense(name, i, n, activation="linear", **more):
    o = {"name": name, "trainable": True, "dtype": "float32", "units": n, "activation": activation,
         "use_bias": True, **INITIALIZERS, "kernel_regularizer": None, "bias_regularizer": None,
         "activity_regularizer": None, "kernel_constraint": None, "bias_constraint": None}
    o.update(more)
    return "Dense", o, {"kernel:0": weights(i, n), "bias:0": bias(n)}


def plain(kind, name, **options):
    return kind, {"name": name, "trainable": True, "dtype": "float32", **options}, {}


def pool(kind, name, size=2, strides=2, padding="valid"):
    return plain(kind, name, pool_size=[size, size], strides=[strides, strides], padding=padding,
                 data_format="channels_last")


def write(name, shape, layers, loss, graph=None):
    """`layers` of a list; with `graph`, names of the inputs of each layer by its name."""
    x = np.round(64 * rng.standard_normal((3, *shape))) / 64
    values, configs, last = {}, [], None
    for kind, options, own in layers:
        if graph is None:
            inputs = [x if last is None else values[last]]
        else:
            inputs = [values[i] for i in graph.get(options["name"], [])] or [x]
        last = options["name"]
        values[last] = forward(kind, options, own, inputs)
        entry = {"class_name": kind, "config": options}
        if graph is not None:
            entry["name"] = last
            nodes = [[i, 0, 0, {}] for i in graph.get(last, [])]
            entry["inbound_nodes"] = [nodes] if nodes else []
        configs.append(entry)
    config = {"name": name, "layers": configs}
    if graph is not None:
        config["input_layers"] = [[layers[0][1]["name"], 0, 0]]
        config["output_layers"] = [[last, 0, 0]]
    model = {"class_name": "Sequential" if graph is None else "Functional", "config": config,
             "keras_version": "2.12.0", "backend": "tensorflow"}
    with h5py.File(f"{sys.argv[1]}/{name}.h5", "w", libver=("earliest", "v110")) as file:
        file.attrs["keras_version"] = "2.12.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(model)
        if loss:
            file.attrs["training_config"] = json.dumps(
                {"loss": loss, "metrics": None, "weighted_metrics": None, "loss_weights": None,
                 "optimizer_config": {"class_name": "SGD", "config": {"learning_rate": 0.01}}})
        root = file.create_group("model_weights")
        root.attrs["keras_version"] = "2.12.0"
        root.attrs["backend"] = "tensorflow"
        root.attrs["layer_names"] = np.array([o["name"].encode() for _, o, _ in layers])
        for _, options, own in layers:
            group = root.create_group(options["name"])
            names = [f"{options['name']}/{key}".encode() for key in own]
            group.attrs["weight_names"] = np.array(names) if names else np.zeros(0)
            for key, value in own.items():
                group[f"{options['name']}/{key}"] = value
    def flat(a):
        return {"shape": a.shape, "values": [float("%.9g" % v) for v in a.flatten()]}
    with open(f"{sys.argv[1]}/{name}.json", "w") as file:
        json.dump({"input": flat(x), "output": flat(values[last])}, file)
        file.write("\n")


def image(*shape):
    return plain("InputLayer", "image", batch_input_shape=[None, *shape], sparse=False,
                 ragged=False)


write("mlp", (6,), [
    dense("first", 6, 8, "relu", trainable=False, batch_input_shape=[None, 6]),
    dense("second", 8, 5, "tanh"),
    plain("Dropout", "dropout", rate=0.25, noise_shape=None, seed=None),
    dense("third", 5, 3, "softmax"),
], "categorical_crossentropy")

write("untrained", (4,), [
    plain("InputLayer", "image", batch_input_shape=[None, 4], sparse=False, ragged=False),
    dense("only", 4, 2),
    plain("Activation", "probabilities", activation="softmax"),
], None)

write("cnn", (8, 6, 2), [
    conv("conv1", 2, 4, activation="relu", trainable=False, batch_input_shape=[None, 8, 6, 2]),
    pool("MaxPooling2D", "pool"),
    conv("conv2", 4, 5, strides=2, use_bias=False),
    plain("Activation", "relu", activation="relu"),
    plain("Flatten", "flatten", data_format="channels_last"),
    plain("Dropout", "dropout", rate=0.5, noise_shape=None, seed=None),
    dense("dense1", 20, 7, "relu"),
    dense("dense2", 7, 3, "softmax"),
], "categorical_crossentropy")

write("skip", (8, 6, 1), [
    image(8, 6, 1),
    conv("down1", 1, 3, activation="relu"),
    pool("AveragePooling2D", "pool", padding="same"),
    conv("down2", 3, 4, dilation=2, activation="tanh", trainable=False),
    plain("UpSampling2D", "up", size=[2, 2], data_format="channels_last", interpolation="nearest"),
    plain("Concatenate", "joined", axis=-1),
    conv("mixed", 7, 3, padding="valid", activation="relu"),
    conv("same", 3, 3),
    plain("Add", "sum"),
    plain("Flatten", "flatten", data_format="channels_last"),
    plain("GlobalAveragePooling2D", "mean", data_format="channels_last", keepdims=False),
    plain("Concatenate", "features", axis=-1),
    dense("risk", 75, 1, "sigmoid"),
], "binary_crossentropy", {
    "down1": ["image"], "pool": ["down1"], "down2": ["pool"], "up": ["down2"],
    "joined": ["down1", "up"], "mixed": ["joined"], "same": ["mixed"], "sum": ["mixed", "same"],
    "flatten": ["sum"], "mean": ["mixed"], "features": ["flatten", "mean"], "risk": ["features"]})

write("segmentation", (8, 6, 1), [
    image(8, 6, 1),
    conv("down", 1, 4, strides=2, activation="relu"),
    conv("up", 4, 3, strides=2, transpose=True, activation="relu"),
    plain("Concatenate", "joined", axis=3),
    conv("classes", 4, 3, size=1, activation="softmax"),
], "sparse_categorical_crossentropy", {
    "down": ["image"], "up": ["down"], "joined": ["image", "up"], "classes": ["joined"]})

write("options", (7, 9, 2), [
    image(7, 9, 2),
    plain("ZeroPadding2D", "pad", padding=[[1, 2], [0, 3]], data_format="channels_last"),
    conv("elu", 2, 3, strides=2, activation="elu"),
    conv("selu", 3, 3, size=2, activation="selu"),
    plain("LeakyReLU", "leaky", alpha=0.30000001192092896),
    pool("MaxPooling2D", "largest", size=3, strides=1, padding="same"),
    pool("AveragePooling2D", "average", size=3, strides=2, padding="same"),
    conv("valid", 3, 3, size=2, strides=2, padding="valid", transpose=True, activation="softplus"),
    conv("softsign", 3, 3, activation="softsign"),
    plain("Multiply", "product"),
    plain("Average", "middle"),
    plain("Maximum", "larger"),
    plain("Subtract", "difference"),
    plain("ReLU", "clipped", max_value=6.0, negative_slope=0.0, threshold=0.0),
    plain("Cropping2D", "cropped", cropping=[[1, 0], [0, 2]], data_format="channels_last"),
    conv("swish", 3, 4, activation="swish"),
    plain("GlobalMaxPooling2D", "maximum", data_format="channels_last", keepdims=False),
    dense("value", 4, 2),
], "mse", {
    "pad": ["image"], "elu": ["pad"], "selu": ["elu"], "leaky": ["selu"], "largest": ["leaky"],
    "average": ["largest"], "valid": ["average"], "softsign": ["valid"],
    "product": ["valid", "softsign"], "middle": ["product", "valid"],
    "larger": ["middle", "softsign"], "difference": ["larger", "valid"], "clipped": ["difference"],
    "cropped": ["clipped"], "swish": ["cropped"], "maximum": ["swish"], "value": ["maximum"]})
