import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Unrolling } from '../../../kernels/gpu/partition/unrolling.ts'
import { unrollingOf } from '../../../kernels/gpu/partition/unrolling.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { Iteration } from '../engine.ts'
import type { FaultOf } from './faultOf.ts'
import { disposed } from './faults.ts'
import type { Session } from './readyParts.ts'
import type { Partition } from '../../../kernels/gpu/partition/parts.ts'
import { stepsOf } from './steps.ts'

/** How many steps one call of the device takes, where it can take several: more save little, and take long to translate. */
const stepsTogether = 8
/** The number of launches from which on a call is long enough without further steps. */
const mostLaunches = 2500

/** A carry between calls. */
export interface Carry {
  readonly advance: (iteration: Iteration) => Promise<E.Either<FaultOf, void>>
  readonly snapshot: () => E.Either<FaultOf, readonly Data[]>
  readonly dispose: () => void
}

const copiesOf = (values: readonly Data[]): readonly Data[] => values.map((data) => data.slice())

/** Returns a function that makes carries of a program, which advance on the session that `open` returns. */
export const carriesOf = (
  partition: Partition,
  open: () => Promise<E.Either<FaultOf, Session>>
): ((initial: readonly Data[]) => Carry) => {
  const { program, parts, carry } = partition
  const { single, together } = stepsOf(partition)
  const unrolling = unrollingOf(program, parts, carry)

  /** Returns how the next steps are taken together, where enough are left and they are short. */
  const unrollingFor = (session: Session, left: number): Unrolling | undefined => {
    const last = session.parts.at(-1)
    const isShort = last?.at === 'device' && last.printed.launches.length * stepsTogether <= mostLaunches
    return isShort && left >= stepsTogether ? unrolling : undefined
  }

  /** Takes some of the steps that are left, and returns the outputs of each. */
  const nextSteps = async (
    before: readonly Data[],
    from: number,
    { steps, feed }: Iteration
  ): Promise<E.Either<FaultOf, readonly (readonly (Data | undefined)[])[]>> => {
    const session = await open()
    if (E.isLeft(session)) return session
    const unrolled = unrollingFor(session.right, steps - from)
    if (unrolled === undefined)
      return pipe(
        await single(session.right, [...before, ...feed(from)]),
        E.map((outputs) => [outputs])
      )
    // The caller may fill the same arrays for each step, so every feed but the last is copied.
    const feeds = Array.from({ length: stepsTogether }, (_, i) =>
      i < stepsTogether - 1 ? copiesOf(feed(from + i)) : feed(from + i)
    )
    return together(session.right, unrolled, before, feeds)
  }

  return (initial) => {
    let held: readonly Data[] | undefined = copiesOf(initial)
    /** Replaces the carry, unless it was disposed of while the steps ran. */
    const keep = (carried: readonly Data[]): void => {
      if (held !== undefined) held = carried
    }
    return {
      advance: async (iteration) => {
        for (let n = 0; n < iteration.steps;) {
          if (held === undefined) return E.left(disposed)
          const taken = await nextSteps(held, n, iteration)
          if (E.isLeft(taken)) return taken
          // Every value of the carry is read back after the last of the steps.
          keep(taken.right.at(-1)!.slice(0, carry) as readonly Data[])
          taken.right.forEach((values, i) => iteration.onStep?.(n + i, values.slice(carry) as readonly Data[]))
          n += taken.right.length
        }
        return E.right(undefined)
      },
      snapshot: () => (held === undefined ? E.left(disposed) : E.right(copiesOf(held))),
      dispose: () => {
        held = undefined
      }
    }
  }
}
