/** For every exported function a call that is right: what the fuzz of all exports changes, one thing at a time. */
import * as E from '#fp-ts/Either'
import { zipSync } from 'fflate'
import { npyBytes } from '../data/npyBytes.ts'
import * as s from '../../src/index.ts'
import { initialState } from '../../src/gan/step/state.ts'
import { players, points, smallSpec } from '../support/smallGan.ts'

export interface Example {
  /** Arguments that are right, made anew for each call. */
  readonly args: () => readonly unknown[]
  /** The place of the options among them, which are then all that there are, each with a value that is right. */
  readonly options?: number
  /** Arguments of what the function returns, where that is a function. */
  readonly then?: () => readonly unknown[]
  /** Why further arguments are no mistake. */
  readonly variadic?: string
  /** Why the call is refused all the same. */
  readonly refused?: string
  /** Why a huge number is no mistake here, but a long wait. */
  readonly patient?: string
}

type More = Omit<Example, 'args'>
const call = (more: More, ...args: readonly unknown[]): Example => ({ args: () => args, ...more })
const plain = (...args: readonly unknown[]): Example => call({}, ...args)
/** A call whose last argument is its options. */
const withOptions = (...args: readonly unknown[]): Example => call({ options: args.length - 1 }, ...args)

const iterates = 'a loop may have any number of iterations'

const x = s.tensor([[0.5, 1, 2], [3, 4, 5]]) // prettier-ignore
const row = s.tensor([0.5, 1, 2])
const scalar = s.tensor(2)
const mask = s.tensor([[true, false, true], [false, true, true]]) // prettier-ignore
const images = s.ones([2, 4, 4, 4])
const kernel = s.ones([4, 2, 3, 3])
const key = s.Random.key(1)
const square = (y: s.Tensor) => s.sum(s.mul(y, y))
const params = { w: s.tensor([1, 2]) }
const net = s.Net.dense(2, 1)
const spec = smallSpec()
const grid = { specs: ['r1'], settings: { batchSize: [2] }, seeds: 1, data: 'ring', batchSize: 4, steps: 2, engine: 'reference', every: 1 } // prettier-ignore
const smallState = initialState(spec, {}, s.Random.key(0))
const D = (y: s.Tensor) => s.sum(y, { axes: [1] })
const G = (y: s.Tensor) => s.tanh(y)
const row2 = s.tensor([[0.5, 1]]) // prettier-ignore
const many = 'takes any number'
const waits = 'takes as many steps as it is told'

const unary = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, plain(x)]))
const binary = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, plain(x, x)]))
const inits = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`Init.${name}`, plain(key, [2, 3], { fanIn: 2, fanOut: 3 })]))

const ops: Readonly<Record<string, Example>> = {
  ...unary('sigmoid', 'logsigmoid', 'softplus', 'relu', 'gelu', 'silu', 'neg', 'abs', 'sign', 'floor', 'ceil'),
  ...unary('square', 'reciprocal', 'stopGradient', 'zerosLike', 'onesLike', 'exp', 'expm1', 'log', 'log1p', 'sqrt'),
  ...unary('rsqrt', 'sin', 'cos', 'tanh', 'erf'),
  ...binary('add', 'sub', 'mul', 'div', 'max', 'min', 'pow', 'equal', 'notEqual', 'less', 'lessEqual', 'greater'),
  ...binary('greaterEqual', 'sigmoidCrossEntropyWithLogits'),
  leakyRelu: plain(x, 0.1),
  elu: plain(x, 1),
  affineSample2d: withOptions(images, s.ones([2, 3]), { alignCorners: true, paddingMode: 'border', size: [2, 3] }),
  clamp: withOptions(x, { min: 0, max: 1 }),
  concat: withOptions([x, x], { axis: 1 }),
  stack: withOptions([x, x], { axis: 1 }),
  slice: withOptions(x, { start: [0, 1], end: [2, 3], strides: [1, 1] }),
  flip: withOptions(x, { axes: [1] }),
  pad: withOptions(x, { low: [0, 1], high: [1, 0], value: 3 }),
  where: plain(mask, x, x),
  logicalAnd: plain(mask, mask),
  logicalOr: plain(mask, mask),
  logicalNot: plain(mask),
  convert: plain(x, 'int32'),
  conv2d: withOptions(images, kernel, { stride: 1, padding: 1, dilation: 1, groups: 2 }),
  convTranspose2d: withOptions(images, kernel, { stride: 2, padding: 1, outputPadding: 1, dilation: 1, groups: 2 }),
  tensor: plain([1, 2, 3, 4], [2, 2], 'float32'),
  full: plain([2, 2], 0.5, 'float32'),
  zeros: plain([2, 2], 'float32'),
  ones: plain([2, 2], 'float32'),
  arange: withOptions(1, 5, { step: 2, dtype: 'float32' }),
  linspace: plain(0, 1, 5),
  eye: plain(2, 3),
  softmaxCrossEntropyWithLogits: withOptions(x, [0, 1], { axis: -1 }),
  einsum: call({ variadic: many }, 'ij,kj->ik', x, x),
  take: withOptions(x, [1, 0], { axis: 0 }),
  takeAlongAxis: withOptions(x, [[1], [0]], { axis: 1 }),
  oneHot: plain([1, 0], 3),
  matmul: plain(x, s.transpose(x)),
  dot: plain(row, row),
  outer: plain(row, row),
  norm: withOptions(x, { axes: [1], keepDims: true, ord: 2 }),
  standardize: withOptions(x, { axes: [1], epsilon: 1e-5 }),
  layerNorm: withOptions(x, row, row, { axes: [1], epsilon: 1e-5 }),
  groupNorm: withOptions(images, s.ones([4]), s.ones([4]), { groups: 2, epsilon: 1e-5 }),
  batchNorm: withOptions(x, row, row, { statistics: { mean: row, variance: row }, epsilon: 1e-5 }),
  instanceNorm: withOptions(images, { epsilon: 1e-5 }),
  argsort: withOptions(x, { axis: 1 }),
  sort: withOptions(x, { axis: 1 }),
  topK: withOptions(x, 2, { axis: 1 }),
  argmax: withOptions(x, { axis: 1 }),
  argmin: withOptions(x, { axis: 1 }),
  avgPool2d: withOptions(images, { window: 2, stride: 2, padding: 1, countIncludePad: true }),
  maxPool2d: withOptions(images, { window: 2, stride: 2, padding: 1 }),
  sum: withOptions(x, { axes: [1], keepDims: true }),
  mean: withOptions(x, { axes: [1], keepDims: true }),
  variance: withOptions(x, { axes: [1], keepDims: true, ddof: 1 }),
  reduceMax: withOptions(x, { axes: [1], keepDims: true }),
  reduceMin: withOptions(x, { axes: [1], keepDims: true }),
  prod: withOptions(x, { axes: [1], keepDims: true }),
  cumsum: withOptions(x, { axis: 1 }),
  upsampleNearest2d: plain(images, 2),
  resizeBilinear2d: withOptions(images, { scale: 1.5, alignCorners: true }),
  depthToSpace: plain(images, 2),
  spaceToDepth: plain(images, 2),
  reflectPad2d: withOptions(images, { low: 1, high: 1 }),
  reshape: plain(x, [3, 2]),
  transpose: plain(x, [1, 0]),
  broadcastTo: plain(row, [2, 3]),
  expandDims: withOptions(x, { axes: [0] }),
  squeeze: withOptions(s.ones([1, 2]), { axes: [0] }),
  logsumexp: withOptions(x, { axes: [1], keepDims: true }),
  softmax: withOptions(x, { axis: 1 }),
  logSoftmax: withOptions(x, { axis: 1 })
}

