import type { Tensor } from '../../src/index.ts'
import { E, Program as Programs } from '../../src/index.ts'
import type { Engine, EngineFault } from '../../src/engines/engine.ts'
import { showFault } from '../../src/engines/engine.ts'
import type { EngineName } from '../../src/engines/select.ts'
import { selectEngine } from '../../src/engines/select.ts'
import type { Program } from '../../src/program/program.ts'
import type { SaddlepointError } from '../../src/tensor/error.ts'
import { isSaddlepointError } from '../../src/tensor/error.ts'
import type { CompiledStep } from '../../src/transform/compileStep.ts'
import { compileStep } from '../../src/transform/compileStep.ts'
import { digest } from '../report/digest.ts'
import { observe } from './executors.ts'
import { flopsOf } from './flops.ts'

/** What is checked of a step before it is timed: the losses of first steps, or what the first step leaves in the carry. */
export type Watch<C, R> =
  | { readonly kind: 'loss'; readonly of: (result: R) => number }
  | { readonly kind: 'result'; readonly of: (carry: C) => readonly Tensor[] }

/** A step with state, as data: what is timed. */
export interface StepOf<C, F, R> {
  readonly carry: C
  readonly feed: (step: number) => F
  readonly step: (carry: C, feed: F) => readonly [C, R]
  readonly watch: Watch<C, R>
  /** Copies the state in and out at each step, instead of keeping it in the engine. */
  readonly eachByItself?: boolean
}

/** A step that has been compiled and has done its first steps. */
export interface Subject {
  readonly engine: string
  /** How gpu.js runs it, where it does. */
  readonly executor: string | undefined
  readonly flops: number
  /** From the function to the end of its first step. */
  readonly compileMs: number
  /** The first losses, or the digest of the first result. */
  readonly first: readonly number[]
  readonly advance: (steps: number) => Promise<void>
  /** What its kernels take, as the engine estimates it. */
  readonly explain: () => string
  readonly dispose: () => void
}

/** Why there is nothing to measure. */
export interface Absent {
  readonly missing: string
}

export interface About {
  readonly name: string
  /** The peers' script for this step, and what it is told; none where no peer has it. */
  readonly script?: string
  readonly sizes?: Readonly<Record<string, unknown>>
  /** How many first losses are worth their time, where that is less than all. */
  readonly losses?: number
  /** Bytes that a step reads and writes at least, where that is what limits it. */
  readonly bytes?: number
  /** The job or floor that this one's time is shown against. */
  readonly against?: string
  /** The job that this one's rate is shown against. */
  readonly rateAgainst?: string
  /** How many times as long as `against` it may take, and how many milliseconds. */
  readonly bar?: number
  readonly msBar?: number
}

export interface Job extends About {
  /** A step as it was written, not yet compiled. */
  readonly program: () => Program
  /** Compiles it and does its first steps; nothing but the reason where the engine has no room for it. */
  readonly start: (engine: EngineName | Engine, losses: number) => Promise<Subject | Absent>
}

const orThrow = <A>(result: E.Either<EngineFault | SaddlepointError, A>): A => {
  if (E.isRight(result)) return result.right
  throw isSaddlepointError(result.left) ? result.left : new Error(showFault(result.left))
}

type Advance<F, R> = (steps: number, feed: (step: number) => F, onStep: (result: R) => void) => Promise<void>

/** The state kept in the engine, as a trainer does. */
const resident = async <C, F, R>(compiled: CompiledStep<C, F, R>, carry: C) => {
  const held = orThrow(await compiled.resident(carry)())
  const advance: Advance<F, R> = async (steps, feed, onStep) =>
    orThrow(await held.advance({ steps, feed, onStep: (_, result) => { onStep(result) } })()) // prettier-ignore
  return { advance, snapshot: async () => orThrow(await held.snapshot()()), dispose: held.dispose }
}

/** The state copied in and out, as a pure function does. */
const copied = <C, F, R>(compiled: CompiledStep<C, F, R>, carry: C) => {
  let state = carry
  const advance: Advance<F, R> = async (steps, feed, onStep) => {
    for (let i = 0; i < steps; i++) {
      const [next, result] = orThrow(await compiled.run(state, feed(i))())
      state = next
      onStep(result)
    }
  }
  return { advance, snapshot: async () => state, dispose: () => undefined }
}

export const jobOf = <C, F, R>(about: About, { carry, feed, step, watch, eachByItself }: StepOf<C, F, R>): Job => ({
  ...about,
  program: () => Programs.of(step, carry, feed(0)),
  start: async (engine, losses) => {
    const begun = performance.now()
    const observed = observe(orThrow(await selectEngine(engine)()))
    const made = await compileStep(step, carry, feed(0), observed)()
    if (E.isLeft(made) && !isSaddlepointError(made.left) && made.left._tag === 'TooLarge')
      return { missing: showFault(made.left) }
    const compiled = orThrow(made)
    const state = eachByItself === true ? copied(compiled, carry) : await resident(compiled, carry)
    let done = 0
    let latest: readonly number[] = []
    const advance = async (steps: number): Promise<void> => {
      const from = done
      const seen: number[] = []
      await state.advance(
        steps,
        (i) => feed(from + i),
        (result) => {
          if (watch.kind === 'loss') seen.push(watch.of(result))
        }
      )
      done += steps
      latest = seen
      const broken = seen.findIndex((loss) => !Number.isFinite(loss))
      if (broken >= 0) throw new Error(`${about.name}: the loss of step ${from + broken} is ${seen[broken]}`)
    }
    await advance(1)
    const compileMs = performance.now() - begun
    let first = watch.kind === 'loss' ? latest : digest(watch.of(await state.snapshot()))
    if (watch.kind === 'loss' && losses > 1) {
      await advance(losses - 1)
      first = [...first, ...latest]
    }
    return {
      engine: compiled.engine,
      executor: observed.executor(),
      flops: flopsOf(compiled.program),
      compileMs,
      first,
      advance,
      explain: compiled.explain,
      dispose: () => {
        state.dispose()
        compiled.dispose()
      }
    }
  }
})
