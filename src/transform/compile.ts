import * as E from '#fp-ts/Either'
import { o } from '../primitives/vocabulary.ts'
import { activeGraph, openGraph, refuseTraced } from '../program/graph.ts'
import type { Program } from '../program/program.ts'
import { closeProgram } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Engine, EngineFault, Executable } from '../engines/engine.ts'
import { showFault } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { selectEngine } from '../engines/select.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Structure } from '../tensor/tree.ts'
import { flatten, structureKey, unflatten } from '../tensor/tree.ts'
import type { Arguments } from './arguments.ts'
import { asTensor } from './staged.ts'

export interface CompileFunctionOptions {
  readonly engine?: EngineName | Engine
}

/** A compiled function: calls return promises, one executable per combination of shapes. */
export interface Compiled<A extends Arguments, R> {
  (...args: A): Promise<R>
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

/** An engine's fault as the tagged error, where a function that returns a promise has to reject. */
const reject = (fault: EngineFault): never =>
  fail('NotSupported', { op: 'compile', expected: fault.expected, actual: showFault(fault), hint: fault.hint })

/**
 * `f` as one executable of an engine. Tensors and numbers among the arguments are inputs, so changing numbers never
 * recompiles; other shapes do. What f captures is taken as it is at the first call.
 *
 * @throws NestedCompile, at once, when called inside a trace; AsyncTrace, as a rejection, where f returns a promise
 *
 * @example
 * import { compile, grad, sum, mul, tensor } from 'saddlepoint'
 * const gradient = compile(grad((x) => sum(mul(x, x))), { engine: 'reference' })
 * const dx = await gradient(tensor([1, 2]))
 * dx.data // => [2, 4]
 */
export const compile = <A extends Arguments, R>(
  f: (...args: A) => R,
  options: CompileFunctionOptions = {}
): Compiled<A, R> => {
  const executables = new Map<string, Promise<{ executable: Executable; traced: TracedFunction }>>()
  const build = async (structure: Structure, avals: readonly Aval[]) => {
    const traced = traceFunction(f, structure, avals, 'compile')
    const engine = await selectEngine(options.engine)()
    if (E.isLeft(engine)) return reject(engine.left)
    const executable = await engine.right.compile(traced.program)()
    return E.isLeft(executable) ? reject(executable.left) : { executable: executable.right, traced }
  }
  const executableFor = (args: A) => {
    const { leaves, structure } = flatten(args, 'compile')
    const tensors = leaves.map((leaf) => asTensor(leaf, 'compile'))
    for (const x of tensors) refuseTraced(x, 'compile')
    const key = `${structureKey(structure)} ${tensors.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join()}`
    const known = executables.get(key) ?? build(structure, tensors)
    executables.set(key, known)
    known.catch(() => {
      if (executables.get(key) === known) executables.delete(key)
    })
    return { known, tensors }
  }
  const run = async (args: A): Promise<R> => {
    const { known, tensors } = executableFor(args)
    const { executable, traced } = await known
    const results = await executable.run(tensors.map(({ data }) => data))()
    if (E.isLeft(results)) return reject(results.left)
    const tensorOf = (data: Tensor['data'], i: number): Tensor => {
      const { shape, dtype } = traced.program.outputs[i]!
      return { shape, dtype, data }
    }
    return rebuildResult(traced.traced, results.right.map(tensorOf)) as R
  }
  const compiled = (...args: A): Promise<R> => {
    // At once: a trace would take a rejection for a result.
    refuseTrace('compile')
    return run(args)
  }
  return Object.assign(compiled, {
    explain: async (...args: A) => (await executableFor(args).known).executable.explain(),
    dispose: () => {
      for (const known of executables.values())
        known.then(
          ({ executable }) => {
            executable.dispose()
          },
          () => undefined
        )
      executables.clear()
    }
  })
}