const symmetric = s.tensor([[2, 1], [1, 3]]) // prettier-ignore
const pair = s.tensor([1, 2])
const apply = (v: s.Tensor) => s.matmul(symmetric, v)

const linearAlgebra: Readonly<Record<string, Example>> = {
  cholesky: plain(symmetric),
  eigh: plain(symmetric),
  qr: plain(symmetric),
  svd: plain(symmetric),
  singularValues: plain(symmetric),
  triangularSolve: withOptions(symmetric, pair, { lower: true, transposed: false }),
  solve: plain(symmetric, pair),
  inverse: plain(symmetric),
  logdet: plain(symmetric),
  matrixFunction: plain(s.exp, symmetric),
  matrixSqrt: plain(symmetric),
  conjugateGradient: call({ options: 2, patient: waits }, apply, pair, { steps: 2 }),
  powerIteration: call({ options: 2, patient: waits }, apply, pair, { steps: 2 }),
  lanczos: withOptions(apply, pair, { steps: 2 })
}

const transformations: Readonly<Record<string, Example>> = {
  isSaddlepointError: call({ variadic: 'a test, which many a function hands more than it reads' }, new Error('mine')),
  treeLeaves: plain(params),
  treeMap: call({ variadic: many }, s.add, params, params),
  evaluate: call({ options: 1, then: () => [x] }, square, { precision: 'float64' }),
  grad: call({ options: 1, then: () => [x] }, square, { argnums: 0, hasAux: false }),
  valueAndGrad: call({ options: 1, then: () => [x] }, square, { argnums: 0, hasAux: false }),
  jvp: plain(square, [x], [x]),
  linearize: call({ variadic: many }, square, x),
  linearizeWith: call({ options: 0, then: () => [square, x] }, { hasAux: false }),
  vjpWith: call({ options: 0, then: () => [square, x] }, { hasAux: false }),
  vjp: call({ variadic: many }, square, x),
  hvp: call({ then: () => [x, x] }, square),
  hessian: call({ then: () => [row] }, square),
  jacfwd: call({ then: () => [row] }, s.exp),
  jacrev: call({ then: () => [row] }, s.exp),
  vmap: call({ options: 1, then: () => [x] }, square, { inAxes: 0, outAxes: 0 }),
  scan: call({ options: 3, patient: iterates }, (c: s.Tensor, y: s.Tensor) => [s.add(c, y), c], row, s.ones([2, 3]), { length: 2, reverse: true, keep: 'carries' }), // prettier-ignore
  repeat: call({ options: 3, patient: iterates }, 3, s.sin, x, { keep: 'carries' }),
  whileLoop: call({ options: 3, patient: iterates }, () => s.tensor(1, [], 'bool'), s.sin, x, { atMost: 2 }),
  checkpoint: call({ then: () => [x] }, square),
  customJvp: call({ then: () => [x] }, s.exp, (_: unknown, [dy]: readonly s.Tensor[]) => s.mul(dy!, 1)),
  customVjp: call({ then: () => [x] }, s.exp, (_: unknown, ct: s.Tensor) => [s.mul(ct, 1)]),
  reaches: plain(square, x),
  compile: call({ options: 1, then: () => [x] }, square, { engine: 'reference' }),
  loop: call({ options: 1 }, (carry: s.Tensor) => [s.mul(carry, 2), carry], { carry: row, engine: 'reference' }),
  'Program.of': call({ variadic: many }, square, x),
  'Program.count': plain(s.Program.of(square, x)),
  'Program.show': plain(s.Program.of(square, x)),
  'Program.hash': plain(s.Program.of(square, x)),
  'Program.optimize': plain(s.Program.of(square, x)),
  'Program.explain': plain(s.Program.of(square, x), 3),
  'Engine.showFault': plain({ _tag: 'NotAvailable', engine: 'wasm', expected: 'a', actual: 'b', hint: 'c' }),
  'Engine.reference': plain('float64'),
  'Engine.select': plain('reference'),
  'Engine.wasm': withOptions({ threads: 1, background: false, relaxed: false }),
  'Engine.gpu': withOptions({ mode: 'cpu' }),
  'Engine.describe': call({ then: () => [] }, s.Program.of(square, x))
}

