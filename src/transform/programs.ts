/** The namespace `Program`: traced functions as data. */
import { showExplanation, explain as explainSchedule } from '../compiler/explain.ts'
import { optimize as optimizeProgram } from '../compiler/rewrite/optimize.ts'
import { planMemory } from '../compiler/memory/plan.ts'
import { schedule } from '../compiler/scheduleProgram.ts'
import type { Program } from '../program/program.ts'
import { countNodes } from '../program/program.ts'
import { requireProgram } from '../program/requireProgram.ts'
import { hash as hashProgram, show as showProgram } from '../program/show.ts'
import type { None } from '../tensor/arguments.ts'
import { requireFunction } from '../tensor/arguments.ts'
import { countOrZero, optional, readOptions } from '../tensor/options.ts'
import { refuse } from '../tensor/problem.ts'
import { traceFunction } from './compile.ts'
import { argumentsOf } from './statics.ts'

export type { Node } from '../program/node.ts'
export type { Program } from '../program/program.ts'

/** Counts the nodes of each primitive that a program needs, inputs aside. */
export function count(program: Program): Readonly<Record<string, number>>
export function count(program: Program, ...more: None): Readonly<Record<string, number>> {
  return countNodes(requireProgram('Program.count', program, more))
}

/** Shows a program: one line a node, in order, literals in place; equal text for equal programs. */
export function show(program: Program): string
export function show(program: Program, ...more: None): string {
  return showProgram(requireProgram('Program.show', program, more))
}

/** Hashes a program: 64 bits over the shown program and the bytes of its constants; equal programs have equal hashes. */
export function hash(program: Program): string
export function hash(program: Program, ...more: None): string {
  return hashProgram(requireProgram('Program.hash', program, more))
}

/** Rewrites a program to a smaller one that computes the same. */
export function optimize(program: Program): Program
export function optimize(program: Program, ...more: None): Program {
  return optimizeProgram(requireProgram('Program.optimize', program, more))
}

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
  requireFunction('Program.of', f)
  const { leaves, structure } = argumentsOf('Program.of', examples)
  return traceFunction(f, structure, leaves, 'Program.of').program
}

/**
 * Explains what a program comes to once it is optimized and fused: kernels with their flops and bytes, the arena, and
 * an estimate of where its time goes. A line a kernel, the `lines` longest ones.
 *
 * @example
 * import { Program, ones, matmul, relu } from 'saddlepoint'
 * Program.explain(Program.of((x, w) => relu(matmul(x, w)), ones([64, 32]), ones([32, 16]))).split('\n').length > 1 // => true
 */
export function explain(program: Program, lines?: number): string
export function explain(program: Program, lines?: number, ...more: None): string {
  refuse('Program.explain', readOptions({}, {}, { lines: optional(countOrZero) }, { lines }).problems)
  const made = schedule(optimizeProgram(requireProgram('Program.explain', program, more)))
  return showExplanation(explainSchedule(made, planMemory(made)), lines)
}
