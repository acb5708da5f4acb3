import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import { isRecord } from '../tensor/tree.ts'
import { isNode } from './node.ts'
import type { Program } from './program.ts'

/** Returns a program if it is one and no argument is left over, and fails otherwise. */
export const requireProgram = (op: string, program: Program, more: readonly unknown[]): Program => {
  const given: unknown = program
  refuseMore(op, more)
  const isProgram =
    isRecord(given) && [given['inputs'], given['outputs']].every((nodes) => Array.isArray(nodes) && nodes.every(isNode))
  return isProgram
    ? program
    : fail('InvalidArgument', {
        op,
        expected: 'a program',
        actual: showValue(given),
        hint: 'Trace a function to one: Program.of(f, x)'
      })
}