const random: Readonly<Record<string, Example>> = {
  'Random.key': plain(1),
  'Random.foldIn': plain(key, 3),
  'Random.split': plain(key, 3),
  'Random.keysOf': plain(s.Random.split(key, 2)),
  'Random.bits': plain(key, [2, 3]),
  'Random.bernoulli': plain(key, 0.5, [2, 3]),
  'Random.uniform': withOptions(key, [2, 3], { min: 0, max: 2 }),
  'Random.normal': plain(key, [2, 3]),
  'Random.rademacher': plain(key, [2, 3]),
  'Random.categorical': plain(key, row, [4]),
  'Random.permutation': plain(key, 4),
  'Random.randint': plain(key, [4], 0, 3)
}

const optimizers: Readonly<Record<string, Example>> = {
  'Opt.applyUpdates': plain(params, params),
  'Opt.byUpdates': call({ then: () => [s.tensor(1, [], 'int32')] }, s.Opt.linear(1, 0, 4)),
  'Opt.chain': call({ variadic: many }, s.Opt.clipByNorm(1), s.Opt.scale(2)),
  'Opt.show': plain(s.Opt.scale(2)),
  'Opt.transformation': withOptions({
    name: 'mine',
    options: {},
    problems: [],
    init: () => [],
    update: (gradients: unknown, state: unknown) => [gradients, state]
  }),
  'Opt.constant': call({ then: () => [s.tensor(1, [], 'int32')] }, 0.1),
  'Opt.cosine': call({ then: () => [s.tensor(1, [], 'int32')] }, 1, 0, 4),
  'Opt.exponential': call({ then: () => [s.tensor(1, [], 'int32')] }, 1, 0.5, 4),
  'Opt.linear': call({ then: () => [s.tensor(1, [], 'int32')] }, 1, 0, 4),
  'Opt.product': call({ then: () => [s.tensor(1, [], 'int32')] }, 2, s.Opt.linear(1, 0, 4)),
  'Opt.piecewise': call({ then: () => [s.tensor(1, [], 'int32')] }, 1, [[10, 0.1]]),
  'Opt.warmUp': call({ then: () => [s.tensor(1, [], 'int32')] }, 4, 0.1),
  'Opt.addDecayedWeights': plain(0.1),
  'Opt.clipByNorm': plain(1),
  'Opt.clipByValue': plain(1),
  'Opt.scale': plain(2),
  'Opt.scaleBySchedule': plain(s.Opt.linear(1, 0, 4)),
  'Opt.sgd': withOptions({ learningRate: 0.1 }),
  'Opt.momentum': withOptions({ learningRate: 0.1, momentum: 0.9 }),
  'Opt.nesterov': withOptions({ learningRate: 0.1, momentum: 0.9 }),
  'Opt.adam': withOptions({ learningRate: 0.1, b1: 0.5, b2: 0.9, epsilon: 1e-8, epsilonRoot: 0, lazy: 16 }),
  'Opt.adamW': withOptions({
    learningRate: 0.1,
    b1: 0.5,
    b2: 0.9,
    epsilon: 1e-8,
    epsilonRoot: 0,
    lazy: 16,
    weightDecay: 0.1
  }),
  'Opt.optimisticAdam': withOptions({ learningRate: 0.1, b1: 0.5, b2: 0.9, epsilon: 1e-8, epsilonRoot: 0 }),
  'Opt.lamb': withOptions({ learningRate: 0.1, b1: 0.5, b2: 0.9, epsilon: 1e-8, epsilonRoot: 0, weightDecay: 0.1 }),
  'Opt.lion': withOptions({ learningRate: 0.1, b1: 0.5, b2: 0.9, weightDecay: 0.1 }),
  'Opt.adaBelief': withOptions({ learningRate: 0.1, b1: 0.5, b2: 0.9, epsilon: 1e-8 }),
  'Opt.rmsprop': withOptions({ learningRate: 0.1, decay: 0.9, epsilon: 1e-8, epsilonRoot: 0 })
}

