/**
 * Times vector mathematics and emitted loop nests on one thread (best of many runs: other programs may use the machine).
 *
 *   npx tsc -p bench && node out/bench/bench/measure/wasm-loops.js [filter]
 */
import {
  axis,
  binary,
  compare,
  convert,
  int,
  literal,
  load,
  minus,
  select,
  unary,
  within
} from '../../src/nest/expression.ts'
import type { Scalar } from '../../src/nest/expression.ts'
import type { UnaryName } from '../../src/nest/functions.ts'
import { erf, logistic, softplus } from '../../src/nest/special.ts'
import {
  call,
  createModule,
  defineFunction,
  encode,
  forRange,
  memory as bulk,
  v128,
  withMemory
} from '../../kernels/wasm/encoder/index.ts'
import type { Module } from '../../kernels/wasm/encoder/index.ts'
import { emitLoops, planLoops } from '../../kernels/wasm/loops/index.ts'
import type { FusedNest } from '../../kernels/wasm/loops/index.ts'
import { threefry } from '../../src/primitives/threefry.ts'
import { WebAssembly } from '../../src/engines/webassembly.ts'
import { elementBytes } from '../../src/tensor/dtype.ts'

const filter = process.argv[2] ?? ''

const best = (go: () => void, seconds = 0.25): number => {
  let least = Infinity
  let repeats = 1
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    const start = performance.now()
    for (let i = 0; i < repeats; i++) go()
    const elapsed = performance.now() - start
    least = Math.min(least, elapsed / repeats)
    if (elapsed < 0.5) repeats = Math.ceil((repeats * 0.7) / Math.max(elapsed, 1e-3))
  }
  return least * 1e6
}

const start = (module: Module, bytes: number): (() => void) => {
  const initial = Math.ceil(bytes / 65536) + 1
  const memory = new WebAssembly.Memory({ initial })
  const floats = new Float32Array(memory.buffer)
  for (let i = 0; i < floats.length; i++) floats[i] = Math.sin(i)
  const code = new WebAssembly.Module(encode(withMemory(module, { from: ['env', 'memory'], initial })))
  return new WebAssembly.Instance(code, { env: { memory } }).exports['run'] as () => void
}

/** Nanoseconds that copying half of `bytes` takes: so many are read and written altogether. */
const copies = new Map<number, { loop: number; bulk: number }>()
const copyTime = (bytes: number): { loop: number; bulk: number } => {
  const known = copies.get(bytes)
  if (known !== undefined) return known
  const half = Math.max(64, Math.floor(bytes / 128) * 64)
  const plain = createModule()
  const copy = defineFunction(plain, { params: {} }, (scope) => {
    const at = scope.local('i32')
    return forRange(
      at,
      0,
      half,
      64,
      [0, 16, 32, 48].map((o) => v128.store(at, v128.load(at, o), half + o))
    )
  })
  defineFunction(plain, { params: {}, export: 'run' }, () => call(copy, {}))
  const whole = createModule()
  defineFunction(whole, { params: {}, export: 'run' }, () => bulk.copy(half, 0, half))
  const times = { loop: best(start(plain, 2 * half)), bulk: best(start(whole, 2 * half)) }
  copies.set(bytes, times)
  return times
}

