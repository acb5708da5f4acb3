# DCGAN critic step: logistic loss + R1 (gamma 10), 1x28x28, conv 4x4 s2 p1 twice, dense 1, leaky relu 0.2, Adam(2e-4, 0.5, 0.9).
from common import *
import torch.nn.functional as F
B, (c1, c2) = SIZES['batch'], SIZES['channels']; r = rng(2)
w = lambda shape, fan: weights(shape, fan, r).requires_grad_()
z = lambda n: zeros(n).requires_grad_()
P = [w((c1, 1, 4, 4), 16), z(c1), w((c2, c1, 4, 4), 16 * c1), z(c2), w((49 * c2, 1), 49 * c2), z(1)]
real, fake = fill((B, 1, 28, 28), 1, r), fill((B, 1, 28, 28), 1, r)
def D(x):
    h = F.leaky_relu(F.conv2d(x, P[0], P[1], 2, 1), 0.2); h = F.leaky_relu(F.conv2d(h, P[2], P[3], 2, 1), 0.2)
    return h.flatten(1) @ P[4] + P[5]
opt = torch.optim.Adam(P, lr=2e-4, betas=(0.5, 0.9))
def step():
    l = F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
    x = real.detach().requires_grad_()
    g, = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    l = l + 5 * g.square().sum((1, 2, 3)).mean()
    opt.zero_grad(set_to_none=True); l.backward(); opt.step()
    return l.detach()
serve(step)
