/** The namespace `Random`: keys, and draws that are pure functions of a key and a shape. */
export type { Key } from './key.ts'
export { foldIn, key, keysOf, split } from './key.ts'
export { bits } from './bits.ts'
export type { UniformOptions } from './uniform.ts'
export { bernoulli, uniform } from './uniform.ts'
export { normal, rademacher } from './normal.ts'
export { categorical, permutation, randint } from './integers.ts'
