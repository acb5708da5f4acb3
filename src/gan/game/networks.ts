import type { Layer } from '../../nn/layer.ts'
import { serial } from '../../nn/serial.ts'
import { traceDepth } from '../../program/trace.ts'
import { foldIn } from '../../random/key.ts'
import { fail } from '../../tensor/error.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Input, Network } from './players.ts'

/**
 * Holds what a network is applied with: its parameters, and the state of its layers (batch statistics and the like).
 */
export interface Held {
  readonly params: unknown
  readonly layers: unknown
}

/** Names the player whose update a play belongs to, and its parameters, which are being differentiated. */
export interface Mover {
  readonly player: string
  readonly params: unknown
}

/** Gives what a player's network sees in place of x, from a key. */
export type Augmenting = (player: string, key: Tensor, x: Input) => Input

/** Builds the networks of a play. */
export interface PlayNetworks {
  readonly networks: Readonly<Record<string, Network>>
  /** The mover's layer state after the terms: that of its first application, or the old one where there was none. */
  readonly layers: () => unknown
}

const heldBy = (held: Readonly<Record<string, Held>>, player: string): Held =>
  held[player] ??
  fail('InvalidArgument', {
    op: 'Gan',
    expected: `a state for the player ${player}`,
    actual: 'none',
    hint: 'Gan.validate says what a spec lacks'
  })

/** Makes what each layer of a chain gives. Applied in part, it leaves no state. */
const stagesOf = (
  { name, layers = [] }: Layer,
  held: Held,
  key: Tensor,
  seen: (x: Input) => Input
): Pick<Network, 'stages'> => {
  if (name !== 'serial') return {}
  const first = (x: unknown, count: number): readonly unknown[] => (Array.isArray(x) ? x.slice(0, count) : [])
  return {
    stages: layers.map((_, i) => (x, labels) => {
      const [params, state] = [first(held.params, i + 1), first(held.layers, i + 1)]
      return serial(...layers.slice(0, i + 1)).apply({ params, state, key, training: true, labels }, seen(x))[0]
    })
  }
}

/**
 * Builds the networks as the terms of one player's update see them: the mover's with the parameters that are being
 * differentiated, all others as they are, each behind its augmentation. Each has one key for all its applications, so
 * that D is one function during an update. The mover's layer state advances by the first application at the top level of
 * the loss; those inside a derivative that a term takes only read it, as do all further ones.
 */
export const playNetworks = (
  layers: Readonly<Record<string, Layer>>,
  held: Readonly<Record<string, Held>>,
  key: Tensor,
  mover?: Mover,
  augmented: Augmenting = (_player, _key, x) => x
): PlayNetworks => {
  const depth = traceDepth()
  const names = Object.keys(layers).sort()
  let advanced: { readonly layers: unknown } | undefined
  const networkOf = ([name, layer]: readonly [string, Layer]): [string, Network] => {
    const own = heldBy(held, name)
    const isMover = name === mover?.player
    // Terms draw from keys folded from 0, 1 ...; dropout masks from those below.
    const mask = foldIn(key, -1 - names.indexOf(name))
    const params = isMover ? mover.params : own.params
    const seen = (x: Input): Input => augmented(name, foldIn(mask, -1), x)
    const network: Network = (x, labels) => {
      const [y, after] = layer.apply({ params, state: own.layers, key: mask, training: true, labels }, seen(x))
      if (isMover && traceDepth() === depth) advanced ??= { layers: after }
      return y
    }
    const perSample: Network['perSample'] = (batch, labels) => {
      const training = { params, state: own.layers, key: mask, training: true, batchState: true, labels }
      const [, state] = layer.apply(training, seen(batch))
      return (x, ofX) => layer.apply({ params, state, key: mask, dropout: true, labels: ofX }, seen(x))[0]
    }
    const parts = stagesOf(layer, { params, layers: own.layers }, mask, seen)
    return [name, Object.assign(network, parts, layer.couplesSamples ? { perSample } : {})]
  }
  return {
    networks: Object.fromEntries(Object.entries(layers).map(networkOf)),
    layers: () => (advanced ?? heldBy(held, mover?.player ?? '')).layers
  }
}
