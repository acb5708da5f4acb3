# WGAN-GP critic step: MLP, leaky relu 0.2, lambda 10, Adam(1e-4, 0.5, 0.9).
from common import *
import torch.nn.functional as F
B, widths = SIZES['batch'], SIZES['widths']; r = rng(1)
sizes = [2, *widths, 1]; last = len(sizes) - 2; P = []
for m, n in zip(sizes[:-1], sizes[1:]): P += [weights((m, n), m, r).requires_grad_(), zeros(n).requires_grad_()]
real, fake, eps = fill((B, 2), 1, r), fill((B, 2), 1, r), fill((B, 1), 0.5, r, 0)
def critic(x):
    h = x
    for i in range(last + 1):
        h = h @ P[2 * i] + P[2 * i + 1]
        if i < last: h = F.leaky_relu(h, 0.2)
    return h
opt = torch.optim.Adam(P, lr=1e-4, betas=(0.5, 0.9))
def step():
    xi = (eps * real + (1 - eps) * fake).requires_grad_()
    g, = torch.autograd.grad(critic(xi).sum(), xi, create_graph=True)
    gp = (((g * g).sum(1) + 1e-12).sqrt() - 1).square().mean()
    loss = critic(fake).mean() - critic(real).mean() + 10 * gp
    opt.zero_grad(set_to_none=True); loss.backward(); opt.step()
    return loss.detach()
serve(step)
