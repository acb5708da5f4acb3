import * as Init from '../../nn/init.ts'
import * as Net from '../../nn/net.ts'
import * as Opt from '../../optim/opt.ts'
import { fail } from '../../tensor/error.ts'
import { showValue } from '../../tensor/problem.ts'
import * as Augment from '../game/augment.ts'
import * as Loss from '../game/loss.ts'
import * as Prior from '../game/prior.ts'
import * as Projection from '../game/projection.ts'
import * as Reg from '../game/regularizer.ts'
import * as Update from '../game/update.ts'

type Options = Readonly<Record<string, unknown>>

/** Makes a built-in again from all its arguments by name, as its `options` hold them. */
export interface Maker {
  (options: Options): unknown
  /** The exported function, or the built-in itself. */
  readonly source: unknown
  /** The arguments of its calls, one after the other: those of f(a)(b) are [[a], [b]], and of the built-in itself none. */
  readonly argumentsOf: (options: Options) => readonly (readonly unknown[])[]
}

type Function = (...args: never[]) => unknown

/** Calls f(...)(...), list after list. */
export const callBy = (f: unknown, lists: readonly (readonly unknown[])[]): unknown =>
  lists.reduce((g, args) => (g as (...args: readonly unknown[]) => unknown)(...args), f)

const maker = (source: unknown, argumentsOf: Maker['argumentsOf']): Maker =>
  Object.assign((options: Options) => callBy(source, argumentsOf(options)), { source, argumentsOf })

const argumentsBy = (options: Options, names: readonly string[]): readonly unknown[] => {
  const others = Object.entries(options).filter(([name]) => !names.includes(name))
  const given = names.map((name) => options[name])
  return others.length === 0 ? given : [...given, Object.fromEntries(others)]
}

/** Makes by f(a, b, ..., others), with the arguments of these names, and an options record of whatever there is besides. */
const by = (f: Function, ...names: readonly string[]): Maker => maker(f, (options) => [argumentsBy(options, names)])

/** Makes by f(...list), with the list of that name. */
const byList = (f: Function, name: string): Maker =>
  maker(f, ({ [name]: list, ...others }) =>
    Array.isArray(list) && Object.keys(others).length === 0
      ? [list]
      : fail('InvalidArgument', { op: name, expected: `a list ${name} alone`, actual: showValue(list) })
  )

/** Is the value itself, for which there is nothing to choose. */
const itself = (value: unknown): Maker =>
  maker(value, (options) =>
    Object.keys(options).length === 0
      ? []
      : fail('InvalidArgument', { op: 'options', expected: 'no options', actual: Object.keys(options).join(', ') })
  )

/** Makes by f(...)(g), g being the argument of that name. */
const byEdit = (f: Function, names: readonly string[], edited: string): Maker =>
  maker(f, ({ [edited]: value, ...options }) => [argumentsBy(options, names), [value]])

export const layers = {
  serial: byList(Net.serial, 'layers'),
  residual: by(Net.residual, 'inner'),
  dense: by(Net.dense, 'inFeatures', 'outFeatures'),
  convolution: by(Net.convolution, 'inChannels', 'outChannels'),
  transposedConvolution: by(Net.transposedConvolution, 'inChannels', 'outChannels'),
  elu: by(Net.elu, 'alpha'),
  gelu: itself(Net.gelu),
  leakyRelu: by(Net.leakyRelu, 'slope'),
  relu: itself(Net.relu),
  sigmoid: itself(Net.sigmoid),
  silu: itself(Net.silu),
  softmax: itself(Net.softmax),
  softplus: itself(Net.softplus),
  tanh: itself(Net.tanh),
  flatten: itself(Net.flatten),
  reshape: by(Net.reshape, 'shape'),
  avgPool: by(Net.avgPool),
  maxPool: by(Net.maxPool),
  upsample: by(Net.upsample, 'scale'),
  resizeBilinear: by(Net.resizeBilinear),
  pack: by(Net.pack, 'samples'),
  dropout: by(Net.dropout, 'rate'),
  groupNorm: by(Net.groupNorm, 'channels'),
  instanceNorm: by(Net.instanceNorm),
  layerNorm: by(Net.layerNorm, 'features'),
  batchNorm: by(Net.batchNorm, 'channels'),
  appendCondition: by(Net.appendCondition, 'shape'),
  appendLabels: by(Net.appendLabels, 'classes'),
  appendEmbedding: by(Net.appendEmbedding, 'classes', 'size'),
  conditionalBatchNorm: by(Net.conditionalBatchNorm, 'channels', 'classes'),
  projection: by(Net.projection, 'features', 'classes'),
  spectral: by(Net.spectral, 'inner'),
  minibatchDiscrimination: by(Net.minibatchDiscrimination, 'features'),
  minibatchStddev: by(Net.minibatchStddev),
  virtualBatchNorm: by(Net.virtualBatchNorm, 'channels'),
  withReference: by(Net.withReference, 'reference', 'inner'),
  pixelNorm: by(Net.pixelNorm),
  selfAttention: by(Net.selfAttention, 'channels'),
  maxout: by(Net.maxout, 'inFeatures', 'outFeatures'),
  blurPool: by(Net.blurPool),
  constant: by(Net.constant, 'shape'),
  withStyle: by(Net.withStyle, 'mapping', 'synthesis'),
  modulatedConvolution: by(Net.modulatedConvolution, 'inChannels', 'outChannels'),
  adaptiveInstanceNorm: by(Net.adaptiveInstanceNorm, 'channels', 'style'),
  noise: by(Net.noise, 'channels'),
  join: itself(Net.join)
}

