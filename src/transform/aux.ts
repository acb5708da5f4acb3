import type { Traced } from '../program/trace.ts'
import { fail } from '../tensor/error.ts'
import type { Rules } from '../tensor/options.ts'
import { flag, optional } from '../tensor/options.ts'
import { countLeaves, structureKey } from '../tensor/tree.ts'

export const auxRules: Rules = { hasAux: optional(flag) }

/** Says whether a function returns `[y, aux]`, of which only y is differentiated (default false). */
export interface AuxOptions {
  readonly hasAux?: boolean
}

/**
 * Splits a traced function that returns `[y, aux]` into one that returns y and one that returns aux, on the same inputs.
 *
 * @throws InvalidTree where it returns anything else
 */
export const splitAux = (op: string, { program, structure }: Traced): { readonly y: Traced; readonly aux: Traced } => {
  const [first, second, ...rest] = structure.kind === 'array' ? structure.items : []
  if (first === undefined || second === undefined || rest.length > 0)
    return fail('InvalidTree', {
      op,
      expected: 'a function that returns [y, aux], for hasAux',
      actual: `a result ${structureKey(structure)}, * being a tensor`,
      hint: 'What is differentiated comes first, all else in one tree behind it'
    })
  const { inputs, outputs } = program
  const count = countLeaves(first)
  return {
    y: { program: { inputs, outputs: outputs.slice(0, count) }, structure: first },
    aux: { program: { inputs, outputs: outputs.slice(count) }, structure: second }
  }
}
