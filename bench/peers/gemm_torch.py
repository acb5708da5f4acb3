# x_i w for several x_i.
from common import *
r = rng(3); m, k, n = SIZES['m'], SIZES['k'], SIZES['n']
X = [fill((m, k), 1, r) for _ in range(SIZES['repeats'])]; w = weights((k, n), k, r)
Y = [zeros(m, n) for _ in X]
def step():
    for x, y in zip(X, Y): torch.mm(x, w, out=y)
serve(step, lambda: digest(Y))