const networks: Readonly<Record<string, Example>> = {
  'Net.layer': plain({ name: 'mine', apply: ({ state }: { state: unknown }, y: s.Tensor) => [y, state] }),
  'Net.serial': call({ variadic: many }, s.Net.dense(2, 3), s.Net.relu),
  'Net.residual': plain(s.Net.dense(2, 2)),
  'Net.lambda': withOptions('mine', s.exp, { output: [3], preserves: false }),
  'Net.dense': withOptions(2, 3, { weights: s.Init.ones, bias: false }),
  'Net.convolution': withOptions(4, 2, { kernel: 3, stride: 1, padding: 1, dilation: 1, groups: 2, weights: s.Init.ones, bias: s.Init.zeros }), // prettier-ignore
  'Net.transposedConvolution': withOptions(4, 2, { kernel: 3, stride: 1, padding: 1, dilation: 1, groups: 2, outputPadding: 0, weights: s.Init.ones, bias: s.Init.zeros }), // prettier-ignore
  'Net.elu': plain(1),
  'Net.leakyRelu': plain(0.2),
  'Net.reshape': plain([1, 2]),
  'Net.avgPool': withOptions({ window: 2, stride: 2, padding: 0 }),
  'Net.maxPool': withOptions({ window: 2, stride: 2, padding: 0 }),
  'Net.upsample': plain(2),
  'Net.resizeBilinear': withOptions({ scale: 2, alignCorners: false }),
  'Net.pack': plain(2),
  'Net.appendEmbedding': plain(3, 2),
  'Net.dropout': plain(0.5),
  'Net.groupNorm': withOptions(4, { groups: 2, epsilon: 1e-5 }),
  'Net.instanceNorm': withOptions({ epsilon: 1e-5 }),
  'Net.layerNorm': withOptions(3, { epsilon: 1e-5 }),
  'Net.batchNorm': withOptions(3, { momentum: 0.1, epsilon: 1e-5 }),
  'Net.appendCondition': plain([3]),
  'Net.appendLabels': plain(3),
  'Net.pixelNorm': withOptions({ epsilon: 1e-8 }),
  'Net.selfAttention': withOptions(8, { inner: 1, weights: s.Init.zeros }),
  'Net.maxout': withOptions(2, 3, { pieces: 2, weights: s.Init.zeros, bias: s.Init.zeros }),
  'Net.blurPool': withOptions({ kernel: [1, 2, 1], stride: 2, padding: [1, 1], paddingMode: 'zeros' }),
  'Net.constant': plain([2, 3]),
  'Net.withStyle': plain(s.Net.dense(2, 3), s.Net.constant([2])),
  'Net.modulatedConvolution': withOptions(2, 3, { kernel: 3, style: 4, padding: 1, demodulate: true, epsilon: 1e-8 }),
  'Net.adaptiveInstanceNorm': withOptions(2, 3, { epsilon: 1e-5 }),
  'Net.noise': plain(3),
  'Net.conditionalBatchNorm': withOptions(3, 2, { momentum: 0.1, epsilon: 1e-5 }),
  'Net.projection': plain(3, 2),
  'Net.spectral': withOptions(s.Net.dense(2, 2), { iterations: 1, epsilon: 1e-12 }),
  'Net.minibatchDiscrimination': withOptions(3, { kernels: 2, dimensions: 2 }),
  'Net.minibatchStddev': withOptions({ groupSize: 2, epsilon: 1e-8 }),
  'Net.virtualBatchNorm': withOptions(3, { epsilon: 1e-5 }),
  'Net.withReference': plain(x, s.Net.virtualBatchNorm(3)),
  'Net.countParameters': plain(net),
  'Net.show': plain(net),
  ...inits('fanInUniform', 'glorotNormal', 'glorotUniform', 'heNormal', 'heUniform', 'lecunNormal', 'ones', 'zeros'),
  'Init.constant': call({ then: () => [key, [2, 3], { fanIn: 2, fanOut: 3 }] }, 0.5),
  'Init.normal': call({ then: () => [key, [2, 3], { fanIn: 2, fanOut: 3 }] }, 0.5, 1),
  'Init.uniform': call({ then: () => [key, [2, 3], { fanIn: 2, fanOut: 3 }] }, 0.5),
  'Init.orthogonal': call({ then: () => [key, [2, 3], { fanIn: 2, fanOut: 3 }] }, 1)
}

const presets: Readonly<Record<string, Example>> = {
  ...Object.fromEntries(
    Object.keys(s.Preset)
      .filter((name) => !['names', 'of'].includes(name))
      .map((name) => [`Preset.${name}`, withOptions({ shape: [1, 28, 28], width: 2, latents: 3 })])
  ),
  'Preset.of': withOptions('gan', { shape: [2], width: 4, latents: 3 })
}

const edit = (...args: readonly unknown[]): Example => call({ then: () => [spec] }, ...args)