interface Shape {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32' | 'bool'
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

const timeNest = (nest: FusedNest, operands: readonly Shape[], inPlace: readonly number[] = []): number => {
  const module = createModule()
  const plan = planLoops(nest, operands)
  let end = 64
  const place = (bytes: number): number => {
    const at = end
    // Not a multiple of 4096 apart, or stores would stall loads.
    end = Math.ceil((end + bytes) / 64) * 64 + 192
    return at
  }
  const from = operands.map(({ shape }) => place(sizeOf(shape) * 4))
  const to = nest.outputs.map((_, n) => (inPlace[n] === undefined ? place(sizeOf(nest.domain) * 4) : from[inPlace[n]]!))
  const scratch = place(plan.scratchBytes)
  const stages = emitLoops(module, plan, { operands: from, outputs: to, scratch, readable: end })
  defineFunction(module, { params: {}, export: 'run' }, () =>
    stages.map(({ run, units }) => {
      // As an engine would: some calls, so that optimized code takes over.
      const step = Math.max(1, Math.ceil(units / 8))
      return Array.from({ length: Math.ceil(units / step) }, (_, n) =>
        call(run, { begin: n * step, end: Math.min(units, (n + 1) * step) })
      )
    })
  )
  return best(start(module, end))
}

const report = (name: string, nest: FusedNest, operands: readonly Shape[], inPlace: readonly number[] = []): void => {
  if (!name.includes(filter)) return
  const time = timeNest(nest, operands, inPlace)
  const read = operands.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * elementBytes[dtype], 0)
  const bytes = read + nest.outputs.length * sizeOf(nest.domain) * 4
  const copy = copyTime(bytes)
  const { cost } = planLoops(nest, operands)
  console.log(
    `${name.padEnd(34)} ${(time / 1000).toFixed(2).padStart(9)} us ${(bytes / time).toFixed(1).padStart(6)} GB/s` +
      `  ${(time / copy.loop).toFixed(2).padStart(6)} x copy loop  ${(time / copy.bulk).toFixed(2).padStart(6)} x memory.copy` +
      `  estimate ${(cost / 1000).toFixed(1)} us`
  )
}

const f = 'float32' as const
const at = (operand: number, ...axes: readonly number[]): Scalar => load(operand, axes.map(axis), f)
const one = (domain: readonly number[], body: Scalar, reduction?: FusedNest['reduction']): FusedNest => ({
  domain,
  outputs: [{ dtype: body.dtype, body }],
  ...(reduction && { reduction })
})
const array = (...shape: readonly number[]): Shape => ({ shape, dtype: f })

const functions: Readonly<Record<string, (x: number) => number>> = {
  ...(Math as never as Record<string, (x: number) => number>),
  logistic,
  softplus,
  erf,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sqrt: Math.sqrt
}

for (const name of [
  'sqrt',
  'exp',
  'expm1',
  'log',
  'log1p',
  'tanh',
  'logistic',
  'softplus',
  'erf',
  'sin',
  'cos'
] as UnaryName[]) {
  if (!`math ${name}`.includes(filter)) continue
  const n = 4096
  const time = timeNest(one([n], unary(name, at(0, 0))), [array(n)]) / n
  const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i))
  const y = new Float32Array(n)
  // Compiled anew for each function, or the call in the loop would be one of many.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const plain = new Function('f', 'x', 'y', 'for (let i = 0; i < x.length; i++) y[i] = f(x[i])') as (
    f: unknown,
    x: Float32Array,
    y: Float32Array
  ) => void
  const script = best(() => plain(functions[name], x, y)) / n
  console.log(
    `math ${name.padEnd(10)} ${time.toFixed(3)} ns an element, in JavaScript ${script.toFixed(2)}: ${(script / time).toFixed(1)} x`
  )
}
if ('math pow'.includes(filter)) {
  const n = 4096
  const time = timeNest(one([n], binary('pow', at(0, 0), literal(2.4))), [array(n)]) / n
  console.log(`math pow        ${time.toFixed(3)} ns an element`)
}

