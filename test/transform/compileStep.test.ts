import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import type { TaskEither } from '#fp-ts/TaskEither'
import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/select.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { reference } from '../../src/engines/reference.ts'
import { add, mul, sub } from '../../src/ops/arithmetic.ts'
import { tensor, zeros } from '../../src/ops/creation.ts'
import { exp } from '../../src/ops/elementary.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import { compileStep } from '../../src/transform/compileStep.ts'
import { grad } from '../../src/transform/grad.ts'
import { thrown } from '../support/thrown.ts'

const right = async <L, A>(task: TaskEither<L, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}
const left = async <L, A>(task: TaskEither<L, A>): Promise<L> => {
  const result = await task()
  if (E.isRight(result)) throw new Error('It went well')
  return result.left
}

interface State {
  readonly w: Tensor
  readonly step: Tensor
}
const descend = (state: State, x: Tensor): readonly [State, { readonly loss: Tensor }] => {
  const loss = (w: Tensor): Tensor => sum(mul(sub(w, x), sub(w, x)))
  const gradient = grad(loss)(state.w)
  return [{ w: sub(state.w, mul(gradient, 0.25)), step: add(state.step, 1) }, { loss: loss(state.w) }]
}
const start: State = { w: tensor([0, 8]), step: tensor(new Int32Array([0]), []) }
const options = { engine: 'reference' } as const

