# What every PyTorch script here starts with: the job from the command line, deterministic numbers, and turns on request.
# A script is called with one argument, JSON: { threads, losses, sizes }. It answers with one JSON line when its first
# steps are done, then one for each line { samples } that it reads: it takes a turn only when asked.
import json, os, resource, sys, time
JOB = json.loads(sys.argv[1])
THREADS, SIZES = JOB['threads'], JOB['sizes']
for v in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'): os.environ[v] = str(THREADS)  # before torch: its BLAS has a pool of its own
import numpy as np
import torch
torch.set_num_threads(THREADS)

class rng:
    """mulberry32, many numbers at once: the k-th needs nothing but k."""
    def __init__(self, seed): self.seed, self.done = seed, 0
    def draw(self, n):
        k = np.arange(self.done + 1, self.done + n + 1, dtype=np.uint64); self.done += n
        M = np.uint64(0xFFFFFFFF); u = np.uint64
        t = (u(self.seed) + k * u(0x6D2B79F5)) & M
        t = ((t ^ (t >> u(15))) * (t | u(1))) & M
        t = (t ^ ((t + (((t ^ (t >> u(7))) * (t | u(61))) & M)) & M)) & M
        return ((t ^ (t >> u(14))) & M).astype(np.float64) / 4294967296

def fill(shape, scale, r, shift=-0.5):
    return torch.tensor(((r.draw(int(np.prod(shape))) + shift) * 2 * scale).astype(np.float32).reshape(shape))
def weights(shape, fan, r): return fill(shape, 1 / np.sqrt(fan), r)

def digest(results):
    y = np.concatenate([x.detach().numpy().astype(np.float64).ravel() for x in results])
    w = 1 + (np.arange(y.size, dtype=np.int64) * 7919 % 1009) / 1009
    return [float((w * np.abs(y)).mean()), float((w * np.maximum(y, 0)).mean())]

def library():
    with open('/proc/self/maps') as maps: text = maps.read()
    blas = 'OpenBLAS' if 'openblas' in text else 'slow BLAS' if 'libblas' in text else 'own BLAS'
    return f'torch {torch.__version__} {blas}'

def say(**answer): print(json.dumps(answer), flush=True)
def ms_since(t): return (time.perf_counter() - t) * 1e3

def serve(step, check=None):
    """`step` returns a loss; where it computes something else, `check` gives the numbers that tell whether it is right."""
    t = time.perf_counter(); first = step(); compile_ms = last = ms_since(t)
    if check is None:
        first = [first]
        while len(first) < JOB['losses'] and ms_since(t) < 20e3 + compile_ms:
            u = time.perf_counter(); first.append(step()); last = ms_since(u)
    else:
        first = check(); u = time.perf_counter(); step(); last = ms_since(u)
    for _ in range(3):
        if ms_since(t) < compile_ms + 5e3: step()
    say(library=library(), threads=THREADS, compileMs=compile_ms, stepMs=last, first=first)
    for line in sys.stdin:
        samples = json.loads(line)['samples']; ms = []; c = time.process_time()
        for _ in range(samples):
            u = time.perf_counter(); step(); ms.append(ms_since(u))
        say(ms=ms, cpuMs=(time.process_time() - c) * 1e3 / samples, peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
