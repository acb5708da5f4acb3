import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Engine, EngineFault, Executable, Resident } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { selectEngine } from '../engines/select.ts'
import type { Origin } from '../program/origin.ts'
import type { Program } from '../program/program.ts'
import { isThenable } from '../program/trace.ts'
import type { Data } from '../tensor/dtype.ts'
import type { SaddlepointError } from '../tensor/error.ts'
import { fail, isSaddlepointError } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import type { Structure } from '../tensor/tree.ts'
import { unflatten } from '../tensor/tree.ts'
import { traceFunction } from './compile.ts'
import type { Form } from './form.ts'
import { formOf, treeOf } from './form.ts'
import { impurity } from './purity.ts'
import { tensorsLike } from './staged.ts'

export type { Engine, EngineFault } from '../engines/engine.ts'
export { showFault } from '../engines/engine.ts'
export type { EngineName } from '../engines/select.ts'
export { engineRule } from '../engines/select.ts'

/** Keeps a carry in the engine while steps run on it. */
export interface ResidentStep<C, F, R> {
  readonly advance: (job: {
    readonly steps: number
    readonly feed: (step: number) => F
    readonly onStep?: (step: number, result: R) => void
  }) => TE.TaskEither<EngineFault, void>
  readonly snapshot: () => TE.TaskEither<EngineFault, C>
  readonly dispose: () => void
}

/** Holds what a step came to on the reference evaluator. */
export interface Replayed<C, R> {
  readonly carry: C
  readonly origins: readonly Origin[]
  readonly program: Program
  /** What comes out, as trees of the program's nodes. */
  readonly outputs: readonly [C, R]
}

/** Does `(carry, feed) -> [carry, result]` by one executable. */
export interface CompiledStep<C, F, R> {
  readonly engine: string
  readonly program: Program
  readonly run: (carry: C, feed: F) => TE.TaskEither<EngineFault, [C, R]>
  readonly resident: (carry: C) => TE.TaskEither<EngineFault, ResidentStep<C, F, R>>
  /** Describes the feeds that it takes. */
  readonly feed: Form
  /**
   * Does one step on the reference evaluator, and finds where numbers that are not finite come from; undefined where
   * `goesOn`, asked every 40 ms, says no.
   */
  readonly replay: (
    carry: C,
    feed: F,
    goesOn: () => Promise<boolean>
  ) => TE.TaskEither<EngineFault, Replayed<C, R> | undefined>
  /** What seems wrong with the step: the tag Impure where two traces of it differ. */
  readonly warnings: readonly SaddlepointError[]
  readonly explain: () => string
  readonly dispose: () => void
}

/** Lays out a step as a program: carry and feed go in, leaf by leaf, the next carry and the result come out. */
interface TracedStep {
  readonly program: Program
  readonly carry: Form
  readonly feed: Form
  readonly result: Form
}

type StepFunction = (carry: never, feed: never) => unknown

const arraysLike = (form: Form, tree: unknown, what: readonly [string, string]): readonly Data[] =>
  tensorsLike(form, tree, what, 'step').map(({ data }) => data)

const carryLike = ['a carry', 'the one that was compiled'] as const
const feedLike = ['a feed', 'the one that was compiled'] as const

const traceStep = (f: StepFunction, carry: Form, feed: Form): TracedStep => {
  const step = (before: never, fed: never): unknown => {
    const pair = f(before, fed)
    if (isThenable(pair)) return pair
    if (!Array.isArray(pair) || pair.length !== 2)
      return fail('InvalidTree', { op: 'step', expected: 'a pair [carry, result]', actual: showValue(pair) })
    tensorsLike(carry, pair[0], ['a carry', 'the one that came in'], 'step')
    return pair as readonly unknown[]
  }
  const structure: Structure = { kind: 'array', items: [carry.structure, feed.structure] }
  const { program, traced } = traceFunction(step, structure, [...carry.leaves, ...feed.leaves], 'step')
  const { items } = traced.structure as { readonly items: readonly Structure[] }
  const result = { leaves: program.outputs.slice(carry.leaves.length), structure: items[1]! }
  return { program, carry, feed, result }
}

/** Reads what was thrown as the library's error; a mistake of the user's own function is not the library's to report. */
const tagged = (cause: unknown): SaddlepointError => {
  if (isSaddlepointError(cause)) return cause
  // eslint-disable-next-line no-restricted-syntax -- see above
  throw cause
}

/** Describes a misfit where a fault is wanted. */
const faultOf = (engine: string, { expected, actual }: SaddlepointError): EngineFault => ({
  _tag: 'NotSupported',
  engine,
  expected,
  actual,
  hint: 'Compile another step for other shapes'
})