describe('compileStep', () => {
  it('runs a step, purely', async () => {
    const step = await right(compileStep(descend, start, tensor([4, 4]), options))
    const [after, { loss }] = await right(step.run(start, tensor([4, 4])))
    expect([...after.w.data, ...after.step.data, ...loss.data]).toEqual([2, 6, 1, 32])
    expect([...start.w.data]).toEqual([0, 8])
  })

  it('keeps a state of its own, feeds it, and tells of every step', async () => {
    const step = await right(compileStep(descend, start, tensor([4, 4]), options))
    const resident = await right(step.resident(start))
    const losses: number[] = []
    const job = {
      steps: 3,
      feed: () => tensor([4, 4]),
      onStep: (_: number, { loss }: { readonly loss: Tensor }) => void losses.push(loss.data[0]!)
    }
    await right(resident.advance(job))
    expect(losses).toEqual([32, 8, 2])
    const after = await right(resident.snapshot())
    expect([...after.w.data, ...after.step.data]).toEqual([3.5, 4.5, 3])
    after.w.data.fill(0)
    expect([...(await right(resident.snapshot())).w.data]).toEqual([3.5, 4.5])
    resident.dispose()
  })

  it('takes numbers for float32 scalars, in carry and feed', async () => {
    const step = await right(
      compileStep<number, number, number>((n, by) => [add(n, by) as unknown as number, n], 1, 2, options)
    )
    const [after, before] = (await right(step.run(5, 7))) as unknown as [Tensor, Tensor]
    expect([after.data[0], before.data[0]]).toEqual([12, 5])
  })

  it('names the leaf of a carry that comes out otherwise', async () => {
    const grown = (state: State, x: Tensor): readonly [State, null] => [{ ...state, w: add(zeros([3, 2]), x) }, null]
    expect(await left(compileStep(grown, start, tensor([4, 4]), options))).toMatchObject({
      _tag: 'ShapeMisfit',
      expected: 'a carry shaped like the one that came in, float32[2] at w',
      actual: 'float32[3, 2]'
    })
    const floating = (state: State): readonly [State, null] => [{ ...state, step: tensor(1) }, null]
    expect(await left(compileStep(floating, start, null, options))).toMatchObject({
      _tag: 'ShapeMisfit',
      expected: 'a carry shaped like the one that came in, int32[] at step'
    })
    const lost = (state: State): readonly [State, null] => [{ w: state.w } as State, null]
    expect(await left(compileStep(lost, start, null, options))).toMatchObject({
      _tag: 'InvalidTree',
      actual: '{"w":*}'
    })
  })

  it('refuses states and batches of other shapes, as values', async () => {
    const step = await right(compileStep(descend, start, tensor([4, 4]), options))
    expect(await left(step.run(start, tensor([1, 2, 3])))).toMatchObject({
      _tag: 'NotSupported',
      expected: 'a feed shaped like the one that was compiled, float32[2] at the root',
      actual: 'float32[3]'
    })
    expect(await left(step.run({ ...start, w: zeros([3]) }, tensor([4, 4])))).toMatchObject({ actual: 'float32[3]' })
    expect(await left(step.resident({ ...start, step: tensor(0) }))).toMatchObject({ actual: 'float32[]' })
  })

  it('gives misfits and misspelt engines as values', async () => {
    const misfit = (state: State): readonly [State, Tensor] => [state, add(state.w, zeros([7]))]
    expect(await left(compileStep(misfit, start, null, options))).toMatchObject({ _tag: 'ShapeMisfit', op: 'add' })
    expect(await left(compileStep(descend, start, tensor([4, 4]), { engine: 'gpu' as EngineName }))).toMatchObject({
      _tag: 'NotAvailable'
    })
  })

  it('shows what it is: its engine, its program, and, replayed, what comes out as trees of it', async () => {
    const step = await right(compileStep(descend, start, tensor([4, 4]), options))
    const { program, outputs } = (await right(step.replay(start, tensor([4, 4]), () => Promise.resolve(true))))!
    const [carry, { loss }] = outputs
    expect(step.engine).toBe('reference')
    expect(program).toBe(step.program)
    expect(treeLeaves([carry, { loss }])).toEqual(step.program.outputs)
    expect([carry.w.shape, carry.step.dtype, loss.shape]).toEqual([[2], 'int32', []])
    expect(step.feed.leaves).toEqual([{ shape: [2], dtype: 'float32' }])
    expect(step.explain()).toContain('program (x0')
  })

  it('replays a step, and finds where numbers that are not finite come from', async () => {
    const explode = (state: State, x: Tensor): readonly [State, null] => [
      { w: mul(exp(state.w), x), step: add(state.step, 1) },
      null
    ]
    const step = await right(compileStep(explode, start, tensor([4, 4]), options))
    const goesOn = () => Promise.resolve(true)
    const replayed = async (w: Tensor) => (await right(step.replay({ ...start, w }, tensor([4, 5]), goesOn)))!
    const fine = await replayed(tensor([0, 0]))
    expect([[...fine.carry.w.data], [...fine.carry.step.data], fine.origins]).toEqual([[4, 5], [1], []])
    const { origins } = await replayed(tensor([0, 1000]))
    expect(origins).toHaveLength(1)
    expect(JSON.stringify(origins[0], (key, x: unknown) => (key === 'graph' ? undefined : x))).toContain('exp')
    expect(await left(step.replay(start, tensor([1]), goesOn))).toMatchObject({
      _tag: 'NotSupported',
      actual: 'float32[1]'
    })
  })

  it('is called step in what it refuses', async () => {
    const untyped = compileStep as (...args: unknown[]) => TaskEither<unknown, unknown>
    for (const [carry, feed] of [
      [new Date(), null],
      [start, 'text']
    ])
      expect(thrown(() => untyped(descend, carry, feed, options))).toMatchObject({ _tag: 'InvalidTree', op: 'step' })
    const pending = async (): Promise<null> => Promise.resolve(null)
    for (const [f, tag, actual] of [
      [(state: State) => [state], 'InvalidTree', 'an object'],
      [(state: State) => [state, state, state], 'InvalidTree', 'an object'],
      [() => null, 'InvalidTree', 'null'],
      [(state: State) => [state, 'text'], 'InvalidTree', 'a string'],
      [(state: State) => [{ ...state, w: zeros([1]) }, null], 'ShapeMisfit', 'float32[1]'],
      [pending, 'AsyncTrace', 'a promise']
    ] as const) {
      const problem = (await left(untyped(f, start, null, options))) as { actual: string }
      expect(problem).toMatchObject({ _tag: tag, op: 'step' })
      expect(problem.actual).toContain(actual)
    }
  })

  it('lets through what is thrown by the step itself', async () => {
    const own = new Error('mine')
    const raise = (): never => {
      throw own
    }
    await expect(async () => compileStep(raise, start, null, options)()).rejects.toBe(own)
  })

  it('frees the executable and the carry', async () => {
    const log: string[] = []
    const inner = reference()
    const engine: Engine = {
      name: 'watched',
      compile: (program, given) =>
        pipe(
          inner.compile(program, given),
          TE.map((made) => {
            log.push(`carry of ${String(given?.carry)}`)
            const resident: typeof made.resident = (carry) =>
              pipe(
                made.resident(carry),
                TE.map((held) => ({ ...held, dispose: () => void log.push('carry') }))
              )
            return { ...made, resident, dispose: () => void log.push('executable') }
          })
        )
    }
    const step = await right(compileStep(descend, start, tensor([4, 4]), { engine }))
    const held = await right(step.resident(start))
    held.dispose()
    step.dispose()
    expect(log).toEqual(['carry of 2', 'carry', 'executable'])
  })
})