const games: Readonly<Record<string, Example>> = {
  'Gan.between': call({ refused: 'a spec lacks a loss and optimizers' }, players),
  'Gan.withAverage': call({ then: () => [spec], options: 0 }, { decay: 0.9, players: ['generator'], ramp: true, start: 0, statistics: 'current' }), // prettier-ignore
  'Gan.withLabels': call(
    { then: () => [spec], options: 0, refused: 'the networks read no labels' },
    { classes: 2, fakes: 'uniform', dropout: 0 }
  ),
  'Gan.withConditions': call(
    { then: () => [spec], options: 0, refused: 'the networks read no labels' },
    { shape: [2], dropout: 0 }
  ),
  'Gan.withLoss': edit(s.Loss.hinge),
  'Gan.withOptimizer': edit('generator', s.Opt.sgd({ learningRate: 0.1 })),
  'Gan.withProjection': edit('generator', s.Projection.clip(1)),
  'Gan.withRegularizer': edit('discriminator', s.Reg.r1()),
  'Gan.frozen': edit(['generator', 0]),
  'Gan.withUpdate': edit(s.Update.simultaneous),
  'Gan.objectiveOf': plain(spec, 'generator'),
  'Gan.createPlay': call(
    { then: () => ['mine', 0] },
    {
      networks: { generator: G, discriminator: D },
      real: () => s.ones([2, 2]),
      latent: s.ones([2, 2]),
      key,
      step: s.tensor(0, [], 'int32')
    }
  ),
  'Gan.validate': plain(spec),
  'Gan.show': plain(spec),
  'Gan.compile': call({ then: () => [spec], options: 0 }, { batchSize: { generator: 2, discriminator: 4 }, engine: 'reference', sampler: points, givenDraws: false }), // prettier-ignore
  'Gan.train': call(
    { then: () => [spec], options: 0, patient: waits },
    {
      data: points,
      batchSize: 4,
      steps: 1,
      engine: 'reference',
      seed: 1,
      state: undefined,
      signal: undefined,
      onStep: () => undefined,
      onState: () => undefined,
      stateEvery: 1,
      probes: [{ every: 1, probe: { name: 'mine', run: () => ({ one: 1 }) } }],
      onProbe: () => undefined
    }
  ),
  'Gan.measurementsOf': plain({ name: 'mine', run: () => ({ one: 1 }) }, { measurements: [] }),
  'Gan.stateToJson': plain(smallState),
  'Gan.specToJson': plain(spec),
  'Gan.specToCode': plain(spec),
  'Gan.specFromJson': plain(E.getOrElse(() => '')(s.Gan.specToJson(spec))),
  'Gan.stateFromJson': plain(spec, s.Gan.stateToJson(smallState)),
  'Gan.toSafetensors': plain(smallState, { note: 'mine' }),
  'Gan.fromSafetensors': plain(spec, s.Gan.toSafetensors(smallState)),
  'Gan.networkToSafetensors': plain(smallState.players['generator']!, { note: 'mine' }),
  'Gan.networkFromSafetensors': call({ options: 2 }, spec.networks['generator']!, s.Gan.networkToSafetensors(smallState.players['generator']!), { layout: 'saddlepoint' }), // prettier-ignore
  'Export.onnx': call({ options: 1 }, s.Program.of((y: s.Tensor) => s.tanh(y), x), { inputs: ['x'], outputs: ['y'], values: { x }, name: 'tanh', metadata: { note: 'mine' } }), // prettier-ignore
  'Export.generator': call({ options: 2 }, spec, smallState, { count: 3, parameters: 'current' }),
  'Checkpoint.save': call({ options: 2, refused: 'no directory can be made there' }, '/dev/null/run', smallState, {
    keep: 1,
    score: 1,
    metadata: { note: 'mine' }
  }),
  'Checkpoint.load': call({ refused: 'no directory is there' }, '/dev/null/run', spec),
  'Sweep.runsOf': call({ options: 0 }, grid),
  'Sweep.run': call({ options: 2, refused: 'no folder can be made there' }, '/dev/null/sweep', grid, {
    runners: 1,
    modules: '.',
    program: 'runner.js',
    signal: { aborted: true },
    onStep: () => undefined,
    onDeath: () => undefined,
    onResult: () => undefined
  }),
  'Sweep.runOver': call(
    { options: 3, refused: 'no folder can be made there' },
    '/dev/null/sweep',
    grid,
    'redis://127.0.0.1:1',
    {
      signal: { aborted: true },
      onResult: () => undefined,
      dashboard: { port: 0 },
      onDashboard: () => undefined,
      interval: 100
    }
  ),
  'Sweep.work': call({ options: 2, refused: 'no server is there' }, '/dev/null/sweep', 'redis://127.0.0.1:1', {
    runners: 1,
    modules: '.',
    data: '.',
    program: 'runner.js',
    signal: { aborted: true },
    untilDone: true,
    silence: 1000,
    onStep: () => undefined,
    onDeath: () => undefined,
    onResult: () => undefined,
    onReady: () => undefined
  }),
  'Sweep.results': call({ refused: 'no sweep is there' }, '/dev/null/sweep'),
  'Sweep.armsOf': plain([{ job: { name: 'a', arm: 'a' }, status: 'done', step: 1, figures: { loss: 1 } }]),
  'Run.read': call({ refused: 'no run is there' }, '/dev/null/run'),
  'Run.report': call({ refused: 'no run is there' }, ['/dev/null/run'], '/dev/null/report.html'),
  'Run.train': call({ options: 1, refused: 'no folder can be made there' }, '/dev/null/run', {
    spec,
    data: { name: 'points', shape: [2], sample: points },
    batchSize: 4,
    steps: 2,
    seed: 1,
    engine: 'reference',
    every: 1,
    keep: 2,
    probes: [],
    origin: { module: 'mine.js', hash: '0' },
    signal: { aborted: false },
    onStart: () => undefined,
    onStep: () => undefined,
    onLook: () => undefined
  }),
  readCsv: call({ options: 1 }, '1,2', { file: 'x', separator: ',', header: false }),
  readCifar: call({ options: 1 }, new Uint8Array(3073), { file: 'x', classes: 10 }),
  readNpy: call({ options: 1 }, npyBytes('<f4', [1], Float32Array.of(1)), { file: 'x', limit: 100 }),
  readNpz: call({ options: 1 }, zipSync({ 'x.npy': npyBytes('<f4', [1], Float32Array.of(1)) }), {
    file: 'x',
    limit: 100
  }),
  writeSafetensors: plain({ x: scalar }, { note: 'mine' }),
  readSafetensors: call({ options: 1 }, s.writeSafetensors({ x: scalar }), { file: 'x', limit: 100 }),
  'Gan.adopt': call({ options: 2 }, spec, smallState, { seed: 1 }),
  'Gan.generate': call(
    { then: () => [spec], options: 0, refused: 'samples are drawn of a state' },
    { count: 2, engine: 'reference', parameters: 'current' }
  ),
  'Issue.show': plain([{ _tag: 'Missing', path: ['loss'], expected: 'a', actual: 'b', hint: 'c', severity: 'error' }]),
  'Loss.custom': withOptions('mine', { generator: () => scalar, discriminator: () => scalar }, { outputs: 2 }),
  'Loss.isLoss': plain(s.Loss.hinge),
  'Loss.withCritics': call({ then: () => [s.Loss.hinge] }, ['discriminator', 'second']),
  'Loss.minimaxWith': withOptions({ realTarget: 0.9 }),
  'Loss.nonSaturatingWith': withOptions({ realTarget: 0.9 }),
  'Loss.leastSquaresWith': withOptions({ fakeTarget: 0, realTarget: 1, generatorTarget: 1 }),
  'Loss.fGan': withOptions('kl', { generator: 'saturating' }),
  'Loss.phi': plain('sqrt'),
  'Loss.energyBased': withOptions({ margin: 1, energy: 'squaredError' }),
  'Loss.boundaryEquilibrium': withOptions({ gamma: 0.5, lambda: 0.1, energy: 'softplus' }),
  'Loss.topK': withOptions({ k: 2, loss: 'hinge' }),
  'Loss.featureMatching': withOptions({ layer: 1, loss: s.Loss.hinge }),
  'Loss.auxiliaryClassifier': withOptions({ classes: 3, weight: 0.5, loss: s.Loss.hinge }),
  'Loss.mutualInformation': withOptions({ categories: [3, 2], continuous: 1, sigma: 0.5, weight: 0.5, loss: s.Loss.hinge }), // prettier-ignore
  'Loss.bidirectional': withOptions({ generator: 'saturating', encoder: 'encoder' }),
  'Loss.hybrid': withOptions(() => scalar, { ratio: 10, epsilon: 1e-6, loss: s.Loss.hinge }),
  'Objective.of': withOptions('mine', () => scalar, { perSample: false, options: {}, problems: [] }),
  'Objective.metric': plain('mine', () => scalar),
  'Objective.isObjective': plain(() => scalar),
  'Objective.from': plain(() => scalar),
  'Objective.scale': call({ then: () => [() => scalar] }, 2),
  'Objective.every': call({ then: () => [() => scalar] }, 2),
  'Objective.schedule': call({ then: () => [() => scalar] }, s.Opt.constant(1)),
  'Objective.weightAt': plain(s.Reg.r1()[0], s.tensor(1, [], 'int32')),
  'Objective.named': plain(s.Reg.r1()),
  'Prior.normal': plain([2]),
  'Prior.uniform': plain([2]),
  'Prior.sphere': plain([2]),
  'Prior.codes': withOptions({ noise: 2, categories: [3, 2], continuous: 1 }),
  'Projection.clip': plain(1),
  'Reg.inputGradient': plain(D, x),
  'Reg.gradientNorm': plain(D, x),
  'Reg.squaredGradientAt': plain(D, x),
  'Reg.gradientPenaltyAt': plain(D, x, 1, false),
  'Reg.maxGradientPenaltyAt': plain(D, x),
  'Reg.centredNoise': plain(x, x, 1, [-1, 1]),
  'Reg.forwardNoise': plain(x, x, s.tensor([0.5, 0.5]), 0.5),
  'Reg.lecamAt': plain(row, row, 0.5, 0.5),
  'Reg.consistencyAt': plain(D, x, x),
  'Reg.squaredDistance': plain(x, x),
  'Reg.interpolate': plain(x, x, s.tensor([0.5, 0.5])),
  'Reg.r1': withOptions({ gamma: 1, player: 'discriminator' }),
  'Reg.r2': withOptions({ gamma: 1 }),
  'Reg.gradientPenalty': withOptions({ lambda: 1, target: 1, oneSided: true, player: 'discriminator' }),
  'Reg.maxGradientPenalty': withOptions({ lambda: 1, player: 'discriminator' }),
  'Reg.dragan': withOptions({
    lambda: 1,
    target: 1,
    noise: 'centred',
    scale: 1,
    clip: [-1, 1],
    player: 'discriminator'
  }),
  'Reg.lecam': withOptions({ lambda: 1, decay: 0.9, start: 10, player: 'discriminator' }),
  'Reg.consistency': withOptions({ augment: s.Augment.ada(), lambda: 1, player: 'discriminator' }),
  'Reg.balancedConsistency': withOptions({
    augment: s.Augment.ada(),
    lambdaReal: 1,
    lambdaFake: 1,
    player: 'discriminator'
  }),
  'Reg.latentConsistency': withOptions({ lambda: 1, deviation: 0.1, player: 'discriminator' }),
  'Reg.latentDiversity': withOptions({ lambda: 1, deviation: 0.1, player: 'generator' }),
  'Reg.secantStretch': plain(G, x, x),
  'Reg.tangentStretch': plain(G, x, x),
  'Reg.clampPenalty': plain(row, 0, 1),
  'Reg.logConditions': plain(G, row2),
  'Reg.logDeterminants': plain(G, row2),
  'Reg.offDiagonals': plain(G, row2),
  'Reg.stretchVariances': plain(G, row2, s.ones([2, 1, 2])),
  'Reg.curvatureVariances': plain(G, row2, s.ones([2, 1, 2])),
  'Reg.extremalClampPenalty': plain(G, row2, 0, 1),
  'Reg.logCondition': withOptions({ weight: 1, subset: 4, player: 'generator' }),
  'Reg.logDeterminant': withOptions({ weight: 1, subset: 4, player: 'generator' }),
  'Reg.orthogonalJacobian': withOptions({ weight: 1, mode: 'exact', probes: 2, subset: 4, player: 'generator' }),
  'Reg.hessianPenalty': withOptions({ weight: 1, probes: 2, reduction: 'max', subset: 4, player: 'generator' }),
  'Reg.jacobianClamp': withOptions({ min: 0, max: 1, mode: 'jvp', epsilon: 0.1, subset: 4, player: 'generator' }),
  'Reg.pathLengths': plain(G, x, x),
  'Reg.pathLengthPenalty': plain(row, 1),
  'Reg.separations': plain(G, x, s.ones([2, 3])),
  'Reg.meanSeparation': plain(G, x, s.ones([2, 3])),
  'Reg.modeSeeking': withOptions({ weight: 1, epsilon: 1e-5, form: 'batch', subset: 4, player: 'generator' }),
  'Reg.pathLength': withOptions({ weight: 1, decay: 0.5, subset: 4, player: 'generator' }),
  'Reg.calibrateClamp': call(
    { then: () => [spec], options: 0, patient: waits },
    {
      data: points,
      batchSize: 4,
      steps: 1,
      engine: 'reference',
      seed: 1,
      signal: undefined,
      score: () => 1,
      runs: 1,
      keep: 1,
      quantiles: [0.1, 0.9],
      every: 1,
      mode: 'jvp',
      epsilon: 0.5,
      player: 'generator'
    }
  ),
  'Reg.orthogonality': plain(s.ones([3, 2])),
  'Reg.orthogonalWeights': withOptions({ beta: 1 }),
  'Update.alternating': withOptions({
    discriminatorSteps: (cycle: number) => 1 + (cycle % 2),
    first: 'discriminator',
    critic: 'discriminator'
  }),
  'Update.extragradient': withOptions({ minibatches: 'same' }),
  'Update.consensus': withOptions({ gamma: 0.1 }),
  'Update.symplectic': withOptions({ lambda: 0.5, align: true }),
  'Update.unrolled': withOptions({ steps: 2, leader: 'generator' }),
  'Update.accumulated': withOptions(s.Update.simultaneous, { minibatches: 2 }),
  'Update.chain': call({ variadic: many }, s.Update.simultaneous, s.Update.consensus({ gamma: 0.1 })),
  'Update.lookahead': withOptions(s.Update.simultaneous, { period: 5, alpha: 0.5 }),
  'Update.bestResponse': withOptions({ steps: 3, tolerance: 0.1, leader: 'generator' }),
  'Update.competitive': withOptions({ learningRate: 0.1, solver: 'neumann', steps: 2 }),
  'Update.of': plain('mine', () => [], { gamma: 1 }, []),
  'Update.phase': withOptions(['generator'], (_: unknown, position: unknown) => position, {
    evaluates: ['generator'],
    minibatches: 2
  }),
  'Update.phaseWith': withOptions(['generator'], {
    init: () => [],
    run: (_: unknown, position: unknown) => [position, []],
    evaluates: ['generator'],
    minibatches: 2
  }),
  'Gan.field': call({ then: () => [{ generator: {}, discriminator: {} }], refused: 'these are no parameters' }, spec)
}

