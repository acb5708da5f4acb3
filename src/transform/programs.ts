/** The namespace `Program`: traced functions as data. */
import { showExplanation, explain as explainSchedule } from '../compiler/explain.ts'
import { optimize } from '../compiler/rewrite/optimize.ts'
import { planMemory } from '../compiler/memory/plan.ts'
import { schedule } from '../compiler/scheduleProgram.ts'
import type { Program } from '../program/program.ts'
import { flatten } from '../tensor/tree.ts'
import { traceFunction } from './compile.ts'
import { asTensor } from './staged.ts'

export type { Node } from '../program/node.ts'
export type { Program } from '../program/program.ts'
export { countNodes as count } from '../program/program.ts'
export { show, hash } from '../program/show.ts'
export { optimize } from '../compiler/rewrite/optimize.ts'

/**
 * Traces `f` to a program, for arguments like these, of which only shapes and dtypes count.
 *
 * @throws NestedCompile inside a trace; whatever f throws
 *
 * @example
 * import { Program, mul, sum, tensor } from 'saddlepoint'
 * const program = Program.of((x, y) => sum(mul(x, y)), tensor([1, 2]), tensor([3, 4]))
 * Program.count(program) // => { mul: 1, reduceSum: 1 }
 */
export const of = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...examples: A): Program => {
  const { leaves, structure } = flatten(examples, 'Program.of')
  const tensors = leaves.map((leaf) => asTensor(leaf, 'Program.of'))
  return traceFunction(f, structure, tensors, 'Program.of').program
}

/**
 * Explains what a program comes to once it is optimized and fused: kernels with their flops and bytes, the arena, and
 * an estimate of where its time goes. A line a kernel, the `lines` longest ones.
 *
 * @example
 * import { Program, ones, matmul, relu } from 'saddlepoint'
 * Program.explain(Program.of((x, w) => relu(matmul(x, w)), ones([64, 32]), ones([32, 16]))).split('\n').length > 1 // => true
 */
export const explain = (program: Program, lines?: number): string => {
  const made = schedule(optimize(program))
  return showExplanation(explainSchedule(made, planMemory(made)), lines)
}
