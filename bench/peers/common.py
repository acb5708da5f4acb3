# What every PyTorch script here starts with: the job from the command line, deterministic numbers, and turns on request.
# A script is called with one argument, JSON: { threads, losses, sizes, device, tf32 }. It answers with one JSON line when its
# first steps are done, then one for each line { samples } that it reads: it takes a turn only when asked.
import json, math, os, resource, sys, time
SAMPLE_MS = 20  # of a sample on a GPU at least, as of ours: it works while the next step is prepared
JOB = json.loads(sys.argv[1])
THREADS, SIZES, DEVICE = JOB['threads'], JOB['sizes'], JOB.get('device', 'cpu')
for v in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'): os.environ[v] = str(THREADS)  # before torch: its BLAS has a pool of its own
import numpy as np
import torch
torch.set_num_threads(THREADS)
if DEVICE == 'cuda':
    if not torch.cuda.is_available(): sys.exit(f'torch {torch.__version__} finds no CUDA device')
    # float32 as everywhere else: TF32 keeps 10 bits of each factor, and for convolutions it is PyTorch's default.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = JOB.get('tf32', False)
    torch.backends.cudnn.benchmark = True  # shapes stay: cuDNN may try all of its algorithms at the first step

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
    return torch.tensor(((r.draw(int(np.prod(shape))) + shift) * 2 * scale).astype(np.float32).reshape(shape), device=DEVICE)
def zeros(*shape): return torch.zeros(*shape, device=DEVICE)
def weights(shape, fan, r): return fill(shape, 1 / np.sqrt(fan), r)

def digest(results):
    y = np.concatenate([x.detach().cpu().numpy().astype(np.float64).ravel() for x in results])
    w = 1 + (np.arange(y.size, dtype=np.int64) * 7919 % 1009) / 1009
    return [float((w * np.abs(y)).mean()), float((w * np.maximum(y, 0)).mean())]

def library():
    if DEVICE == 'cuda': return f"torch {torch.__version__} {'TF32' if JOB.get('tf32') else 'float32'} on {torch.cuda.get_device_name()}"
    with open('/proc/self/maps') as maps: text = maps.read()
    blas = 'OpenBLAS' if 'openblas' in text else 'slow BLAS' if 'libblas' in text else 'own BLAS'
    return f'torch {torch.__version__} {blas}'

def say(**answer): print(json.dumps(answer), flush=True)
def ms_since(t): return (time.perf_counter() - t) * 1e3
def settle():
    if DEVICE == 'cuda': torch.cuda.synchronize()

def timed(step, steps=1):
    """The losses of some steps and their milliseconds. A GPU is waited for before and after, and its losses are read at the end alone: it need not stop between steps."""
    settle(); t = time.perf_counter(); losses = [step() for _ in range(steps)]
    numbers = [float(x) for x in losses if x is not None]; settle()
    return numbers, ms_since(t)

def serve(step, check=None):
    """`step` returns a loss; where it computes something else, `check` gives the numbers that tell whether it is right."""
    t = time.perf_counter(); first, compile_ms = timed(step); last = compile_ms
    if check is None:
        while len(first) < JOB['losses'] and ms_since(t) < 20e3 + compile_ms:
            loss, last = timed(step); first += loss
    else:
        first = check(); _, last = timed(step)
    for _ in range(3):
        if ms_since(t) < compile_ms + 5e3: _, last = timed(step)
    steps = max(1, math.ceil(SAMPLE_MS / last)) if DEVICE == 'cuda' else 1
    say(library=library(), threads=THREADS, compileMs=compile_ms, stepMs=last * steps, first=first)
    for line in sys.stdin:
        samples = json.loads(line)['samples']; c = time.process_time()
        ms = [timed(step, steps)[1] / steps for _ in range(samples)]
        say(ms=ms, cpuMs=(time.process_time() - c) * 1e3 / samples / steps, peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
