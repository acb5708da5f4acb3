import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import { isRecord } from '../tensor/tree.ts'
import { isNode } from './node.ts'
import type { Program } from './program.ts'

/** Tells whether it is a program, whatever it is. */
export const isProgram = (x: unknown): x is Program =>
  isRecord(x) && [x['inputs'], x['outputs']].every((nodes) => Array.isArray(nodes) && nodes.every(isNode))

/** Returns a program if it is one and no argument is left over, and fails otherwise. */
export const requireProgram = (op: string, program: Program, more: readonly unknown[]): Program => {
  refuseMore(op, more)
  return isProgram(program)
    ? program
    : fail('InvalidArgument', {
        op,
        expected: 'a program',
        actual: showValue(program),
        hint: 'Trace a function to one: Program.of(f, x)'
      })
}
