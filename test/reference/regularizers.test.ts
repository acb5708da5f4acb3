/** The regularizers of critics in zoo.json, and their kin: each by the term that a spec holds, with all its gradients. */
import { Augment, Gan, Reg, add, full, stopGradient, zeros } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { numberAt, unreadable } from '../support/reference.ts'
import type { Parameters, ZooCase, ZooReader } from '../support/referenceZoo.ts'
import { mlpsOf, testZoo } from '../support/referenceZoo.ts'

const attr = ({ attrs }: ZooCase, name: string): number => numberAt(name, attrs[name])

/** Evaluates an objective's term in the play of a case: the file's draws under the names that the term gives them. */
const played = (
  objective: Gan.Objective,
  item: ZooCase,
  parameters: Parameters,
  given: Readonly<Record<string, Tensor | undefined>> = {},
  mover?: string
): ReturnType<ZooReader> => {
  const [{ name, term, problems = [] }] = objective as readonly [Gan.WeightedTerm]
  if (problems.length > 0) unreadable(item.where, problems.map(({ actual, hint }) => `${actual}: ${hint}`).join())
  const networks = mlpsOf(item, parameters)
  const generator = networks['generator'] ?? ((z: Tensor) => z)
  const next: Record<string, Tensor> = {}
  const { real, z } = item.inputs
  const draws = { ...item.inputs, ...given }
  const play = Gan.createPlay({
    networks: {
      ...(networks as Readonly<Record<string, Gan.Network>>),
      generator: (x) => (item.constant.includes('fake') ? stopGradient(generator(x as Tensor)) : generator(x as Tensor))
    },
    real: () => real ?? unreadable(item.where, 'no data'),
    latent: z ?? zeros([1, 1]),
    key: zeros([2], 'int32'),
    step: zeros([], 'int32'),
    ...(mover === undefined ? {} : { mover: { params: parameters[mover], networks: () => ({}) } }),
    draws: Object.fromEntries(Object.entries(draws).flatMap(([draw, x]) => (x ? [[`${name}/${draw}`, x]] : []))),
    memories: Object.fromEntries(Object.entries(given).flatMap(([memory, x]) => (x ? [[`${name}/${memory}`, x]] : []))),
    onRemember: (memory, value) => (next[memory.slice(name.length + 1)] = value)
  })
  return { value: term(play(name, 0)), next }
}

/** Augments nothing: the augmented samples are given. */
const augment = Augment.of('nothing', (x) => x)

testZoo('regularizers', {
  gradientPenalty: (item, parameters) => played(Reg.gradientPenalty(item.attrs), item, parameters),
  maxGradientPenalty: (item, parameters) => played(Reg.maxGradientPenalty(item.attrs), item, parameters),
  dragan: (item, parameters) => played(Reg.dragan(item.attrs), item, parameters),
  lecam: (item, parameters) => {
    const [lambda, decay] = [attr(item, 'lambda'), attr(item, 'decay')]
    const given = { real: full([], attr(item, 'emaReal')), fake: full([], attr(item, 'emaFake')) }
    const read = played(Reg.lecam({ lambda, decay, start: 0 }), item, parameters, given)
    if (!('value' in read)) return read
    const { real, fake } = read.next
    return { value: read.value, next: { emaReal: real!, emaFake: fake! } }
  },
  consistency: (item, parameters) => played(Reg.consistency({ ...item.attrs, augment }), item, parameters),
  balancedConsistency: (item, parameters) => {
    const fake = stopGradient(mlpsOf(item, parameters)['generator']!(item.inputs['z']!))
    const augmentedFake = add(fake, item.inputs['offsetFake']!)
    return played(Reg.balancedConsistency({ ...item.attrs, augment }), item, parameters, { augmentedFake })
  },
  latentConsistency: (item, parameters) => {
    const make = item.player === 'generator' ? Reg.latentDiversity : Reg.latentConsistency
    return played(make(item.attrs), item, parameters)
  },
  orthogonalWeights: (item, parameters) => {
    const { beta, player } = item.attrs
    return played(Reg.orthogonalWeights({ beta: numberAt('beta', beta) }), item, parameters, {}, String(player))
  }
})