export const initializers = {
  constant: by(Init.constant, 'value'),
  fanInUniform: itself(Init.fanInUniform),
  glorotNormal: itself(Init.glorotNormal),
  glorotUniform: itself(Init.glorotUniform),
  heNormal: itself(Init.heNormal),
  heUniform: itself(Init.heUniform),
  lecunNormal: itself(Init.lecunNormal),
  normal: by(Init.normal, 'sd', 'mean'),
  ones: itself(Init.ones),
  uniform: by(Init.uniform, 'bound'),
  zeros: itself(Init.zeros),
  orthogonal: by(Init.orthogonal, 'gain')
}

export const optimizers = {
  chain: byList(Opt.chain, 'optimizers'),
  identity: itself(Opt.identity),
  addDecayedWeights: by(Opt.addDecayedWeights, 'decay'),
  clipByNorm: by(Opt.clipByNorm, 'maxNorm'),
  clipByValue: by(Opt.clipByValue, 'limit'),
  scale: by(Opt.scale, 'factor'),
  scaleBySchedule: by(Opt.scaleBySchedule, 'schedule'),
  sgd: by(Opt.sgd),
  momentum: by(Opt.momentum),
  nesterov: by(Opt.nesterov),
  adam: by(Opt.adam),
  adamW: by(Opt.adamW),
  rmsprop: by(Opt.rmsprop),
  optimisticAdam: by(Opt.optimisticAdam),
  lamb: by(Opt.lamb),
  lion: by(Opt.lion),
  adaBelief: by(Opt.adaBelief)
}

export const schedules = {
  byUpdates: by(Opt.byUpdates, 'schedule'),
  constant: by(Opt.constant, 'value'),
  cosine: by(Opt.cosine, 'from', 'to', 'steps'),
  exponential: by(Opt.exponential, 'from', 'rate', 'steps'),
  linear: by(Opt.linear, 'from', 'to', 'steps'),
  piecewise: by(Opt.piecewise, 'from', 'then'),
  product: by(Opt.product, 'a', 'b'),
  warmUp: by(Opt.warmUp, 'steps', 'rate')
}

export const losses = {
  custom: by(Loss.custom, 'name', 'terms'),
  minimax: by(Loss.minimaxWith),
  nonSaturating: by(Loss.nonSaturatingWith),
  leastSquares: by(Loss.leastSquaresWith),
  wasserstein: itself(Loss.wasserstein),
  hinge: itself(Loss.hinge),
  relativistic: itself(Loss.relativistic),
  relativisticAverage: itself(Loss.relativisticAverage),
  fGan: by(Loss.fGan, 'divergence'),
  phi: by(Loss.phi, 'phi'),
  energyBased: by(Loss.energyBased),
  boundaryEquilibrium: by(Loss.boundaryEquilibrium),
  topK: by(Loss.topK),
  featureMatching: by(Loss.featureMatching),
  auxiliaryClassifier: by(Loss.auxiliaryClassifier),
  mutualInformation: by(Loss.mutualInformation),
  bidirectional: by(Loss.bidirectional),
  hybrid: by(Loss.hybrid, 'main'),
  withCritics: byEdit(Loss.withCritics, ['critics'], 'loss')
}

export const terms = {
  r1: by(Reg.r1),
  r2: by(Reg.r2),
  gradientPenalty: by(Reg.gradientPenalty),
  maxGradientPenalty: by(Reg.maxGradientPenalty),
  dragan: by(Reg.dragan),
  lecam: by(Reg.lecam),
  consistency: by(Reg.consistency),
  balancedConsistency: by(Reg.balancedConsistency),
  latentConsistency: by(Reg.latentConsistency),
  latentDiversity: by(Reg.latentDiversity),
  orthogonalWeights: by(Reg.orthogonalWeights),
  modeSeeking: by(Reg.modeSeeking),
  jacobianClamp: by(Reg.jacobianClamp),
  pathLength: by(Reg.pathLength),
  logCondition: by(Reg.logCondition),
  logDeterminant: by(Reg.logDeterminant),
  orthogonalJacobian: by(Reg.orthogonalJacobian),
  hessianPenalty: by(Reg.hessianPenalty)
}

export const priors = {
  normal: by(Prior.normal, 'shape'),
  uniform: by(Prior.uniform, 'shape'),
  sphere: by(Prior.sphere, 'shape'),
  codes: by(Prior.codes)
}

export const projections = {
  clip: by(Projection.clip, 'limit')
}

export const updates = {
  chain: byList(Update.chain, 'rules'),
  simultaneous: itself(Update.simultaneous),
  optimistic: itself(Update.optimistic),
  alternating: by(Update.alternating),
  extragradient: by(Update.extragradient),
  consensus: by(Update.consensus),
  symplectic: by(Update.symplectic),
  unrolled: by(Update.unrolled),
  bestResponse: by(Update.bestResponse),
  competitive: by(Update.competitive),
  accumulated: by(Update.accumulated, 'rule'),
  lookahead: by(Update.lookahead, 'rule')
}

export const augmentations = {
  serial: byList(Augment.serial, 'parts'),
  ada: by(Augment.ada),
  diffAugment: by(Augment.diffAugment),
  instanceNoise: by(Augment.instanceNoise)
}

/** Probabilities of augmentations that adapt. */
export const adaptations = {
  adaptive: by(Augment.adaptive)
}