const grey = s.ones([2, 1, 4, 4])
const fates = s.tensor([[0.5, 0.5], [0, 0]]) // prettier-ignore

const augmentations: Readonly<Record<string, Example>> = {
  'Augment.of': withOptions('mine', (y: s.Tensor) => y, { options: {}, problems: [] }),
  'Augment.serial': call({ variadic: many }, s.Augment.ada()),
  'Augment.ada': withOptions({ groups: ['blit'], multipliers: { flip: 0.5 }, padding: 'zeros', lowPass: false }),
  'Augment.diffAugment': withOptions({ policy: ['colour'] }),
  'Augment.instanceNoise': withOptions({ deviation: 0.1 }),
  'Augment.adaptive': withOptions({ target: 0.6, every: 4, images: 1000, initial: 0.1, validation: x }),
  'Augment.adaPipeline': withOptions(grey, { movement: { flip: 1 } }, { padding: 'zeros', lowPass: true }),
  'Augment.affineMatrices': plain({ flip: 1 }, 2, [4, 4]),
  'Augment.affine': withOptions(grey, { flip: 1 }, { padding: 'zeros', lowPass: true }),
  'Augment.colourMatrices': plain({ hue: 1 }, 2),
  'Augment.colour': plain(grey, { contrast: 2 }),
  'Augment.filter': plain(grey, s.ones([2, 4])),
  'Augment.noise': plain(grey, 0.1, grey),
  'Augment.cutout': plain(grey, 0.5, fates),
  'Augment.flip': plain(grey, 1),
  'Augment.rotate90': plain(grey, 1),
  'Augment.translate': withOptions(grey, fates, { padding: 'zeros' }),
  'Augment.diffBrightness': plain(grey, 0.5),
  'Augment.diffSaturation': plain(grey, 0.5),
  'Augment.diffContrast': plain(grey, 0.5),
  'Augment.diffTranslation': plain(grey, fates),
  'Augment.diffCutout': plain(grey, [2, 2], fates),
  'Augment.signs': plain(row),
  'Augment.validationGap': plain(row, row, row),
  'Augment.adapted': withOptions(scalar, scalar, { target: 0.6, moved: 4, images: 1000 }),
  'Gan.withPacking': edit('discriminator', 1),
  'Gan.withAugmentation': call(
    { then: () => [spec], options: 2, refused: 'the samples are no images' },
    'discriminator',
    s.Augment.ada(),
    { probability: 0.5 }
  )
}

