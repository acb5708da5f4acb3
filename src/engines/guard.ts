import * as E from '#fp-ts/Either'
import type { TaskEither } from '#fp-ts/TaskEither'
import type { Program } from '../program/program.ts'
import { isSaddlepointError } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import type { Engine, EngineFault, Executable, Resident } from './engine.ts'
import { iterateFrom } from './iterate.ts'

/** Something of an engine that throws, rejects, or gives what the interface does not say. */
const failed = (engine: string, expected: string, actual: string, cause?: unknown): EngineFault => ({
  _tag: 'EngineFailed',
  engine,
  expected,
  actual,
  hint: 'It is a defect of the engine: see its cause, and compare with the engine reference',
  ...(cause !== undefined && { cause })
})

const hasMethods = (x: unknown, ...names: readonly string[]): boolean =>
  typeof x === 'object' &&
  x !== null &&
  names.every((name) => typeof (x as Record<string, unknown>)[name] === 'function')

const isEither = (x: unknown): x is E.Either<EngineFault, unknown> =>
  typeof x === 'object' && x !== null && '_tag' in x && (x._tag === 'Left' ? 'left' in x : 'right' in x)

const areArrays = (x: unknown, avals: readonly Aval[]): boolean =>
  Array.isArray(x) &&
  x.length === avals.length &&
  x.every((one, i) => ArrayBuffer.isView(one) && (one as Uint8Array).length === sizeOf(avals[i]!.shape))

const showArrays = (x: unknown): string =>
  Array.isArray(x)
    ? `${String(x.length)} of lengths ${x.map((one) => (one as { length?: number } | null)?.length).join(', ')}`
    : showValue(x)

/** Runs a task of an engine; what it throws, and a result that `holds` refuses, is a fault. */
const guarded =
  <A>(
    engine: string,
    what: string,
    task: () => Promise<E.Either<EngineFault, A>>,
    holds: (x: unknown) => boolean,
    show = showValue
  ): TaskEither<EngineFault, A> =>
  async () => {
    try {
      const result: unknown = await task()
      if (!isEither(result)) return E.left(failed(engine, `${what} that resolves with an Either`, showValue(result)))
      return E.isLeft(result) || holds(result.right)
        ? (result as E.Either<EngineFault, A>)
        : E.left(failed(engine, what, show(result.right)))
    } catch (cause) {
      if (isSaddlepointError(cause)) return E.left(failed(engine, cause.expected, cause.actual, cause))
      return E.left(
        failed(engine, what, cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), cause)
      )
    }
  }

const guardResident = (engine: string, carry: readonly Aval[], resident: Resident): Resident => ({
  advance: (iteration) =>
    guarded(
      engine,
      'steps',
      () => resident.advance(iteration)(),
      () => true
    ),
  snapshot: () =>
    guarded(
      engine,
      'a carry of the sizes that went in',
      () => resident.snapshot()(),
      (x) => areArrays(x, carry),
      showArrays
    ),
  dispose: () => quietly(() => resident.dispose())
})

/** Frees something, whether that goes well or not: there is nobody to tell. */
const quietly = (free: () => void): void => {
  try {
    free()
  } catch {
    // Its memory is lost, and nothing else.
  }
}

const guardExecutable = (
  name: string,
  { inputs, outputs }: Program,
  carried: number,
  executable: Executable
): Executable => {
  const carry = inputs.slice(0, carried)
  const resident: Executable['resident'] = (initial) => async () => {
    const made = await guarded(
      name,
      'a resident with advance, snapshot and dispose',
      () => executable.resident(initial)(),
      (x) => hasMethods(x, 'advance', 'snapshot', 'dispose')
    )()
    return E.isLeft(made) ? made : E.right(guardResident(name, carry, made.right))
  }
  return {
    ...executable,
    engine: executable.engine,
    where: executable.where,
    run: (arrays) =>
      guarded(
        name,
        'arrays of the sizes of the outputs',
        () => executable.run(arrays)(),
        (x) => areArrays(x, outputs),
        showArrays
      ),
    resident,
    iterate: iterateFrom(resident),
    explain: () => executable.explain(),
    dispose: () => quietly(() => executable.dispose())
  }
}

/** Returns the same engine, none of whose tasks throws or rejects: whoever wrote it, what goes wrong in it is the fault EngineFailed. */
export const guard = (engine: Engine): Engine => {
  const { name } = engine
  return {
    name,
    compile: (program, options) => async () => {
      const made = await guarded(
        name,
        'an executable with run, resident, explain and dispose',
        () => engine.compile(program, options)(),
        (x) => hasMethods(x, 'run', 'resident', 'explain', 'dispose')
      )()
      return E.isLeft(made) ? made : E.right(guardExecutable(name, program, options?.carry ?? 0, made.right))
    }
  }
}
