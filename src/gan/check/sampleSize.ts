import { packedIn } from '../../nn/pack.ts'
import type { Spec } from '../game/spec.ts'

/**
 * Counts the samples of the minibatch that a spec is traced with where nobody says how many: 4, or so many of the packs
 * that its networks decide about.
 */
export const sampleSizeFor = ({ networks }: Spec): number =>
  Object.values(networks).reduce((samples, net) => samples * packedIn(net), 4)
