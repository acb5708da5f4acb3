import { expect, describe, it } from 'vitest'
import { Gan, add, mean, mul, square } from '../../../src/index.ts'
import { treeLeaves } from '../../../src/tensor/tree.ts'
import { batchAt, bits, compiled, points, rightOf, smallSpec, trainerFor } from '../../support/smallGan.ts'

const overwrite = (tree: unknown): void => {
  for (const { data } of treeLeaves(tree)) data.fill(3)
}

describe.each(['reference', 'wasm'] as const)('a training step on %s', (engine) => {
  it('takes state and minibatches as they are at the call', async () => {
    const step = await compiled(smallSpec(), { engine })
    const expected = await step(await step.init(1), [batchAt(0)])
    const [state, batches] = [await step.init(1), [batchAt(0)]]
    const answer = step(state, batches)
    overwrite([state, batches])
    expect(bits(await answer)).toEqual(bits(expected))
    step.dispose()
  })

  it('makes a trainer, and replays, from what it is given as it is at the call', async () => {
    const step = await compiled(smallSpec(), { engine })
    const [first, state, again] = [await step.init(1), await step.init(1), await step.init(1)]
    const made = step.trainer(state)
    overwrite(state)
    expect(bits(rightOf(await rightOf(await made()).snapshot()()))).toEqual(bits(first))
    const batches = [batchAt(0)]
    const expected = rightOf(await step.replay(first, [batchAt(0)])())
    const replayed = step.replay(again, batches)
    overwrite([again, batches])
    expect(bits(rightOf(await replayed()).state)).toEqual(bits(expected.state))
    step.dispose()
  })

  it('takes minibatches that come in the same memory each time', async () => {
    const step = await compiled(smallSpec(), { engine })
    const [reused, fresh] = [await trainerFor(step, await step.init(1)), await trainerFor(step, await step.init(1))]
    const memory = batchAt(0)
    rightOf(await reused.advance(3, { batches: (i) => (memory.data.set(batchAt(i).data), [memory]) })())
    rightOf(await fresh.advance(3, { batches: (i) => [batchAt(i)] })())
    expect(bits(rightOf(await reused.snapshot()()))).toEqual(bits(rightOf(await fresh.snapshot()())))
    step.dispose()
  })

  it('keeps a trainer of its own state', async () => {
    const step = await compiled(smallSpec(), { engine, sampler: points })
    const state = await step.init(1)
    const trainer = await trainerFor(step, state)
    overwrite(state)
    rightOf(await trainer.advance(2)())
    const other = await trainerFor(step, await step.init(1))
    rightOf(await other.advance(2)())
    expect(bits(rightOf(await trainer.snapshot()()))).toEqual(bits(rightOf(await other.snapshot()())))
    step.dispose()
  })
})

describe('a term that is not pure', () => {
  it('is a warning of the compiled step', async () => {
    const drawn: Gan.Term = ({ D, fake }) => mul(mean(square(D(fake))), Math.random())
    const step = await compiled(smallSpec(Gan.withRegularizer('generator', drawn)))
    expect(step.warnings).toMatchObject([{ _tag: 'Impure', severity: 'warning', path: ['update'] }])
    expect(step.warnings[0]!.hint).toContain('Math.random')
  })

  it('is none where it draws from the key', async () => {
    const steady: Gan.Term = ({ D, fake }) => mean(square(add(D(fake), 1)))
    expect((await compiled(smallSpec(Gan.withRegularizer('generator', steady)))).warnings).toEqual([])
  })
})
