# Whole GAN steps: both players, Adam on each, running average of the generator. The loss is the sum of the players'.
# mlp: G z-.-.-2 relu, D 2-.-.-1 leaky relu 0.2, non-saturating, R1 gamma 10
# dcgan: z, G dense at the smallest extent - convT4s2 ... convT4s2 tanh (relu between), D conv4s2 ... conv4s2 - dense 1 (leaky relu 0.2), non-saturating
# dcgan-r1: the same with R1, gamma 10
# dcgan-clamp: the same with Jacobian clamping (secant, radius 1, 1..20, one fixed perturbation) added to the generator's loss
from common import *
import torch.nn.functional as F
what, B, Z = SIZES['gan'], SIZES['batch'], SIZES['latent']; r = rng(1)  # weights, reals and latents in the order of this file
u = lambda *s, fan: weights(s, fan, r).requires_grad_()
z0 = lambda n: zeros(n).requires_grad_()
lr = lambda x: F.leaky_relu(x, .2)
if what == 'mlp':
    g1, g2, d1, d2 = SIZES['widths']
    g = [u(Z, g1, fan=Z), z0(g1), u(g1, g2, fan=g1), z0(g2), u(g2, 2, fan=g2), z0(2)]; d = [u(2, d1, fan=2), z0(d1), u(d1, d2, fan=d1), z0(d2), u(d2, 1, fan=d2), z0(1)]
    G = lambda z: F.relu(F.relu(z @ g[0] + g[1]) @ g[2] + g[3]) @ g[4] + g[5]
    D = lambda x: lr(lr(x @ d[0] + d[1]) @ d[2] + d[3]) @ d[4] + d[5]
    real = fill((B, 2), 1, r)
else:
    (C, H), gs, ds = SIZES['image'], SIZES['generator'], SIZES['critic']; h, k = H >> len(gs), H >> len(ds)
    g = [u(Z, h * h * gs[0], fan=Z), z0(h * h * gs[0])]; d = []
    for m, n in zip(gs, [*gs[1:], C]): g += [u(m, n, 4, 4, fan=4 * m), z0(n)]
    for m, n in zip([C, *ds], ds): d += [u(n, m, 4, 4, fan=16 * m), z0(n)]
    d += [u(k * k * ds[-1], 1, fan=k * k * ds[-1]), z0(1)]
    def G(z):
        x = (z @ g[0] + g[1]).view(-1, gs[0], h, h)
        for i in range(2, len(g), 2): x = F.conv_transpose2d(F.relu(x), g[i], g[i + 1], 2, 1)
        return torch.tanh(x)
    def D(x):
        for i in range(0, len(d) - 2, 2): x = lr(F.conv2d(x, d[i], d[i + 1], 2, 1))
        return x.flatten(1) @ d[-2] + d[-1]
    real = fill((B, C, H, H), 1, r)
og, od = torch.optim.Adam(g, 2e-4, (.5, .9)), torch.optim.Adam(d, 2e-4, (.5, .9))
latents = [fill((B, Z), 1, r) for _ in range(16)]   # used in turn: one for the critic's fakes, the next for the generator's step
e = fill((B, Z), 1, r); e = e / e.norm(dim=1, keepdim=True)
ema = [p.detach().clone() for p in g]; turn = 0
def step():
    global turn
    with torch.no_grad(): fake = G(latents[turn % 16])
    if what in ('mlp', 'dcgan-r1'):
        x = real.clone().requires_grad_(); s = D(x); gx, = torch.autograd.grad(s.sum(), x, create_graph=True); reg = 5 * (gx * gx).flatten(1).sum(1).mean()
    else: s = D(real); reg = 0
    ld = F.softplus(-s).mean() + F.softplus(D(fake)).mean() + reg
    od.zero_grad(set_to_none=True); ld.backward(); od.step()
    z = latents[(turn + 1) % 16]; turn += 2; x = G(z); lg = F.softplus(-D(x)).mean()
    if what == 'dcgan-clamp':
        q = (G(z + e) - x).flatten(1).norm(dim=1)
        lg = lg + (F.relu(q - 20) ** 2 + F.relu(1 - q) ** 2).mean()
    og.zero_grad(set_to_none=True); lg.backward(); og.step()
    with torch.no_grad():
        for a, p in zip(ema, g): a.mul_(.999).add_(p, alpha=.001)
    return ld.detach() + lg.detach()
serve(step)
