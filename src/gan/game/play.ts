import { stopGradient } from '../../ops/conversion.ts'
import { foldIn } from '../../random/key.ts'
import type { None } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Rule, Rules } from '../../tensor/options.ts'
import { anyFunction, optional, readOptions } from '../../tensor/options.ts'
import { refuse } from '../../tensor/problem.ts'
import { equalShapes } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Discriminator, Input, Network } from './players.ts'
import { networkOf } from './players.ts'
import { firstOf, squeezed } from './scores.ts'

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
  /** What critics are shown in the place of data and of fakes: these themselves, or what the loss pairs them with. */
  readonly shown: { readonly real: Input; readonly fake: Input }
  /** int32 [B], where the GAN is conditional. */
  readonly realLabels: Tensor | undefined
  readonly fakeLabels: Tensor | undefined
  /**
   * The critic as composed: scores [B], or [B, h, w] of patches, all axes of extent 1 squeezed. One fixed function during
   * an update, dropout included. `D.output` is what the network gives, score and all, `D.stages` what its layers do.
   */
  readonly D: Discriminator
  /** The scores of any player's network, as D gives those of the discriminator: for games of several critics. */
  readonly critic: (player: string) => Discriminator
  readonly G: (z: Tensor, labels?: Tensor) => Tensor
  /** Every player's network by name, as it is: an encoder, say. */
  readonly networks: Readonly<Record<string, Network>>
  /** A key of this term's own. */
  readonly key: Tensor
  /** int32 scalar: the step of training, from 0. */
  readonly step: Tensor
  /** The parameters that this update moves, and a play like this one with others in their place, which remembers nothing. */
  readonly moving: { readonly params: unknown; readonly at: (params: unknown) => Play } | undefined
  /** A random value by name: what was given for it, or `sample` of a key of its own. */
  readonly draw: (name: string, sample: (key: Tensor) => Tensor) => Tensor
  /** What this term remembered at its last step under that name, or the initial value: a float32 scalar. */
  readonly recall: (name: string, initial: number) => Tensor
  /** Keeps a float32 scalar for the next step that has this term; it is part of the state. */
  readonly remember: (name: string, value: Tensor) => void
}

/** Says what critics are shown in the place of data and of fakes. */
export interface Shown {
  readonly real: (play: Play) => Input
  readonly fake: (play: Play) => Input
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
  /** How many numbers a critic gives for each sample or patch, of which the first is its score; 1 by default. */
  readonly outputs?: number | undefined
  /** What critics are shown of a play, where that is not data and fakes themselves. */
  readonly shown?: Shown | undefined
  /** The parameters that the update moves, and all networks with others in their place. */
  readonly mover?: {
    readonly params: unknown
    readonly networks: (params: unknown) => Readonly<Record<string, Network>>
  }
  /** Given values of draws and term state, by `term/name`. */
  readonly draws?: Readonly<Record<string, Tensor>>
  readonly memories?: Readonly<Record<string, Tensor>>
  /** Told of every draw and of every value to remember. */
  readonly onDraw?: (name: string, value: Tensor) => void
  readonly onRecall?: (name: string, initial: number) => void
  readonly onRemember?: (name: string, value: Tensor) => void
  /** Told of the scores that a critic gives, before they are squeezed. */
  readonly onScores?: (player: string, scores: Tensor) => void
  /** The fake is a constant: for a Play in which every player's parameters are differentiated at once. */
  readonly detached?: boolean
}

const once = <A>(f: () => A): (() => A) => {
  let value: { readonly of: A } | undefined
  return () => (value ??= { of: f() }).of
}

const aTensor: Rule = { expected: 'a tensor', accepts: isTensor }

const sourceRules: Rules = {
  networks: { expected: 'networks by player', accepts: isRecord },
  real: anyFunction,
  realLabels: optional(anyFunction),
  latent: aTensor,
  key: aTensor,
  step: aTensor
}

/**
 * Makes the Play of each term of an objective: `index` is its place, `name` its name.
 *
 * @throws InvalidArgument where the source lacks what every play has
 */
export const createPlay = (source: PlaySource, ...more: None): ((name: string, index: number) => Play) => {
  const given = isRecord(source) ? source : ({} as Partial<PlaySource>)
  const parts = Object.fromEntries(Object.keys(sourceRules).map((name) => [name, given[name as keyof PlaySource]]))
  refuse('Gan.createPlay', readOptions({}, {}, sourceRules, parts, more).problems)
  const { networks, latent, fakeLabels, step, draws = {}, memories = {} } = source
  const { mover, onRemember: _, ...others } = source
  const critic = (player: string): Discriminator => {
    const output: Network = (x, labels) => networkOf(networks, player)(x, labels)
    const scores: Network = (x, labels) => {
      const y = firstOf(player, source.outputs ?? 1, output(x, labels))
      const squeezedScores = squeezed(player, y)
      source.onScores?.(player, y)
      return squeezedScores
    }
    return Object.assign(scores, { output, stages: () => networkOf(networks, player).stages ?? [] })
  }
  const G = (z: Tensor, labels?: Tensor): Tensor => networkOf(networks, 'generator')(z, labels)
  const fake = once(() => {
    const x = G(latent, fakeLabels)
    return source.detached === true ? stopGradient(x) : x
  })
  const real = once(source.real)
  const realLabels = once(() => source.realLabels?.())
  return (name, index) => {
    const key = foldIn(source.key, index)
    let drawn = 0
    const play: Play = {
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
      shown: {
        get real() {
          return source.shown?.real(play) ?? real()
        },
        get fake() {
          return source.shown?.fake(play) ?? fake()
        }
      },
      fakeLabels,
      D: critic('discriminator'),
      critic,
      G,
      networks,
      key,
      step,
      moving: mover && {
        params: mover.params,
        at: (params) => createPlay({ ...others, networks: mover.networks(params) })(name, index)
      },
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
    return play
  }
}