for (const n of [4096, 65536, 1 << 20, 1 << 23]) {
  const x = at(0, 0)
  report(`copy ${n}`, one([n], x), [array(n)])
  report(`x * 2 + 1 ${n}`, one([n], binary('add', binary('mul', x, literal(2)), literal(1))), [array(n)])
  report(`x + y ${n}`, one([n], binary('add', x, at(1, 0))), [array(n), array(n)])
  report(`x += y ${n}`, one([n], binary('add', x, at(1, 0))), [array(n), array(n)], [0])
  const relu = select(
    compare('gt', binary('add', x, at(1, 0)), literal(0)),
    binary('mul', binary('add', x, at(1, 0)), at(2, 0)),
    literal(0)
  )
  report(`relu (x + y) * z ${n}`, one([n], relu), [array(n), array(n), array(n)])
  report(`sum ${n}`, one([], x, { extents: [n], combine: 'sum' }), [array(n)])
  report(`max ${n}`, one([], x, { extents: [n], combine: 'max' }), [array(n)])
}
for (const [m, n] of [
  [128, 64],
  [1024, 512],
  [4096, 3],
  [20000, 10]
] as const) {
  const x = at(0, 0, 1)
  report(`x + bias [${m}, ${n}]`, one([m, n], binary('add', x, at(1, 1))), [array(m, n), array(n)])
  report(`tanh(x + bias) [${m}, ${n}]`, one([m, n], unary('tanh', binary('add', x, at(1, 1)))), [array(m, n), array(n)])
  report(`row sums [${m}, ${n}]`, one([m], x, { extents: [n], combine: 'sum' }), [array(m, n)])
  report(`column sums [${m}, ${n}]`, one([n], at(0, 1, 0), { extents: [m], combine: 'sum' }), [array(m, n)])
  report(`transpose [${m}, ${n}]`, one([n, m], at(0, 1, 0)), [array(m, n)])
}
{
  const [b, c, h, w] = [16, 32, 32, 32]
  const x = at(0, 0, 1, 2, 3)
  report('channel bias', one([b, c, h, w], binary('add', x, at(1, 1))), [array(b, c, h, w), array(c)])
  const place = [minus(axis(2), 1), minus(axis(3), 1)]
  const inside = select(
    within(place[0]!, h),
    select(within(place[1]!, w), load(0, [axis(0), axis(1), ...place], f), literal(0)),
    literal(0)
  )
  report('pad', one([b, c, h + 2, w + 2], inside), [array(b, c, h, w)])
  report(
    'batch norm sums',
    {
      domain: [c],
      outputs: [
        { dtype: f, body: at(0, 1, 0, 2, 3) },
        { dtype: f, body: binary('mul', at(0, 1, 0, 2, 3), at(0, 1, 0, 2, 3)) }
      ],
      reduction: { extents: [b, h, w], combine: 'sum' }
    },
    [array(b, c, h, w)]
  )
  const up = load(
    0,
    [axis(0), axis(1), binary('floorDivide', axis(2), int(2)), binary('floorDivide', axis(3), int(2))],
    f
  )
  report('upsample', one([b, c, 2 * h, 2 * w], up), [array(b, c, h, w)])
  const flat = load(0, [binary('floorDivide', axis(1), int(h * w)), binary('modulo', axis(1), int(h * w))], f)
  report('reshaped load', one([b, c * h * w], binary('mul', flat, literal(2))), [array(c, h * w)])
  const concat = select(
    compare('lt', axis(1), int(c)),
    at(0, 0, 1, 2),
    load(1, [axis(0), minus(axis(1), c), axis(2)], f)
  )
  report('concat', one([b, 2 * c, h * w], concat), [array(b, c, h * w), array(b, c, h * w)])
}
for (const n of [1 << 14, 1 << 20]) {
  const [gradient, first, second, parameter] = [0, 1, 2, 3].map((k) => at(k, 0)) as [Scalar, Scalar, Scalar, Scalar]
  const mix = (old: Scalar, now: Scalar, by: number): Scalar =>
    binary('add', binary('mul', old, literal(by)), binary('mul', now, literal(1 - by)))
  const momentum = mix(first, gradient, 0.9)
  const variance = mix(second, binary('mul', gradient, gradient), 0.99)
  const updated = binary(
    'sub',
    parameter,
    binary('mul', load(4, [], f), binary('div', momentum, binary('add', unary('sqrt', variance), literal(1e-8))))
  )
  report(
    `adam ${n}`,
    { domain: [n], outputs: [updated, momentum, variance].map((body) => ({ dtype: f, body })) },
    [array(n), array(n), array(n), array(n), array()],
    [3, 1, 2]
  )
  const rules = threefry as unknown as {
    lower: (operands: readonly Shape[], result: Shape, params: unknown) => { body: Scalar }
  }
  const { body } = rules.lower(
    [1, 2, 3, 4].map(() => ({ shape: [n], dtype: 'int32' })),
    { shape: [n], dtype: 'int32' },
    { word: 0 }
  )
  const uniform = binary('mul', convert(binary('shiftRight', body, int(8)), 'float32'), literal(2 ** -24))
  report(
    `uniform ${n}`,
    one([n], uniform),
    [1, 2, 3, 4].map(() => ({ shape: [n], dtype: 'int32' as const }))
  )
}
