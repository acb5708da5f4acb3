/** The losses of zoo.json, and the one penalty of fakes beside them: each through `Loss` or `Reg`, as a game plays it. */
import { Gan, Loss, Net, Reg, add, concat, mul, oneHot, stopGradient, tensor, zeros } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Layer } from '../../src/nn/layer.ts'
import { playNetworks } from '../../src/gan/game/networks.ts'
import { numberAt, unreadable } from '../support/reference.ts'
import type { Parameters, ZooCase, ZooReader } from '../support/referenceZoo.ts'
import { testZoo } from '../support/referenceZoo.ts'

const activations: Readonly<Record<string, Layer>> = {
  'leakyRelu(0.2)': Net.leakyRelu(0.2),
  softplus: Net.softplus,
  tanh: Net.tanh
}

/** A network of Net's layers with given weights and biases, a first layer before them maybe. */
const networkWith = (of: readonly Tensor[], activation: Layer, first: readonly Layer[]) => {
  const dense = of.filter((_, i) => i % 2 === 0).map(({ shape: [a, b] }) => Net.dense(a!, b!))
  const layers = [...first, ...dense.flatMap((one, i) => (i === 0 ? [one] : [activation, one]))]
  const params = [
    ...first.map(() => []),
    ...dense.flatMap((_, i) => {
      const own = { weights: of[2 * i]!, bias: of[2 * i + 1]! }
      return i === 0 ? [own] : [[], own]
    })
  ]
  return { layer: Net.serial(...layers), held: { params, layers: layers.map(() => []) } }
}

interface Game {
  readonly loss?: Loss.Loss
  readonly first?: Readonly<Record<string, readonly Layer[]>>
  readonly latent?: Tensor
  readonly draws?: Readonly<Record<string, Tensor>>
  readonly memories?: Readonly<Record<string, Tensor>>
}

const key = tensor([0, 0], [2], 'int32')

/** The value of an objective in the game of a case, with what it remembers and measures. */
const valueIn = (
  item: ZooCase,
  parameters: Parameters,
  objective: Gan.Objective | undefined,
  { loss, first = {}, latent = item.inputs['z']!, draws = {}, memories = {} }: Game = {}
) => {
  const activation = activations[item.activationName] ?? unreadable(item.where, `activation ${item.activationName}`)
  const players = Object.entries(parameters).map(([player, of]) => {
    const { layer, held } = networkWith(of, player === 'discriminator' ? activation : Net.tanh, first[player] ?? [])
    return { player, layer, held }
  })
  const { networks } = playNetworks(
    Object.fromEntries(players.map(({ player, layer }) => [player, layer])),
    Object.fromEntries(players.map(({ player, held }) => [player, held])),
    key
  )
  const { encoder } = networks
  const next: Record<string, Tensor> = {}
  const play = Gan.createPlay({
    networks: {
      ...networks,
      ...(item.constant.includes('code') ? { encoder: (x, labels) => stopGradient(encoder!(x, labels)) } : {})
    },
    real: () => item.inputs['real']!,
    latent,
    realLabels: () => item.inputs['realLabels'],
    fakeLabels: item.inputs['fakeLabels'],
    key,
    step: zeros([], 'int32'),
    outputs: loss?.outputs,
    detached: item.constant.includes('fake'),
    draws,
    memories,
    onRemember: (name, x) => (next[name.slice(name.indexOf('/') + 1)] = x)
  })
  const entries = objective ?? unreadable(item.where, `no objective of ${String(item.player)}`)
  const problems = [...(loss?.problems ?? []), ...entries.flatMap(({ problems = [] }) => problems)]
  if (problems.length > 0) unreadable(item.where, JSON.stringify(problems))
  const values = entries.map((entry, i) => ({ ...entry, value: entry.term(play(entry.name, i)) }))
  for (const { isMetric, name, value } of values) if (isMetric === true) next[name] = value
  const weighted = values
    .filter(({ isMetric }) => isMetric !== true)
    .map(({ weight, value }) => mul(value, numberAt('weight', weight)))
  return { value: weighted.reduce((a, b) => add(a, b)), next }
}

/** Reads a case as a loss of its attributes, whatever else the game has. */
const by =
  (lossOf: (attrs: any) => Loss.Loss, game: (item: ZooCase) => Game = () => ({})): ZooReader =>
  (item, parameters) => {
    const loss = lossOf(item.attrs)
    return valueIn(item, parameters, loss.objectives[item.player ?? ''], { ...game(item), loss })
  }

testZoo('losses', {
  relativisticAverage: by(() => Loss.relativisticAverage),
  fGan: by(({ divergence, ...options }) => Loss.fGan(divergence, options)),
  phi: by(({ phi, ...others }) => (Object.keys(others).length === 0 ? Loss.phi(phi) : unreadable('phi', 'attrs'))),
  energyBased: by(Loss.energyBased),
  boundaryEquilibrium: by(
    ({ k: _, ...options }) => Loss.boundaryEquilibrium(options),
    ({ attrs: { k = 0 } }) => ({ memories: { 'boundaryEquilibrium/k': tensor(numberAt('k', k)) } })
  ),
  topK: by(Loss.topK),
  // The file counts activations, from 1: an activation lies behind each dense layer.
  featureMatching: by(({ layer, ...options }) => Loss.featureMatching({ ...options, layer: 2 * layer - 1 })),
  auxiliaryClassifier: by(Loss.auxiliaryClassifier, () => ({ first: { generator: [Net.appendLabels(3)] } })),
  mutualInformation: (item, parameters) => {
    const { z, labels, code } = item.inputs
    const loss = Loss.mutualInformation(item.attrs)
    const own = loss.objectives['discriminator']!.filter(({ name }) => name === 'mutualInformation')
    const categories = numberAt('categories', item.attrs['categories'])
    return valueIn(item, parameters, own, {
      loss,
      latent: concat([z!, oneHot(labels!, categories), code!], { axis: 1 })
    })
  },
  bidirectional: by(Loss.bidirectional, () => ({ first: { discriminator: [Net.join] } })),
  modeSeeking: (item, parameters) =>
    valueIn(item, parameters, Reg.modeSeeking(item.attrs), { draws: { 'modeSeeking/others': item.inputs['z2']! } })
})
