import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { EngineFault } from '../engines/engine.ts'
import { serialQueue } from '../engines/queue.ts'
import type { CompiledStep, ResidentStep } from './compileStep.ts'

/** Names one of the executables of a loop: those of equal keys are one. */
export interface Variant<C, F, R, X> {
  readonly key: string
  /** Compiles it, unless that has been done. */
  readonly build: () => TE.TaskEither<X, CompiledStep<C, F, R>>
}

/** Says which executable does which step. */
export interface Variants<C, F, R, X> {
  readonly at: (step: number) => Variant<C, F, R, X>
  /** Counts the steps from `step` on that are of one variant, `limit` at most. */
  readonly runLength: (step: number, limit: number) => number
}

/** Feeds the next steps of a call. */
export interface Portion<F, X> {
  readonly steps: number
  /** The feeds of these steps; one alone serves all. */
  readonly feeds: readonly F[]
  /** Right: whether the call goes on after them. Left: what is wrong with the feed that would come next. */
  readonly goesOn: E.Either<X, boolean>
}

/**
 * Gives the next portion of a call, `done` steps after its beginning. `runLength(limit)` counts the steps that one
 * executable does from there; a portion has no more. `step` counts the steps before it from the first of all.
 */
export type Source<F, X> = (
  done: number,
  runLength: (limit: number) => number,
  step: number
) => Portion<F, X> | Promise<Portion<F, X>>

/** Says what errors look like to whoever runs the loop. */
export interface Errors<X> {
  readonly ofFault: (fault: EngineFault) => X
  readonly ofThrown: (cause: unknown, by: 'onStep' | 'engine') => X
  readonly disposed: () => X
}

/** Advances a carry that lives in an engine. Calls wait for one another; none rejects. */
export interface ResidentLoop<C, F, R, X> {
  /** Brings the carry to the executable of the next step. */
  readonly settle: () => TE.TaskEither<X, void>
  /** Left: why it stopped; the carry is then that of the steps done before, unless the engine itself failed. */
  readonly advance: (source: Source<F, X>, onStep?: (step: number, result: R) => void) => TE.TaskEither<X, void>
  readonly snapshot: () => TE.TaskEither<X, C>
  /** Frees the carry once the call under way is done, then calls `after`; later calls are errors. */
  readonly dispose: (after?: () => void) => void
}

/** Says how many steps came before a carry, and where it lies: still with the caller, or in an executable. */
type Place<C, F, R> =
  | { readonly step: number; readonly start: () => C; readonly resident?: never }
  | { readonly step: number; readonly key: string; readonly resident: ResidentStep<C, F, R> }

type Settled<C, F, R> = Extract<Place<C, F, R>, { readonly key: string }>

/** Keeps what a callback throws, and does not call it again: an engine that meets an error may lose its carry. */
const listenerOf = <R>(onStep: (step: number, result: R) => void) => {
  let thrown: { readonly cause: unknown } | undefined
  return {
    thrown: () => thrown,
    listen: (step: number, result: R): void => {
      if (thrown !== undefined) return
      try {
        onStep(step, result)
      } catch (cause) {
        thrown = { cause }
      }
    }
  }
}

/**
 * Makes a loop over the variants of a step, from a carry that `start` gives. `stepOf` reads off a carry how many steps
 * came before it. The carry moves to another executable only where the variant changes.
 */
export const residentLoop = <C, F, R, X>(
  variants: Variants<C, F, R, X>,
  start: () => C,
  stepOf: (carry: C) => number,
  { ofFault, ofThrown, disposed }: Errors<X>
): ResidentLoop<C, F, R, X> => {
  const inTurn = serialQueue()
  let place: Place<C, F, R> = { step: stepOf(start()), start }
  let isDisposed = false

  const caught =
    <A>(task: TE.TaskEither<EngineFault, A>): TE.TaskEither<X, A> =>
    async () => {
      try {
        return E.mapLeft(ofFault)(await task())
      } catch (cause) {
        return E.left(ofThrown(cause, 'engine'))
      }
    }

  const carryAt = (at: Place<C, F, R>): TE.TaskEither<X, C> =>
    at.resident === undefined ? TE.right(at.start()) : caught(at.resident.snapshot())

  /** Gives the place of the carry on the executable of its next step. */
  const settled = (from: Place<C, F, R>): TE.TaskEither<X, Settled<C, F, R>> => {
    const { key, build } = variants.at(from.step)
    return from.resident !== undefined && from.key === key
      ? TE.right(from)
      : pipe(
          carryAt(from),
          TE.chain((carried) =>
            pipe(
              build(),
              TE.chain((compiled) => caught(compiled.resident(carried)))
            )
          ),
          TE.map((resident) => {
            from.resident?.dispose()
            return { step: from.step, key, resident }
          })
        )
  }

  const settle: TE.TaskEither<X, Settled<C, F, R>> = async () => {
    const moved = await settled(place)()
    if (E.isRight(moved)) place = moved.right
    return moved
  }

  /** Does the steps of a portion; where the engine fails among them, their number is taken from the carry. */
  const run = async (
    { steps, feeds }: Portion<F, X>,
    onStep: ((i: number, result: R) => void) | undefined
  ): Promise<E.Either<X, void>> => {
    const at = await settle()
    if (E.isLeft(at)) return at
    const { resident, step } = at.right
    const feed = (i: number): F => feeds[i] ?? feeds[0]!
    const listener = onStep && listenerOf(onStep)
    const advanced = await caught(resident.advance({ steps, feed, ...(listener && { onStep: listener.listen }) }))()
    if (E.isLeft(advanced)) {
      const carried = await carryAt(place)()
      if (E.isRight(carried)) place = { ...at.right, step: stepOf(carried.right) }
      return advanced
    }
    place = { ...at.right, step: step + steps }
    const thrown = listener?.thrown()
    return thrown === undefined ? advanced : E.left(ofThrown(thrown.cause, 'onStep'))
  }

  const advance = async (
    source: Source<F, X>,
    onStep: ((step: number, result: R) => void) | undefined
  ): Promise<E.Either<X, void>> => {
    for (let done = 0; ;) {
      const from = done
      const portion = await source(from, (limit) => variants.runLength(place.step, limit), place.step)
      const ran =
        portion.steps === 0
          ? E.right(undefined)
          : await run(portion, onStep && ((i, result) => onStep(from + i, result)))
      if (E.isLeft(ran)) return ran
      if (E.isLeft(portion.goesOn)) return portion.goesOn
      if (!portion.goesOn.right) return ran
      done += portion.steps
    }
  }

  const whileInUse =
    <A>(task: () => Promise<E.Either<X, A>>): TE.TaskEither<X, A> =>
    () =>
      inTurn(async () => (isDisposed ? E.left(disposed()) : task()))

  return {
    settle: () =>
      whileInUse(
        pipe(
          settle,
          TE.map(() => undefined)
        )
      ),
    advance: (source, onStep) => whileInUse(() => advance(source, onStep)),
    snapshot: () => whileInUse(() => carryAt(place)()),
    dispose: (after) => {
      if (isDisposed) return
      isDisposed = true
      void inTurn(async () => {
        place.resident?.dispose()
        after?.()
      })
    }
  }
}
