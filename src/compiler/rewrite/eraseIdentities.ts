import type { Rewrite } from './rewrite.ts'

/** Identities that only differentiation looks at. `recompute`, which keeps a checkpoint's second forward pass apart, stays. */
const identities: ReadonlySet<string> = new Set(['stopGradient', 'customJvp', 'customVjp'])

/** Identities of differentiation leave the program, so that what they held apart is consed: equal values become one. */
export const erase: Rewrite = ({ primitive }, operands) => (identities.has(primitive.name) ? operands[0] : undefined)
