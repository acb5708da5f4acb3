/** The GAN part of a reference file: two small networks, one minibatch, and terms with their gradients. */
import { Gan, leakyRelu, Loss, matmul, add, Reg, softplus, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { fieldsAt, listAt, numberAt, readReference, tensorAt, tensorsAt, unreadable } from './reference.ts'
import type { Fields } from './reference.ts'

export interface GanCase {
  readonly where: string
  readonly name: string
  readonly attrs: Fields
  readonly activation: (x: Tensor) => Tensor
  readonly value: number
  readonly gradGenerator: readonly Tensor[]
  readonly gradDiscriminator: readonly Tensor[]
}

export interface GanReference {
  readonly generator: readonly Tensor[]
  readonly discriminator: readonly Tensor[]
  readonly z: Tensor
  readonly real: Tensor
  readonly perturbation: Tensor
  readonly interpolation: Tensor
  readonly cotangent: Tensor
  readonly cases: readonly GanCase[]
}

/** `act(x W + b)` layer after layer, the last one linear. */
export const mlp =
  (params: readonly Tensor[], activation: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    params.length === 2
      ? add(matmul(x, params[0]!), params[1]!)
      : mlp(params.slice(2), activation)(activation(add(matmul(x, params[0]!), params[1]!)))

export const activationAt = (where: string, name: unknown): ((x: Tensor) => Tensor) => {
  const slope = typeof name === 'string' ? /^leakyRelu\((.+)\)$/.exec(name)?.[1] : undefined
  if (slope !== undefined) return (x) => leakyRelu(x, Number(slope))
  return name === 'softplus' ? softplus : name === 'tanh' ? tanh : unreadable(where, `activation ${String(name)}`)
}

const parametersAt = (where: string, x: unknown): readonly Tensor[] => {
  const list = listAt(where, x).map((item, i) => tensorAt(`${where}[${String(i)}]`, item))
  return list.length % 2 === 0 && list.length > 0 ? list : unreadable(where, 'no pairs of weights and biases')
}

export const readGan = (): GanReference => {
  const file = fieldsAt('gan.json', readReference('gan.json'))
  const generator = parametersAt('generator', file['generator'])
  const discriminator = parametersAt('discriminator', file['discriminator'])
  const terms = listAt('terms', file['terms'])
  if (terms.length === 0) unreadable('gan.json', 'no terms')
  return {
    generator,
    discriminator,
    z: tensorAt('z', file['z']),
    real: tensorAt('real', file['real']),
    perturbation: tensorAt('perturbation', file['perturbation']),
    interpolation: tensorAt('interpolation', file['interpolation']),
    cotangent: tensorAt('cotangent', file['cotangent']),
    cases: terms.map((item, i) => {
      const where = `terms[${String(i)}]`
      const term = fieldsAt(where, item)
      return {
        where,
        name: typeof term['name'] === 'string' ? term['name'] : unreadable(where, 'no name'),
        attrs: fieldsAt(`${where}.attrs`, term['attrs']),
        activation: activationAt(where, term['discriminatorActivation']),
        value: numberAt(`${where}.value`, term['value']),
        gradGenerator: tensorsAt(`${where}.gradGenerator`, term['gradGenerator'], generator),
        gradDiscriminator: tensorsAt(`${where}.gradDiscriminator`, term['gradDiscriminator'], discriminator)
      }
    })
  }
}

const losses = (attrs: Fields): Readonly<Record<string, Loss.Loss>> => ({
  minimax: Loss.minimax,
  nonSaturating: Loss.nonSaturating,
  labelSmoothing: Loss.nonSaturatingWith(attrs),
  leastSquares: Loss.leastSquares,
  hinge: Loss.hinge,
  wasserstein: Loss.wasserstein,
  relativistic: Loss.relativistic
})

const regularizers = ({ cotangent }: GanReference): Readonly<Record<string, (attrs: Fields) => Gan.Objective>> => ({
  r1: Reg.r1,
  r2: Reg.r2,
  gradientPenalty: Reg.gradientPenalty,
  lipschitzPenalty: (attrs) => Reg.gradientPenalty({ ...attrs, oneSided: true }),
  jacobianClamp: (attrs) => Reg.jacobianClamp({ ...attrs, mode: 'secant' }),
  jacobianClampExact: (attrs) => Reg.jacobianClamp({ ...attrs, mode: 'jvp' }),
  // The file holds the running mean fixed, so the pure core is what it describes.
  pathLength: (attrs) => [
    {
      name: 'pathLength',
      weight: 1,
      every: 1,
      term: ({ G, latent }) => Reg.pathLengthPenalty(Reg.pathLengths(G, latent, cotangent), numberAt('a', attrs['a']))
    }
  ]
})

const ofGenerator = new Set(['jacobianClamp', 'jacobianClampExact', 'pathLength'])

/** The term that a case names, as a function of both players' parameters, through the library's own Loss and Reg. */
export const termOf = (file: GanReference, { name, attrs, activation, where }: GanCase) => {
  const [family, player] = name.split('/') as [string, string?]
  const objective =
    player === undefined ? regularizers(file)[family]?.(attrs) : losses(attrs)[family]?.objectives[player]
  const entry = objective?.[0] ?? unreadable(where, `term ${name}`)
  return (generator: readonly Tensor[], discriminator: readonly Tensor[]): Tensor => {
    const zero = { shape: [2], dtype: 'int32', data: new Int32Array(2) } as const
    const play = Gan.createPlay({
      networks: {
        generator: (z) => mlp(generator, tanh)(z as Tensor),
        discriminator: (x) => mlp(discriminator, activation)(x as Tensor)
      },
      real: () => file.real,
      latent: file.z,
      key: zero,
      step: { shape: [], dtype: 'int32', data: new Int32Array(1) },
      detached: player !== 'generator' && !ofGenerator.has(family),
      draws: {
        [`${entry.name}/interpolation`]: file.interpolation,
        [`${entry.name}/perturbation`]: file.perturbation
      }
    })
    return entry.term(play(entry.name, 0))
  }
}
