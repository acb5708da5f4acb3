import type { Bench } from '../measure/bench.ts'

/** What compiling costs, the first step included. */
export const compile: Bench = { name: 'compile', groups: () => [], fresh: ['mlp-gp', 'gan-dcgan', 'unrolled-10'] }
