/** One of each regularizer, and whose it is, for what has to hold of all of them. */
import { Augment, Reg } from '../../src/index.ts'
import type { Gan } from '../../src/index.ts'

export interface Example {
  readonly name: string
  /** The kind of player that it belongs to. */
  readonly of: 'critic' | 'generator'
  /** The regularizer of a player of that name. */
  readonly make: (player: string) => Gan.Objective
}

const jitter = Augment.instanceNoise({ deviation: 0.1 })

const ofCritics: Readonly<Record<string, (player: string) => Gan.Objective>> = {
  r1: (player) => Reg.r1({ gamma: 0.1, player }),
  r2: (player) => Reg.r2({ gamma: 0.1, player }),
  gradientPenalty: (player) => Reg.gradientPenalty({ lambda: 0.1, player }),
  zeroCentred: (player) => Reg.gradientPenalty({ lambda: 0.1, target: 0, player }),
  oneSided: (player) => Reg.gradientPenalty({ lambda: 0.1, target: 0.01, oneSided: true, player }),
  maxGradientPenalty: (player) => Reg.maxGradientPenalty({ lambda: 0.1, player }),
  dragan: (player) => Reg.dragan({ lambda: 0.1, player }),
  forwardDragan: (player) => Reg.dragan({ lambda: 0.1, noise: 'forward', player }),
  lecam: (player) => Reg.lecam({ start: 0, player }),
  consistency: (player) => Reg.consistency({ augment: jitter, player }),
  balancedConsistency: (player) => Reg.balancedConsistency({ augment: jitter, player }),
  latentConsistency: (player) => Reg.latentConsistency({ player }),
  orthogonalWeights: () => Reg.orthogonalWeights({ beta: 0.1 })
}

const ofGenerators: Readonly<Record<string, (player: string) => Gan.Objective>> = {
  latentDiversity: (player) => Reg.latentDiversity({ player }),
  jacobianClamp: (player) => Reg.jacobianClamp({ min: 2, max: 3, player }),
  tangentClamp: (player) => Reg.jacobianClamp({ min: 2, max: 3, mode: 'jvp', subset: 3, player }),
  extremalClamp: (player) => Reg.jacobianClamp({ min: 2, max: 3, mode: 'extremal', subset: 2, player }),
  pathLength: (player) => Reg.pathLength({ subset: 2, player }),
  logCondition: (player) => Reg.logCondition({ subset: 2, player }),
  logDeterminant: (player) => Reg.logDeterminant({ weight: -0.1, subset: 2, player }),
  orthogonalJacobian: (player) => Reg.orthogonalJacobian({ subset: 2, probes: 4, player }),
  exactOrthogonalJacobian: (player) => Reg.orthogonalJacobian({ mode: 'exact', subset: 2, player }),
  hessianPenalty: (player) => Reg.hessianPenalty({ subset: 2, probes: 4, player }),
  modeSeeking: (player) => Reg.modeSeeking({ subset: 3, weight: 0.1, player }),
  orthogonalGenerator: () => Reg.orthogonalWeights({ beta: 0.1 })
}

const examplesOf = (of: Example['of'], makers: Readonly<Record<string, Example['make']>>): readonly Example[] =>
  Object.entries(makers).map(([name, make]) => ({ name, of, make }))

export const regularizers: readonly Example[] = [
  ...examplesOf('critic', ofCritics),
  ...examplesOf('generator', ofGenerators)
]
