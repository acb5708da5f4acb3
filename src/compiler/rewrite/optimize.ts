import type { Program } from '../../program/program.ts'
import { nodesOf } from '../../program/program.ts'
import { simplifyArithmetic } from './simplifyArithmetic.ts'
import { eraseIdentities } from './eraseIdentities.ts'
import { foldConstants } from './foldConstants.ts'
import { mergeScans } from './mergeScans.ts'
import { simplifyMovement } from './simplifyMovement.ts'
import { simplifyProducts } from './simplifyProducts.ts'
import { simplifyReductions } from './simplifyReductions.ts'
import { splitReductions } from './splitReductions.ts'
import type { Rewrite } from './rewrite.ts'
import { rewriting } from './rewrite.ts'

/** The rewrites by name. `eraseIdentities` comes before all others, `splitReductions`, which `reductions` would undo, last. */
export const rewrites = {
  eraseIdentities,
  foldConstants,
  arithmetic: simplifyArithmetic,
  reductions: simplifyReductions,
  products: simplifyProducts,
  movement: simplifyMovement,
  splitReductions
} as const satisfies Readonly<Record<string, Rewrite>>

/** Rounds of all rewrites, since one makes room for another; after so many there is rarely anything left. */
const rounds = 4

const outlineOf = ({ outputs }: Program): string =>
  nodesOf(outputs)
    .map(({ primitive }) => primitive.name)
    .join()

/** Returns an equal program that takes less: identities erased, constants folded, algebra shortened, dead code left out. */
export const optimize = (program: Program): Program => {
  let best = mergeScans(rewriting(eraseIdentities)(program))
  let outline = outlineOf(best)
  for (let round = 0; round < rounds; round++) {
    best = rewriting(foldConstants, simplifyArithmetic, simplifyReductions, simplifyProducts, simplifyMovement)(best)
    const next = outlineOf(best)
    if (next === outline) break
    outline = next
  }
  return rewriting(splitReductions)(best)
}
