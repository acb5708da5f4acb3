import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Engine, EngineFault, Executable } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { selectEngine } from '../engines/select.ts'
import type { Program } from '../program/program.ts'
import type { Data } from '../tensor/dtype.ts'
import type { SaddlepointError } from '../tensor/error.ts'
import { fail, isSaddlepointError } from '../tensor/error.ts'
import { drawShape, equalShapes } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { drawPath, flattenWithPaths, structureKey, unflatten } from '../tensor/tree.ts'
import { traceFunction } from './compile.ts'

export type { Engine, EngineFault } from '../engines/engine.ts'
export { drawFault } from '../engines/engine.ts'
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
  readonly explain: () => string
  readonly dispose: () => void
}

const drawAval = ({ dtype, shape }: Aval): string => `${dtype}${drawShape(shape)}`

/** The carry must come out as it went in: one structure, and each leaf of its shape and dtype. */
const sameCarry = (before: unknown, after: unknown): void => {
  const was = flattenWithPaths(before, 'compileStep')
  const is = flattenWithPaths(after, 'compileStep')
  if (structureKey(was.structure) !== structureKey(is.structure))
    fail('InvalidTree', {
      op: 'compileStep',
      expected: `a carry of the structure that came in, ${structureKey(was.structure)}`,
      actual: structureKey(is.structure)
    })
  was.leaves.forEach((leaf, i) => {
    const [a, b] = [leaf as Tensor, is.leaves[i] as Tensor]
    if (!equalShapes(a.shape, b.shape) || a.dtype !== b.dtype)
      fail('ShapeMisfit', {
        op: 'compileStep',
        expected: `carry leaf ${drawPath(was.paths[i]!)} to stay ${drawAval(a)}`,
        actual: drawAval(b)
      })
  })
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
  const carried = flattenWithPaths(carry, 'compileStep')
  const fed = flattenWithPaths(feed, 'compileStep')
  const count = carried.leaves.length
  const traced = E.tryCatch(
    () =>
      traceFunction(
        (c: C, x: F) => {
          const [after, result] = f(c, x)
          sameCarry(c, after)
          return [after, result]
        },
        { kind: 'array', items: [carried.structure, fed.structure] },
        [...carried.leaves, ...fed.leaves] as readonly Tensor[],
        'compileStep'
      ),
    (cause) => {
      if (isSaddlepointError(cause)) return cause
      throw cause
    }
  )
  const arrays = (tree: unknown): readonly Data[] =>
    flattenWithPaths(tree, 'compileStep').leaves.map((leaf) => (leaf as Tensor).data)
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
      return {
        engine: executable.engine,
        program,
        run: (c, x) =>
          pipe(
            executable.run([...arrays(c), ...arrays(x)]),
            TE.map((out): [C, R] => [carryOf(out.slice(0, count)), resultOf(out.slice(count))])
          ),
        resident: (c) =>
          pipe(
            executable.resident(arrays(c)),
            TE.map((resident): ResidentStep<C, F, R> => ({
              advance: ({ steps, feed: feedOf, onStep }) =>
                resident.advance({
                  steps,
                  feed: (step) => arrays(feedOf(step)),
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
        explain: executable.explain,
        dispose: executable.dispose
      }
    })
  )
}