/** Makes the step of a traced function. `replayed` traces what replays it. */
const stepOf = <C, F, R>(
  { program, carry, feed, result }: TracedStep,
  warnings: readonly SaddlepointError[],
  replayed: () => TracedStep,
  executable: Executable
): CompiledStep<C, F, R> => {
  const { engine, explain, dispose } = executable
  const count = carry.leaves.length
  const split = (outputs: readonly Data[]): [C, R] => [
    treeOf(carry, outputs.slice(0, count)) as C,
    treeOf(result, outputs.slice(count)) as R
  ]
  const fedArrays = (x: F): readonly Data[] => arraysLike(feed, x, feedLike)
  const given = (read: () => readonly Data[]): E.Either<EngineFault, readonly Data[]> =>
    E.tryCatch(read, (cause) => faultOf(engine, tagged(cause)))
  const inputsOf = (c: C, x: F): E.Either<EngineFault, readonly Data[]> =>
    given(() => [...arraysLike(carry, c, carryLike), ...fedArrays(x)])
  const residentOf = ({ advance, snapshot, dispose: release }: Resident): ResidentStep<C, F, R> => ({
    advance: ({ steps, feed: feedAt, onStep }) =>
      advance({
        steps,
        feed: (step) => fedArrays(feedAt(step)),
        ...(onStep && {
          onStep: (step, outputs) => {
            onStep(step, treeOf(result, outputs) as R)
          }
        })
      }),
    snapshot: () =>
      pipe(
        snapshot(),
        TE.map((arrays) => treeOf(carry, arrays) as C)
      ),
    dispose: release
  })
  return {
    engine,
    program,
    run: (c, x) => pipe(TE.fromEither(inputsOf(c, x)), TE.chain(executable.run), TE.map(split)),
    resident: (c) =>
      pipe(
        TE.fromEither(given(() => arraysLike(carry, c, carryLike))),
        TE.chain(executable.resident),
        TE.map(residentOf)
      ),
    feed,
    replay: (c, x, goesOn) =>
      pipe(
        TE.fromEither(inputsOf(c, x)),
        TE.chain((inputs) => async () => {
          const { replay } = await import('../program/origin.ts')
          const { program: own, result: figures } = replayed()
          const run = await replay(own, inputs, goesOn)
          const outputs = [
            unflatten(carry.structure, own.outputs.slice(0, count)) as C,
            unflatten(figures.structure, own.outputs.slice(count)) as R
          ] as const
          return E.right(run && { carry: split(run.outputs)[0], origins: run.origins, program: own, outputs })
        })
      ),
    warnings,
    explain,
    dispose
  }
}

/** Lists the options of a compiled step of type S. */
export interface StepOptions<S> {
  readonly engine?: EngineName | Engine | undefined
  /** Does the same in operations that can be told apart, for a replay: the step itself, by default. */
  readonly replayed?: S
}

/**
 * Compiles a step for carries and feeds like the examples, of which only shapes and dtypes count. The carry that it
 * returns has to be of the form of the one that it is given.
 */
export const compileStep = <C, F, R>(
  f: (carry: C, feed: F) => readonly [C, R],
  carry: C,
  feed: F,
  options: StepOptions<(carry: C, feed: F) => readonly [C, R]> = {}
): TE.TaskEither<EngineFault | SaddlepointError, CompiledStep<C, F, R>> =>
  compileStepOf(f, formOf(carry, 'step'), formOf(feed, 'step'), options)

/** Compiles a step for carries and feeds of such forms. */
export const compileStepOf = <C, F, R>(
  f: (carry: C, feed: F) => readonly [C, R],
  carry: Form,
  feed: Form,
  options: StepOptions<(carry: C, feed: F) => readonly [C, R]> = {}
): TE.TaskEither<EngineFault | SaddlepointError, CompiledStep<C, F, R>> =>
  pipe(
    TE.fromEither(
      E.tryCatch(() => {
        const traced = traceStep(f, carry, feed)
        return { traced, warnings: impurity('step', traced.program, () => traceStep(f, carry, feed).program) }
      }, tagged)
    ),
    TE.chainW(({ traced, warnings }) =>
      pipe(
        selectEngine(options.engine),
        TE.chain((engine) => engine.compile(traced.program, { carry: carry.leaves.length })),
        TE.map((executable) => {
          const { replayed } = options
          const tracedAgain = (): TracedStep => (replayed === undefined ? traced : traceStep(replayed, carry, feed))
          return stepOf<C, F, R>(traced, warnings, tracedAgain, executable)
        })
      )
    )
  )
