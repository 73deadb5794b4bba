"""Random networks on positions, small enough for the reference evaluator, and random examples for them.

The same seed and number make the same network. Everything in the vocabulary that is compiled plane by plane comes up, in
every combination that the language allows.
"""

import argparse
import random

# Growth is the reason for the second list: two of them in a row, and kernels are beyond any range.
ACTIVATIONS = ["relu", "relu", "relu", "abs", "erf", "leaky_relu(0.2)", "abrelu(-0.5, 1.2)", "gelu", "sin", "cos(0.7)",
               "rbf(0.5)", "gaussian", "sigmoid_like", "gabor", "sign", "rectified_monomial(0)", "rectified_monomial(1)"]
STEEP = ["exp(0.3, 0.5)", "exp_normalized", "monomial(2)", "monomial(3)", "rectified_monomial(2)", "hermite(3)",
         "polynomial([0.3, 1, 0.2])"]
WIDTHS = [2, 3, 4, 8]


class Value:
    """A value of the network: its name, sizes, number of channels (None where it is not given), whether Gaussian."""

    def __init__(self, name, sizes, channels, gaussian):
        self.name, self.sizes, self.channels, self.gaussian = name, sizes, channels, gaussian


class Generator:
    def __init__(self, seed, number):
        self.rng = random.Random(f"{seed} {number}")
        self.lines = []
        self.values = []  # what the lines give names to
        self.count = 0
        self.steep = 1
        self.widths = self.rng.random() < 0.4
        self.circular = self.rng.random() < 0.25
        self.pools = self.rng.choice([0, 0, 1, 1, 2])

    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self, *choices):
        return self.rng.choice(choices)

    def emit(self, expression, sizes, channels, gaussian):
        self.count += 1
        self.lines.append(f"  x{self.count} = {expression}")
        self.values.append(Value(f"x{self.count}", list(sizes), channels, gaussian))
        return self.values[-1]

    def weights(self, options, value):
        if self.chance(0.4):
            options.append(f"w_std = {self.pick(0, 0.1, 0.8, 1.2, 1.5)}")
        if self.chance(0.4):
            options.append(f"b_std = {self.pick(0, 0.1, 0.5)}")
        if value.channels and self.chance(0.3):
            options.append("parameterization = standard")
        if self.chance(0.1):
            options.append("train = false")

    def windows(self, value, largest, dilations, strides, pads):
        """[window, stride, dilation], the padding and the sizes of the result; None where it does not fit."""
        pad = self.rng.choice(pads)
        rank = len(value.sizes)
        alike = self.chance(0.6)

        def sizes_of(choices):
            return [self.rng.choice(choices)] * rank if alike else [self.rng.choice(choices) for _ in range(rank)]

        window, stride, dilation = sizes_of(range(1, largest + 1)), sizes_of(strides), sizes_of(dilations)
        result = []
        for size, w, s, d in zip(value.sizes, window, stride, dilation):
            extent = (w - 1) * d + 1
            if pad != "same" and extent > size:
                return None
            result.append((size - extent) // s + 1 if pad == "valid" else -(-size // s))
        return (window, stride, dilation), pad, result

    @staticmethod
    def text(sizes):
        return str(sizes[0]) if len(set(sizes)) == 1 else str(sizes)

    def conv(self, value, keeps_sizes=False, channels=None):
        if not value.sizes or self.chance(0.1):
            return self.dense(value, channels)
        pads = ["same"] if keeps_sizes else ["same", "same", "same", "valid"]
        if self.circular and self.chance(0.7):
            pads = ["circular"]
        strides = [1] if keeps_sizes else [1, 1, 1, 2, 3]
        found = self.windows(value, 5 if self.chance(0.3) else 3, [1, 1, 1, 2], strides, pads)
        if not found:
            found = ([1] * len(value.sizes), [1] * len(value.sizes), [1] * len(value.sizes)), "valid", value.sizes
        (window, stride, dilation), pad, sizes = found
        if not channels and self.widths:
            channels = self.rng.choice(WIDTHS)
        options = [self.text(window)] + ([str(channels)] if channels else [])
        if set(stride) != {1}:
            options.append(f"stride = {self.text(stride)}")
        if set(dilation) != {1}:
            options.append(f"dilation = {self.text(dilation)}")
        if pad != "valid":
            options.append(f"pad = {pad}")
        self.weights(options, value)
        return self.emit(f"{value.name} -> conv({', '.join(options)})", sizes, channels, True)

    def dense(self, value, channels=None):
        if not channels and self.widths:
            channels = self.rng.choice(WIDTHS)
        options = [str(channels)] if channels else []
        self.weights(options, value)
        return self.emit(f"{value.name} -> dense({', '.join(options)})", value.sizes, channels, True)

    def pool(self, value):
        pads = ["circular"] if self.circular and self.chance(0.6) else ["valid", "valid", "same"]
        found = self.windows(value, 3, [1], [1, 2, 2, 3], pads)
        if not found:
            return value
        (window, stride, _), pad, sizes = found
        kind = self.pick("avg_pool", "avg_pool", "sum_pool")
        options = [self.text(window), f"stride = {self.text(stride)}"] + ([f"pad = {pad}"] if pad != "valid" else [])
        if kind == "avg_pool" and self.chance(0.3):
            options.append("normalize_edges = true")
        return self.emit(f"{value.name} -> {kind}({', '.join(options)})", sizes, value.channels, value.gaussian)

    def activation(self, value):
        name = self.rng.choice(ACTIVATIONS)
        if self.steep and self.chance(0.08):
            self.steep -= 1
            name = self.rng.choice(STEEP)
        return self.emit(f"{value.name} -> {name}", value.sizes, value.channels, False)

    def pointwise(self, value):
        if value.gaussian and self.chance(0.15):
            value = self.norm(value)
        if value.gaussian and self.chance(0.85):
            value = self.activation(value)
        if self.chance(0.12):
            train = self.chance(0.6)
            mode = ", mode = train" if train else ""
            value = self.emit(f"{value.name} -> dropout({self.pick(0.5, 0.8)}{mode})", value.sizes, value.channels,
                              value.gaussian and not train)
        return value

    def norm(self, value):
        over = "(over = [channels, space])" if value.sizes and self.chance(0.5) else ""
        return self.emit(f"{value.name} -> layer_norm{over}", value.sizes, value.channels, True)

    def chain(self, value, length, keeps_sizes=False, channels=None):
        """`length` times activation and convolution."""
        for i in range(length):
            value = self.conv(self.pointwise(value), keeps_sizes, channels if i == length - 1 else None)
        return value

    def branches(self, value, depth):
        """Two branches of the same sizes, joined."""
        kind = self.pick("sum", "sum", "sum", "product", "concat")
        if kind == "concat" and not self.widths:
            kind = "sum"
        channels = self.rng.choice(WIDTHS) if self.widths else None

        def branch():
            x = value
            if depth > 0 and self.chance(0.3):
                x = self.branches(x, depth - 1)
            if depth > 0 and value.sizes and self.chance(0.1):
                x = self.pool_keeping(x)
            return self.chain(x, self.pick(1, 1, 2), keeps_sizes=True, channels=channels)

        first = branch()
        if kind == "sum" and value.gaussian and not self.widths and self.chance(0.5):
            return self.emit(f"{value.name} + {self.pick('', '0.5 * ')}{first.name}", value.sizes, None, True)
        second = branch()
        if kind == "concat":
            return self.emit(f"concat({first.name}, {second.name})", value.sizes, 2 * channels, False)
        sign = {"sum": "+", "product": "*"}[kind]
        return self.emit(f"{first.name} {sign} {second.name}", value.sizes, channels, kind == "sum")

    def pool_keeping(self, value):
        return self.emit(f"{value.name} -> avg_pool(3, stride = 1, pad = same)", value.sizes, value.channels, value.gaussian)

    def readout(self, value):
        kind = self.pick("flatten", "flatten", "global_avg_pool", "global_avg_pool", "global_sum_pool", "local_avg_pool")
        if kind == "local_avg_pool":
            kind += f"({self.pick(1, 1, 2)}{self.pick('', '', ', pad = valid')})"
            if "valid" in kind and min(value.sizes) < 5:
                kind = "local_avg_pool(1)"
        gaussian = value.gaussian and kind.startswith("global")
        channels = value.channels if kind.startswith("global") else None
        value = self.emit(f"{value.name} -> {kind}", [], channels, gaussian)
        if self.chance(0.75):
            value = self.dense(value)
            while self.chance(0.3):
                value = self.dense(self.pointwise(value))
        return value

    def network(self):
        """(text of the network, shape of its input)"""
        rank = self.pick(1, 2, 2, 2, 3)
        largest = {1: 11, 2: 7, 3: 4}[rank]
        sizes = [self.rng.randint(2, largest) for _ in range(rank)]
        if self.chance(0.3):
            sizes = [max(sizes)] * rank
        shape = sizes + [self.rng.randint(2, 4)]
        value = Value("input", sizes, shape[-1], False)
        if self.pools and self.chance(0.1):
            value = self.pool(value)
        value = self.conv(value)
        for _ in range(self.rng.randint(1, 4)):
            if self.pools and self.chance(0.4):
                self.pools -= 1
                if self.chance(0.7):
                    value = self.pointwise(value)
                value = self.pool(value)
                continue
            value = self.branches(value, 2) if self.chance(0.3) else self.chain(value, self.pick(1, 2))
        if self.chance(0.6):
            value = self.pointwise(value)
        value = self.readout(value)
        return self.text_of(shape, value), shape

    def network_without_positions(self):
        """(text of the network, shape of its input); of many features now and then, whose products are matrices."""
        shape = [self.pick(1, 2, 3, 5, 40, 200)]
        value = self.dense(Value("input", [], shape[-1], False))
        for _ in range(self.rng.randint(1, 4)):
            value = self.branches(value, 2) if self.chance(0.5) else self.chain(value, self.pick(1, 2))
        return self.text_of(shape, value), shape

    def text_of(self, shape, value):
        return "\n".join([f"network n {{", f"  input {shape}", *self.lines, f"  return {value.name}", "}", ""])


def make_parser(description, count):
    """Of the options of a script that tries networks, `count` of them if nothing else is said."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inetc", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--precisions", default="f64,f32")
    return parser


def make_network(seed, number):
    return Generator(seed, number).network()


def make_examples(seed, number, shape):
    """(x1, x2): lists of examples, flat. The last of x2 is the first of x1; the one before it is nearly the same."""
    rng = random.Random(f"examples {seed} {number}")
    size = 1
    for extent in shape:
        size *= extent

    def example(scale=1.0):
        return [scale * rng.gauss(0, 1) for _ in range(size)]

    x1 = [example() for _ in range(rng.choice([1, 2, 3]))]
    x2 = [example() for _ in range(rng.choice([1, 3, 7, 15]))]
    if len(x2) > 1:
        x2[1] = [3.0 * value for value in x2[1]]
    near = [value * (1 + 1e-5 * rng.gauss(0, 1)) for value in x1[0]]
    return x1, x2 + [near, list(x1[0])]
