import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Engine, EngineFault, Executable } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { selectEngine } from '../engines/select.ts'
import type { Origin } from '../program/origin.ts'
import { replay } from '../program/origin.ts'
import type { Program } from '../program/program.ts'
import type { Data } from '../tensor/dtype.ts'
import type { SaddlepointError } from '../tensor/error.ts'
import { isSaddlepointError } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Structure } from '../tensor/tree.ts'
import { unflatten } from '../tensor/tree.ts'
import { traceFunction } from './compile.ts'
import { tensorsLike, tensorsOf } from './staged.ts'

export type { Engine, EngineFault } from '../engines/engine.ts'
export { showFault } from '../engines/engine.ts'
export { serialQueue } from '../engines/queue.ts'
export type { EngineName } from '../engines/select.ts'

/** A state that lives in the engine while steps run on it. */
export interface ResidentStep<C, F, R> {
  readonly advance: (job: {
    readonly steps: number
    readonly feed: (step: number) => F
    readonly onStep?: (step: number, result: R) => void
  }) => TE.TaskEither<EngineFault, void>
  readonly snapshot: () => TE.TaskEither<EngineFault, C>
  readonly dispose: () => void
}

/** `(carry, feed) -> [carry, result]` as one executable. */
export interface CompiledStep<C, F, R> {
  readonly engine: string
  readonly program: Program
  readonly run: (carry: C, feed: F) => TE.TaskEither<EngineFault, [C, R]>
  readonly resident: (carry: C) => TE.TaskEither<EngineFault, ResidentStep<C, F, R>>
  /** What comes out, as trees of the program's nodes. */
  readonly outputs: readonly [C, R]
  /** One step on the reference evaluator, and where numbers that are not finite come from. */
  readonly replay: (carry: C, feed: F) => E.Either<EngineFault, readonly [C, readonly Origin[]]>
  readonly explain: () => string
  readonly dispose: () => void
}

/** An argument that does not fit what was compiled, where a fault is wanted. */
const faultOf = (engine: string, { expected, actual }: SaddlepointError): EngineFault => ({
  _tag: 'NotSupported',
  engine,
  expected,
  actual,
  hint: 'Compile another step for other shapes'
})

/** All of an example tree that counts. */
interface Form {
  readonly leaves: readonly Aval[]
  readonly structure: Structure
}

const formOf = (example: unknown): Form => {
  const { leaves, structure } = tensorsOf(example, 'compileStep')
  return { leaves: leaves.map(({ shape, dtype }) => ({ shape, dtype })), structure }
}

const tagged = (cause: unknown): SaddlepointError => {
  if (isSaddlepointError(cause)) return cause
  // eslint-disable-next-line no-restricted-syntax -- a mistake of the user's own function is not this library's to report
  throw cause
}

/**
 * A step with state, compiled: carry and feed are example trees, of which only shapes and dtypes count. The result's carry
 * must be shaped like the carry.
 */
export const compileStep = <C, F, R>(
  f: (carry: C, feed: F) => readonly [C, R],
  carry: C,
  feed: F,
  options: { readonly engine?: EngineName | Engine } = {}
): TE.TaskEither<EngineFault | SaddlepointError, CompiledStep<C, F, R>> => {
  const carried = formOf(carry)
  const fed = formOf(feed)
  const count = carried.leaves.length
  const traced = E.tryCatch(
    () =>
      traceFunction(
        (c: C, x: F) => {
          const [after, result] = f(c, x)
          // The carry must come out as it went in.
          tensorsLike(carried, after, ['a carry', 'the one that came in'], 'compileStep')
          return [after, result]
        },
        { kind: 'array', items: [carried.structure, fed.structure] },
        [...carried.leaves, ...fed.leaves],
        'compileStep'
      ),
    tagged
  )
  const arraysOf = (like: Form, tree: unknown, what: string): readonly Data[] =>
    tensorsLike(like, tree, [what, 'the one that was compiled'], 'compileStep').map(({ data }) => data)
  return pipe(
    TE.fromEither(traced),
    TE.chainW(({ program, traced: way }) =>
      pipe(
        selectEngine(options.engine),
        TE.chain((engine): TE.TaskEither<EngineFault, Executable> => engine.compile(program, { carry: count })),
        TE.map((executable) => ({ program, way, executable }))
      )
    ),
    TE.map(({ program, way, executable }) => {
      const tensors = (data: readonly Data[], offset: number): readonly Tensor[] =>
        data.map((numbers, i) => {
          const { shape, dtype } = program.outputs[offset + i]!
          return { shape, dtype, data: numbers }
        })
      const carryOf = (data: readonly Data[]): C => unflatten(carried.structure, tensors(data, 0)) as C
      const resultStructure = way.structure.kind === 'array' ? way.structure.items[1]! : way.structure
      const resultOf = (data: readonly Data[]): R => unflatten(resultStructure, tensors(data, count)) as R
      const given = (read: () => readonly Data[]): E.Either<EngineFault, readonly Data[]> =>
        E.tryCatch(read, (cause) => faultOf(executable.engine, tagged(cause)))
      const inputsFrom = (c: C, x: F): E.Either<EngineFault, readonly Data[]> =>
        given(() => [...arraysOf(carried, c, 'a carry'), ...arraysOf(fed, x, 'a feed')])
      return {
        engine: executable.engine,
        program,
        run: (c, x) =>
          pipe(
            TE.fromEither(inputsFrom(c, x)),
            TE.chain((inputs) => executable.run(inputs)),
            TE.map((out): [C, R] => [carryOf(out.slice(0, count)), resultOf(out.slice(count))])
          ),
        resident: (c) =>
          pipe(
            TE.fromEither(given(() => arraysOf(carried, c, 'a carry'))),
            TE.chain((initial) => executable.resident(initial)),
            TE.map((resident): ResidentStep<C, F, R> => ({
              advance: ({ steps, feed: feedOf, onStep }) =>
                resident.advance({
                  steps,
                  feed: (step) => arraysOf(fed, feedOf(step), 'a feed'),
                  ...(onStep === undefined
                    ? {}
                    : {
                        onStep: (step, out) => {
                          onStep(step, resultOf(out))
                        }
                      })
                }),
              snapshot: () => pipe(resident.snapshot(), TE.map(carryOf)),
              dispose: resident.dispose
            }))
          ),
        outputs: [
          unflatten(carried.structure, program.outputs.slice(0, count)) as C,
          unflatten(resultStructure, program.outputs.slice(count)) as R
        ],
        replay: (c, x) =>
          pipe(
            inputsFrom(c, x),
            E.map((inputs) => {
              const { outputs, origins } = replay(program, inputs)
              return [carryOf(outputs.slice(0, count)), origins] as const
            })
          ),
        explain: executable.explain,
        dispose: executable.dispose
      }
    })
  )
}