const figures = s.Toy.ring().modes
const likelihoods = s.tensor([[0.5, 0.5], [1, 0]]) // prettier-ignore

const data: Readonly<Record<string, Example>> = {
  'Toy.mixture': plain('mine', { centres: s.ones([2, 2]), sd: 0.1 }),
  'Toy.shapes': withOptions({ size: 8, channels: 3 }),
  'Toy.ring': withOptions({ modes: 4, radius: 1, sd: 0.1 }),
  'Toy.grid': withOptions({ side: 3, spacing: 1, sd: 0.1 }),
  'Toy.swissRoll': withOptions({ noise: 0.1, scale: 2 }),
  'Toy.dirac': plain(1),
  'Lab.classHistogram': plain(likelihoods),
  'Lab.labelHistogram': plain(s.tensor([0, 1], [2], 'int32'), 2),
  'Lab.classifierScore': withOptions(likelihoods, { splits: 1 }),
  'Lab.densityCoverage': withOptions(s.ones([4, 2]), s.ones([4, 2]), { k: 2 }),
  'Lab.precisionRecall': withOptions(s.ones([4, 2]), s.ones([4, 2]), { k: 2 }),
  'Lab.frechetDistance': plain(s.ones([4, 2]), s.ones([4, 2])),
  'Lab.kernelDistance': plain(s.ones([4, 2]), s.ones([4, 2])),
  'Lab.nearestNeighbours': plain(s.ones([4, 2]), s.ones([4, 2])),
  'Lab.nearestPairs': plain(s.ones([4, 2]), 2),
  'Lab.interpolate': withOptions(s.ones([1, 2]), s.zeros([1, 2]), 0.5, { path: 'linear' }),
  'Lab.pathSpeeds': call({ then: () => [s.ones([1, 2]), s.ones([1, 2])] }, G),
  'Lab.stepLengths': plain(s.ones([2, 1, 2])),
  'Lab.unevenness': plain(s.tensor([[[0]], [[1]]])),
  'Lab.conditioningOf': plain(x),
  'Lab.conditioning': withOptions({ latents: 2, seed: 1, parameters: 'current', engine: 'reference' }),
  'Lab.clampBinding': withOptions({
    min: 1,
    max: 2,
    mode: 'secant',
    epsilon: 1,
    latents: 2,
    parameters: 'current',
    engine: 'reference'
  }),
  'Lab.vanishingGradients': withOptions({
    data: points,
    losses: { minimax: s.Loss.minimax },
    steps: 4,
    every: 2,
    batchSize: 4,
    parameters: 'current',
    engine: 'reference'
  }),
  'Lab.classifier': withOptions(s.Net.dense(2, 2), { params: s.ones([2, 2]), layers: [] }, { engine: 'reference' }),
  'Lab.trainClassifier': withOptions({
    data: { images: s.ones([8, 2]), labels: s.tensor([0, 1, 0, 1, 0, 1, 0, 1], [8], 'int32') },
    net: s.Net.dense(2, 2),
    held: 2,
    batchSize: 2,
    epochs: 1,
    optimizer: s.Opt.sgd({ learningRate: 0.1 }),
    seed: 1,
    engine: 'reference',
    onStep: () => undefined
  }),
  'Lab.stackedModes': plain([likelihoods, likelihoods]),
  'Lab.scores': withOptions({
    classifier: { probabilities: (of: object) => of, features: (of: object) => of },
    real: s.ones([4, 2]),
    samples: 4,
    parameters: 'current',
    engine: 'reference'
  }),
  'Study.arms': plain({ plain: 1, other: 2 }, [0, 1]),
  'Study.column': plain([{ arm: 'plain', score: 1 }], 'score'),
  'Study.summarize': plain([{ arm: 'plain', score: 1 }], 'score'),
  'Study.differences': plain([{ arm: 'plain', seed: 0, score: 1 }], 'score', 'plain'),
  'Study.correlation': withOptions(
    [1, 2, 3, 4].map((a) => ({ a, b: a * a })),
    'a',
    'b',
    { kind: 'pearson', level: 0.9, resamples: 50, seed: 1 }
  ),
  'Lab.spectrum': call({ then: () => [s.ones([1, 2])] }, G),
  'Lab.extremeSpectrum': call({ options: 1, then: () => [s.ones([1, 2])] }, G, { leading: 1, trailing: 1, steps: 2 }),
  'Lab.singularDirections': call({ then: () => [s.ones([1, 2])] }, G),
  'Lab.walk': withOptions(s.ones([2, 2]), s.ones([2, 2]), { reach: 1, steps: 2 }),
  'Lab.averageSpectrum': plain(s.ones([2, 3, 2])),
  'Lab.jacobian': call({ then: () => [s.ones([1, 2])] }, G),
  'Lab.metricTensor': call({ then: () => [s.ones([1, 2])] }, G),
  'Lab.collisionProbability': withOptions({ support: 365, samples: 23 }),
  'Lab.samplesForCollision': plain(365),
  'Lab.supportSize': plain({ samples: 23 }),
  batches: withOptions(x, { batchSize: 1, seed: 1 }),
  withRandomViews: call({ options: 0, then: () => [s.datasetOf(s.ones([3, 1, 2, 2]))] }, { flips: true, shift: 1 }),
  datasetOf: withOptions(s.ones([3, 2]), { name: 'mine', classes: ['a'] }),
  openDataset: call({ options: 1 }, 'shapes', { split: 'train', set: 'x', size: 8, channels: 1, range: [0, 1], limit: 3 }), // prettier-ignore
  modeCoverage: plain(s.ones([4, 2]), figures),
  'Lab.gameSpectrum': withOptions((w: object) => w, params, { leading: 1 }),
  readDigits: call({ options: 1, refused: 'there is no such file' }, 'nowhere', { split: 'test', limit: 3 }),
  readIdx: withOptions(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7]), { file: 'mine', limit: 100 }),
  showFileIssue: plain({ _tag: 'Missing', file: 'a', expected: 'b', actual: 'c' }),
  imageGrid: withOptions(s.ones([2, 1, 2, 2]), { columns: 2, gap: 1, scale: 1 })
}

