# Whole GAN steps: both players, Adam on each, running average of the generator. The loss is the sum of the players'.
# mlp: G 64-.-.-2 relu, D 2-.-.-1 leaky relu 0.2, non-saturating, R1 gamma 10
# dcgan: z 64, G dense 7x7 - convT4s2 - convT4s2 1 tanh (relu between), D conv4s2 - conv4s2 - dense 1 (leaky relu 0.2), non-saturating
# dcgan-clamp: the same with Jacobian clamping (secant, radius 1, 1..20, one fixed perturbation) added to the generator's loss
from common import *
import torch.nn.functional as F
what, B = SIZES['gan'], SIZES['batch']; r = rng(1)                      # weights, reals and latents in the order of this file
u = lambda *s, fan: weights(s, fan, r).requires_grad_()
z0 = lambda n: torch.zeros(n, requires_grad=True)
lr = lambda x: F.leaky_relu(x, .2)
if what == 'mlp':
    g1, g2, d1, d2 = SIZES['widths']
    g = [u(64, g1, fan=64), z0(g1), u(g1, g2, fan=g1), z0(g2), u(g2, 2, fan=g2), z0(2)]; d = [u(2, d1, fan=2), z0(d1), u(d1, d2, fan=d1), z0(d2), u(d2, 1, fan=d2), z0(1)]
    G = lambda z: F.relu(F.relu(z @ g[0] + g[1]) @ g[2] + g[3]) @ g[4] + g[5]
    D = lambda x: lr(lr(x @ d[0] + d[1]) @ d[2] + d[3]) @ d[4] + d[5]
    real = fill((B, 2), 1, r)
else:
    g1, g2, d1, d2 = SIZES['channels']
    g = [u(64, 49 * g1, fan=64), z0(49 * g1), u(g1, g2, 4, 4, fan=4 * g1), z0(g2), u(g2, 1, 4, 4, fan=4 * g2), z0(1)]; d = [u(d1, 1, 4, 4, fan=16), z0(d1), u(d2, d1, 4, 4, fan=16 * d1), z0(d2), u(49 * d2, 1, fan=49 * d2), z0(1)]
    G = lambda z: torch.tanh(F.conv_transpose2d(F.relu(F.conv_transpose2d(F.relu(z @ g[0] + g[1]).view(-1, g1, 7, 7), g[2], g[3], 2, 1)), g[4], g[5], 2, 1))
    D = lambda x: lr(F.conv2d(lr(F.conv2d(x, d[0], d[1], 2, 1)), d[2], d[3], 2, 1)).flatten(1) @ d[4] + d[5]
    real = fill((B, 1, 28, 28), 1, r)
og, od = torch.optim.Adam(g, 2e-4, (.5, .9)), torch.optim.Adam(d, 2e-4, (.5, .9))
latents = [fill((B, 64), 1, r) for _ in range(16)]   # used in turn: one for the critic's fakes, the next for the generator's step
e = fill((B, 64), 1, r); e = e / e.norm(dim=1, keepdim=True)
ema = [p.detach().clone() for p in g]; turn = 0
def step():
    global turn
    with torch.no_grad(): fake = G(latents[turn % 16])
    if what == 'mlp':
        x = real.clone().requires_grad_(); s = D(x); gx, = torch.autograd.grad(s.sum(), x, create_graph=True); reg = 5 * (gx * gx).sum(1).mean()
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
    return float(ld) + float(lg)
serve(step)
