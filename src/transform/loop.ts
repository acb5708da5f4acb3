import * as E from '#fp-ts/Either'
import type { Engine } from '../engines/engine.ts'
import { errorOfFault } from '../engines/engine.ts'
import type { EngineName } from '../engines/select.ts'
import { engineRule } from '../engines/select.ts'
import type { None } from '../tensor/arguments.ts'
import type { SaddlepointError } from '../tensor/error.ts'
import { errorOf, fail, isSaddlepointError } from '../tensor/error.ts'
import { readOptions } from '../tensor/options.ts'
import type { Rule } from '../tensor/options.ts'
import { countOrZero, optional } from '../tensor/options.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import { refuseTrace } from './compile.ts'
import type { CompiledStep } from './compileStep.ts'
import { compileStepOf } from './compileStep.ts'
import type { Form } from './form.ts'
import { copyLike, formOf } from './form.ts'
import type { OnWarning } from './purity.ts'
import type { Errors, Portion, Source } from './residentLoop.ts'
import { residentLoop } from './residentLoop.ts'

export interface LoopOptions<C> {
  /** The carry before the first step: a tree of tensors, which is copied. */
  readonly carry: C
  /** By name, or one of one's own; 'auto' by default. */
  readonly engine?: EngineName | Engine
  /** Hears of each of the `warnings` as it comes up. */
  readonly onWarning?: OnWarning
}

export interface AdvanceOptions<R> {
  /** How many steps to do at most: for batches without end. */
  readonly steps?: number
  /** Sees the outputs of the i-th step of this call. An error thrown here ends the call after the steps under way. */
  readonly onStep?: (step: number, outputs: R) => void
}

/** Keeps a carry in an engine and advances it in place. Calls wait for one another. */
export interface Loop<C, B, R> {
  /**
   * Does a step for each batch, or so many steps of a step that takes no batch. The first batch decides the shapes of all.
   * Batches are taken up to 32 steps ahead and copied then, so those of a list are to be left alone until the call ends; an iterator that still has some when the steps are done goes on from
   * there in the next call.
   *
   * @returns the outputs of each step, in order, kept until the call ends: few numbers a step, such as a loss, cost nothing
   * @throws as a rejection, tagged: ShapeMisfit or InvalidTree for a batch of another form; the carry is then that of the
   * steps done before
   */
  readonly advance: (
    batches: number | Iterable<B> | AsyncIterable<B>,
    options?: AdvanceOptions<R>
  ) => Promise<readonly R[]>
  /** What seems wrong with the step, found while it was compiled: the tag Impure where two traces of it differ. */
  readonly warnings: readonly SaddlepointError[]
  /** Returns a copy of the carry as it is: a loop that begins with it goes on to the same bits. */
  readonly snapshot: () => Promise<C>
  /** Frees the engine's memory once the calls under way are done; later calls reject with the tag Disposed. */
  readonly dispose: () => void
}

const aFunction: Rule = { expected: 'a function', accepts: (x) => typeof x === 'function' }
const aTree: Rule = { expected: 'a tree of tensors', accepts: (x) => x !== undefined }
const loopRules = { carry: aTree, engine: engineRule, onWarning: optional(aFunction) }
const advanceRules = { steps: optional(countOrZero), onStep: optional(aFunction) }

const errors: Errors<unknown> = {
  ofFault: (fault) => errorOfFault('loop', fault),
  ofThrown: (cause) => cause,
  disposed: () =>
    errorOf('Disposed', {
      op: 'loop',
      expected: 'a loop in use',
      actual: 'one that was disposed of',
      hint: 'Make another: loop(step, { carry })'
    })
}

const raise = (cause: unknown): never => {
  // eslint-disable-next-line no-restricted-syntax -- what a promise is rejected with was made, or thrown, elsewhere
  throw cause
}

type AnyIterator<B> = Iterator<B, unknown, undefined> | AsyncIterator<B, unknown, undefined>

const times = function* (n: number): Generator<undefined, void> {
  for (let i = 0; i < n; i++) yield undefined
}

const iteratorOf = <B>(batches: unknown, takesBatch: boolean): AnyIterator<B> => {
  if (typeof batches === 'number' && countOrZero.accepts(batches) && !takesBatch)
    return times(batches) as AnyIterator<unknown> as AnyIterator<B>
  if (typeof batches === 'object' && batches !== null) {
    if (Symbol.asyncIterator in batches) return (batches as AsyncIterable<B>)[Symbol.asyncIterator]()
    if (Symbol.iterator in batches) return (batches as Iterable<B>)[Symbol.iterator]()
  }
  return fail('InvalidArgument', {
    op: 'advance',
    expected: takesBatch ? 'an iterable of batches' : 'an iterable of batches, or a whole number of steps',
    actual: showValue(batches),
    hint: takesBatch
      ? 'The step takes a batch: advance([batch]), or advance(batches(data, { batchSize }).from(), { steps: 100 })'
      : 'advance(100), say'
  })
}

/** Batches are taken at most this many steps ahead, and for this many milliseconds. */
const ahead = 32
const patience = 10

