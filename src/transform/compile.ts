import * as E from '#fp-ts/Either'
import { o } from '../primitives/vocabulary.ts'
import { activeGraph, openGraph } from '../program/graph.ts'
import type { Program } from '../program/program.ts'
import { closeProgram } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Engine, EngineFault, Executable } from '../engines/engine.ts'
import { errorOfFault } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { engineRule, selectEngine } from '../engines/select.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { anyFunction, optional } from '../tensor/options.ts'
import type { Data } from '../tensor/dtype.ts'
import type { SaddlepointError } from '../tensor/error.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Structure } from '../tensor/tree.ts'
import { structureKey, unflatten } from '../tensor/tree.ts'
import type { Arguments } from './arguments.ts'
import { copiesOf } from './form.ts'
import { requireGiven } from './given.ts'
import type { OnWarning } from './purity.ts'
import { impurity } from './purity.ts'
import type { StaticOptions } from './statics.ts'
import { argumentsOf, staticRules, staticsKey } from './statics.ts'

export interface CompileFunctionOptions extends StaticOptions {
  /** By name, or one of one's own; 'auto' by default. */
  readonly engine?: EngineName | Engine
  /** Hears of each of the `warnings` as it comes up. */
  readonly onWarning?: OnWarning
}

/** A compiled function: calls return promises, one executable per combination of shapes. */
export interface Compiled<A extends Arguments, R> {
  (...args: A): Promise<R>
  /** What seems wrong with f, found while it was compiled: nothing is printed. The tag Impure: two traces of f differ. */
  readonly warnings: readonly SaddlepointError[]
  /** Kernels, flops, bytes and memory of the executable for such arguments. */
  readonly explain: (...args: A) => Promise<string>
  /** Frees the executables; the next call compiles again. */
  readonly dispose: () => void
}

/** A function of trees as a closed program, with the way back to the result's tree. */
export interface TracedFunction {
  readonly program: Program
  readonly traced: Traced
}

/** Refuses to be called inside a trace: what is compiled is outermost. */
export const refuseTrace = (op: string): void => {
  if (activeGraph() !== undefined)
    fail('NestedCompile', {
      op,
      expected: 'to be outermost',
      actual: 'a call inside a trace',
      hint: 'Call the function itself there: what surrounds it is compiled as a whole'
    })
}

/** Traces `f` for arguments of these shapes. The program holds no trace of a call: it is data. */
export const traceFunction = (
  f: (...args: never[]) => unknown,
  structure: Structure,
  avals: readonly Aval[],
  op: string
): TracedFunction => {
  refuseTrace(op)
  const traced = traceInto(openGraph(o), avals, (inputs) => f(...(unflatten(structure, inputs) as never[])), op)
  return { program: closeProgram(traced.program.inputs, traced.program.outputs, op), traced }
}

/** Holds what a function was compiled to for arguments of one form. */
interface Build {
  readonly executable: Executable
  readonly traced: TracedFunction
}

const rules: Rules = { engine: engineRule, onWarning: optional(anyFunction), ...staticRules }

/**
 * Compiles `f` to one executable of an engine. Tensors and numbers among the arguments are inputs, so changing numbers never
 * recompiles; other shapes do, and so do other strings, truth values, functions (by identity) and `staticArgnums`, which f
 * is given as they are. Arguments are taken as they are at the call, and so is what f captures at the first call of each
 * form: it stays that for good. f has to be pure: it is traced twice at that call, and where the traces differ, since
 * it draws from Math.random, counts or asks a clock, that is among the `warnings`.
 *
 * @throws NestedCompile, at once, when called inside a trace; as rejections AsyncTrace, where f returns a promise,
 * NotAvailable and the other tags of an engine that fails, and whatever f throws
 *
 * @example
 * import { compile, grad, sum, mul, tensor } from 'saddlepoint'
 * const gradient = compile(grad((x) => sum(mul(x, x))), { engine: 'reference' })
 * const dx = await gradient(tensor([1, 2]))
 * dx.data // => [2, 4]
 * const total = compile((x, axis) => sum(x, { axes: [axis] }), { engine: 'reference', staticArgnums: 1 })
 * const columns = await total(tensor([[1, 2], [3, 4]]), 0)
 * columns.data // => [4, 6]
 */
export function compile<A extends Arguments, R>(f: (...args: A) => R, options?: CompileFunctionOptions): Compiled<A, R>
export function compile<A extends Arguments, R>(
  f: (...args: A) => R,
  options?: CompileFunctionOptions,
  ...more: None
): Compiled<A, R> {
  const { engine, staticArgnums, onWarning } = requireGiven('compile', f, more, options, rules)
  const builds = new Map<string, Promise<Build>>()
  const warnings: SaddlepointError[] = []

  const trace = (structure: Structure, avals: readonly Aval[]): TracedFunction => {
    const traced = traceFunction(f, structure, avals, 'compile')
    const found = impurity('compile', traced.program, () => traceFunction(f, structure, avals, 'compile').program)
    warnings.push(...found)
    for (const warning of found) onWarning?.(warning)
    return traced
  }
  const build = async (structure: Structure, avals: readonly Aval[]): Promise<Build> => {
    const traced = trace(structure, avals)
    const chosen = orReject(await selectEngine(engine)())
    return { executable: orReject(await chosen.compile(traced.program)()), traced }
  }
  const buildFor = (args: A): { readonly known: Promise<Build>; readonly inputs: readonly Data[] } => {
    const { leaves: tensors, structure } = argumentsOf('compile', args, staticArgnums)
    // Copies, since the arguments may be written to before the engine reads them.
    const inputs = copiesOf('compile', tensors)
    const avals = tensors.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`)
    const key = `${structureKey(structure)} ${staticsKey(structure)} ${avals.join()}`
    const known = builds.get(key) ?? build(structure, tensors)
    builds.set(key, known)
    known.catch(() => {
      if (builds.get(key) === known) builds.delete(key)
    })
    return { known, inputs }
  }
  const run = async (args: A): Promise<R> => {
    const { known, inputs } = buildFor(args)
    const { executable, traced } = await known
    const results = orReject(await executable.run(inputs)())
    const tensorOf = (data: Tensor['data'], i: number): Tensor => {
      const { shape, dtype } = traced.program.outputs[i]!
      return { shape, dtype, data }
    }
    return rebuildResult(traced.traced, results.map(tensorOf)) as R
  }
  const compiled = (...args: A): Promise<R> => {
    // At once: a trace would take a rejection for a result.
    refuseTrace('compile')
    return run(args)
  }
  return Object.assign(compiled, {
    warnings,
    explain: async (...args: A) => (await buildFor(args).known).executable.explain(),
    dispose: () => {
      for (const known of builds.values())
        known.then(
          ({ executable }) => {
            executable.dispose()
          },
          () => undefined
        )
      builds.clear()
    }
  })
}

const orReject = <A>(result: E.Either<EngineFault, A>): A => {
  if (E.isRight(result)) return result.right
  // eslint-disable-next-line no-restricted-syntax -- a function whose promise rejects has no other way to say it
  throw errorOfFault('compile', result.left)
}