const shared = { title: 'a', description: 'b', width: 200 }
const axes = { ...shared, height: 100 }
const drawings: Readonly<Record<string, Example>> = {
  'Figure.lines': withOptions([{ name: 'a', x: [1, 2], y: [3, null] }], {
    ...axes,
    xLabel: 'x',
    yLabel: 'y',
    logarithmic: true
  }),
  'Figure.spectra': withOptions([{ name: 'a', values: [3, 2] }], axes),
  'Figure.runs': withOptions([{ arm: 'a', seed: 0, score: 1 }], {
    ...axes,
    x: 'score',
    y: 'score',
    xLabel: 'x',
    yLabel: 'y',
    logarithmic: true
  }),
  'Figure.classes': withOptions([{ name: 'a', counts: [3, 2] }], axes),
  'Figure.scatter': withOptions(s.ones([4, 2]), {
    ...shared,
    centres: s.ones([2, 2]),
    real: s.ones([4, 2]),
    extent: 2
  }),
  'Figure.images': withOptions([{ name: 'a', images: s.ones([2, 1, 2, 2]) }], { ...shared, columns: 1 }),
  'Figure.page': call(
    { options: 0 },
    {
      title: 'a',
      paragraphs: ['b'],
      tables: [{ title: 'c', columns: ['run'], rows: [['d']] }],
      figures: [{ name: 'e', svg: '<svg/>', caption: 'f' }]
    }
  ),
  'Figure.toPng': call({ options: 1, then: () => [], refused: 'it is no file' }, 'no SVG', { scale: 1, scheme: 'dark' })
}

export const examples: Readonly<Record<string, Example>> = {
  ...presets,
  ...ops,
  ...linearAlgebra,
  ...transformations,
  ...random,
  ...optimizers,
  ...networks,
  ...games,
  ...augmentations,
  ...data,
  ...drawings
}