/** Feeds a call with what an iterator gives, read one by one. */
const sourceOf =
  <B>(iterator: AnyIterator<B>, steps: number, read: (batch: B) => Promise<B>): Source<B, unknown> =>
  async (done) => {
    const feeds: B[] = []
    const portion = (goesOn: E.Either<unknown, boolean>): Portion<B, unknown> => ({
      steps: feeds.length,
      feeds,
      goesOn
    })
    const most = Math.min(ahead, steps - done)
    const until = Date.now() + patience
    try {
      while (feeds.length < most && Date.now() <= until) {
        const next = await iterator.next()
        if (next.done === true) return portion(E.right(false))
        feeds.push(await read(next.value))
      }
      return portion(E.right(done + feeds.length < steps))
    } catch (cause) {
      return portion(E.left(cause))
    }
  }

/** Gives a copy each time. It stands apart so that the carry is not kept beyond the first step. */
const copiesOf =
  <C>(form: Form, carry: C) =>
  (): C =>
    copyLike(form, carry, ['a carry', 'itself'], 'loop') as C

/**
 * Makes a loop of any pure `step(carry, batch) -> [carry, outputs]`: parameters, moments of an optimizer, keys, whatever
 * goes from step to step is the carry, which stays in the engine between calls. The step is traced and compiled at the
 * first batch, into one executable. It costs what a trainer of `Gan.compile` costs; a function of `compile`, which is
 * handed its parameters at each call, copies them in and out.
 *
 * @throws InvalidArgument or InvalidTree, at once, for options and carries that are none; NestedCompile inside a trace. As
 * rejections: AsyncTrace where the step returns a promise; InvalidTree or ShapeMisfit where it returns no pair, or a carry
 * of another form than it was given; NotAvailable and the other tags of an engine that fails; whatever the step, a callback or
 * an iterator throws
 *
 * @example
 * import { add, loop, mean, mul, square, sub, tensor, treeMap, valueAndGrad } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * const [x, y] = [tensor([0, 1, 2, 3]), tensor([1, 3, 5, 7])]
 * const error = (line: { a: Tensor; b: Tensor }) => mean(square(sub(add(mul(line.a, x), line.b), y)))
 * const descend = (line: { a: Tensor; b: Tensor }): [typeof line, Tensor] => {
 *   const [value, slopes] = valueAndGrad(error)(line)
 *   return [treeMap((p, g) => sub(p, mul(g, 0.1)), line, slopes), value]
 * }
 * const fit = loop(descend, { carry: { a: tensor(0), b: tensor(0) } })
 * const errors = await fit.advance(300)
 * errors[0].data // => [21]
 * const { a, b } = await fit.snapshot()
 * const line = [a.data[0], b.data[0]] // => [2, 1]
 * fit.dispose()
 */
export function loop<C, B, R>(step: (carry: C, batch: B) => readonly [C, R], options: LoopOptions<C>): Loop<C, B, R>
export function loop<C, B, R>(
  step: (carry: C, batch: B) => readonly [C, R],
  options: LoopOptions<C>,
  ...more: None
): Loop<C, B, R> {
  refuseTrace('loop')
  const { all, problems } = readOptions<LoopOptions<C>>({}, options, loopRules, {}, more)
  refuse('loop', problems)
  const { engine } = all
  const warnings: SaddlepointError[] = []
  if (typeof (step as unknown) !== 'function')
    fail('InvalidArgument', { op: 'loop', expected: 'step(carry, batch) -> [carry, outputs]', actual: showValue(step) })
  const form = formOf(all.carry, 'loop')
  let compiled: CompiledStep<C, B, R> | undefined

  const compileFor = async (feed: Form): Promise<CompiledStep<C, B, R>> => {
    const made = await compileStepOf(step, form, feed, { engine })()
    if (E.isLeft(made)) return raise(isSaddlepointError(made.left) ? made.left : errors.ofFault(made.left))
    warnings.push(...made.right.warnings)
    for (const warning of made.right.warnings) options.onWarning?.(warning)
    return made.right
  }
  const read = async (batch: B): Promise<B> => {
    const like = compiled?.feed ?? formOf(batch, 'loop')
    // Before it is compiled for, since whoever gave it may write to it meanwhile.
    const copy = copyLike(like, batch, ['a batch', 'the first one'], 'loop') as B
    compiled ??= await compileFor(like)
    return copy
  }

  const resident = residentLoop<C, B, R, unknown>(
    {
      at: () => ({ key: 'only', build: () => async () => E.right(compiled!) }),
      runLength: (_, limit) => limit
    },
    copiesOf(form, copiesOf(form, all.carry)()),
    () => 0,
    errors
  )

  const advance = async (batches: unknown, given: AdvanceOptions<R>): Promise<readonly R[]> => {
    refuse('advance', readOptions({}, given, advanceRules).problems)
    const { steps = Infinity, onStep } = given
    const iterator = iteratorOf<B>(batches, step.length > 1)
    const outputs: R[] = []
    const ended = await resident.advance(sourceOf(iterator, steps, read), (i, made) => {
      outputs.push(made)
      onStep?.(i, made)
    })()
    if (E.isRight(ended)) return outputs
    await Promise.resolve(iterator.return?.()).catch(() => undefined)
    return raise(ended.left)
  }

  return {
    warnings,
    advance: (batches, given = {}) => {
      refuseTrace('advance')
      return advance(batches, given)
    },
    snapshot: async () => {
      const carry = await resident.snapshot()()
      return E.isRight(carry) ? carry.right : raise(carry.left)
    },
    dispose: () => {
      resident.dispose(() => compiled?.dispose())
    }
  }
}
