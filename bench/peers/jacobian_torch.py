# The full Jacobian (784 x 64) of the DCGAN generator at some latents.
# reverse: 784 vjps of each in one vectorized call; forward: 64 tangents of each
from common import *
import torch.nn.functional as F
import torch.autograd.forward_ad as fwAD
r = rng(1)
g = [weights((64, 3136), 64, r), zeros(3136), weights((64, 32, 4, 4), 256, r), zeros(32), weights((32, 1, 4, 4), 128, r), zeros(1)]
G = lambda z: torch.tanh(F.conv_transpose2d(F.relu(F.conv_transpose2d(F.relu(z @ g[0] + g[1]).view(-1, 64, 7, 7), g[2], g[3], 2, 1)), g[4], g[5], 2, 1)).flatten(1)
Z = fill((SIZES['latents'], 64), 1, r)
def reverse(z):
    zz = z.expand(784, 64).clone().requires_grad_()
    return torch.autograd.grad(G(zz), zz, torch.eye(784, device=DEVICE))[0]
def forward(z):
    with fwAD.dual_level(): return fwAD.unpack_dual(G(fwAD.make_dual(z.expand(64, 64).clone(), torch.eye(64, device=DEVICE)))).tangent.T
of = {'reverse': reverse, 'forward': forward}[SIZES['mode']]; J = None
def step():
    global J
    J = torch.stack([of(z) for z in Z])
serve(step, lambda: digest([J]))
