# One of the three convolutions of a layer.
from common import *
r = rng(4); S = SIZES; B, I, O, H, K = S['batch'], S['from'], S['to'], S['extent'], S['kernel']
out = (H + 2 * S['padding'] - S['dilation'] * (K - 1) - 1) // S['stride'] + 1
x, w = fill((B, I, H, H), 1, r), weights((O, I, K, K), I * K * K, r); y = fill((B, O, out, out), 1, r)
pair = lambda name: [S[name], S[name]]; how = (pair('stride'), pair('padding'), pair('dilation'))
gradient = lambda i: torch.ops.aten.convolution_backward(y, x, w, None, *how, False, [0, 0], 1, [i == 0, i == 1, False])[i]
of = {'forward': lambda: torch.nn.functional.conv2d(x, w, None, *how), 'input gradient': lambda: gradient(0), 'filter gradient': lambda: gradient(1)}[S['form']]
result = None
def step():
    global result
    result = of()
serve(step, lambda: digest([result]))
