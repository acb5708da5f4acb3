import { stopGradient } from '../../ops/conversion.ts'
import { reshape } from '../../ops/shaping.ts'
import { foldIn } from '../../random/key.ts'
import { fail } from '../../tensor/error.ts'
import { showShape, equalShapes } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'

/** Names what a network maps: a tensor, or a tree of them (BiGAN's critic sees a pair). */
export type Input = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor }
export type Network = (x: Input, labels?: Tensor) => Tensor

/**
 * Holds one moment of the game, as a term sees it. It is built inside the function being differentiated, from that
 * function's fresh parameters; whoever is not the player that moves is held constant.
 */
export interface Play {
  /** A minibatch of data, [B, ...]. Reading it makes the update take a minibatch. */
  readonly real: Tensor
  /** G(latent), [B, ...]. */
  readonly fake: Tensor
  readonly latent: Tensor
  /** int32 [B], where the GAN is conditional. */
  readonly realLabels: Tensor | undefined
  readonly fakeLabels: Tensor | undefined
  /** The critic as composed: scores [B]. One fixed function during an update, dropout included. */
  readonly D: (x: Input, labels?: Tensor) => Tensor
  readonly G: (z: Tensor, labels?: Tensor) => Tensor
  /** Every player's network by name, as it is: an encoder, say. */
  readonly networks: Readonly<Record<string, Network>>
  /** A key of this term's own. */
  readonly key: Tensor
  /** int32 scalar: the step of training, from 0. */
  readonly step: Tensor
  /** A random value by name: what was given for it, or `sample` of a key of its own. */
  readonly draw: (name: string, sample: (key: Tensor) => Tensor) => Tensor
  /** What this term remembered at its last step under that name, or the initial value: a float32 scalar. */
  readonly recall: (name: string, initial: number) => Tensor
  /** Keeps a float32 scalar for the next step that has this term; it is part of the state. */
  readonly remember: (name: string, value: Tensor) => void
}

/** Lists what a Play is made of. */
export interface PlaySource {
  readonly networks: Readonly<Record<string, Network>>
  readonly real: () => Tensor
  readonly latent: Tensor
  readonly realLabels?: (() => Tensor | undefined) | undefined
  readonly fakeLabels?: Tensor | undefined
  readonly key: Tensor
  readonly step: Tensor
  /** Given values of draws and term state, by `term/name`. */
  readonly draws?: Readonly<Record<string, Tensor>>
  readonly memories?: Readonly<Record<string, Tensor>>
  /** Told of every draw and of every value to remember. */
  readonly onDraw?: (name: string, value: Tensor) => void
  readonly onRecall?: (name: string, initial: number) => void
  readonly onRemember?: (name: string, value: Tensor) => void
  /** The fake is a constant: for a Play in which every player's parameters are differentiated at once. */
  readonly detached?: boolean
}

/** Squeezes scores [B, 1] to [B], leaves [B] as it is, and refuses any other shape. */
export const scores = (y: Tensor): Tensor =>
  y.shape.length === 1
    ? y
    : y.shape.length === 2 && y.shape[1] === 1
      ? reshape(y, y.shape.slice(0, 1))
      : fail('ShapeMisfit', {
          op: 'D',
          expected: 'one score a sample, [B] or [B, 1]',
          actual: showShape(y.shape),
          hint: 'End the discriminator in Net.dense(n, 1)'
        })

const once = <A>(f: () => A): (() => A) => {
  let value: { readonly of: A } | undefined
  return () => (value ??= { of: f() }).of
}

/** Makes the Play of each term of an objective: `index` is its place, `name` its name. */
export const createPlay = (source: PlaySource): ((name: string, index: number) => Play) => {
  const { networks, latent, fakeLabels, step, draws = {}, memories = {} } = source
  const networkOf = (player: string): Network =>
    networks[player] ??
    fail('InvalidArgument', {
      op: 'play',
      expected: `a player called ${player}`,
      actual: Object.keys(networks).join(', ')
    })
  const G = (z: Tensor, labels?: Tensor): Tensor => networkOf('generator')(z, labels)
  const fake = once(() => {
    const x = G(latent, fakeLabels)
    return source.detached === true ? stopGradient(x) : x
  })
  const real = once(source.real)
  const realLabels = once(() => source.realLabels?.())
  return (name, index) => {
    const key = foldIn(source.key, index)
    let drawn = 0
    return {
      get real() {
        return real()
      },
      get fake() {
        return fake()
      },
      get realLabels() {
        return realLabels()
      },
      latent,
      fakeLabels,
      D: (x, labels) => scores(networkOf('discriminator')(x, labels)),
      G,
      networks,
      key,
      step,
      draw: (draw, sample) => {
        const path = `${name}/${draw}`
        const value = draws[path] ?? sample(foldIn(key, drawn++))
        source.onDraw?.(path, value)
        return value
      },
      recall: (memory, initial) => {
        const path = `${name}/${memory}`
        source.onRecall?.(path, initial)
        return memories[path] ?? { shape: [], dtype: 'float32', data: Float32Array.of(initial) }
      },
      remember: (memory, value) => {
        if (value.dtype !== 'float32' || !equalShapes(value.shape, []))
          fail('ShapeMisfit', {
            op: `remember('${memory}')`,
            expected: 'a float32 scalar, shape []',
            actual: showAval(value),
            hint: 'Take the mean over samples'
          })
        source.onRemember?.(`${name}/${memory}`, value)
      }
    }
  }
}
