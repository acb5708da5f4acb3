/** A step of a large network that diverges: the event loop has its turn while it is replayed, and an abort ends that. */
import { describe, expect, it } from 'vitest'
import { Gan, Net, Objective, div, mean, mul, sub, convert, relu } from '../../../src/index.ts'
import { failed, smallSpec } from '../../support/smallGan.ts'

const breaks: Gan.Term = ({ D, real, step }) => div(mul(mean(D(real)), 1), relu(sub(1, convert(step, 'float32'))))
const wide = Net.serial(Net.dense(2, 600), Net.tanh, Net.dense(600, 600), Net.tanh, Net.dense(600, 600), Net.tanh, Net.dense(600, 1)) // prettier-ignore
const base = smallSpec(Gan.withRegularizer('discriminator', Objective.of('breaks', breaks)))
const spec = { ...base, networks: { ...base.networks, discriminator: wide } }
const options = { batchSize: 64, steps: 5, engine: 'wasm' } as const

describe('the replay of a step that diverged', () => {
  it('takes turns with the event loop', async () => {
    let turns = 0
    let begun = false
    const timer = setInterval(() => begun && turns++, 1)
    const { issues, reached } = await failed(spec, { ...options, onStep: () => (begun = true) })
    clearInterval(timer)
    expect(issues[0].actual).toMatch(/first made by div/)
    expect(reached!.stepsDone).toBe(1)
    expect(turns).toBeGreaterThan(2)
  })
  it('ends where training is aborted: without the operation, with the state', async () => {
    const controller = new AbortController()
    const { issues, reached } = await failed(spec, {
      ...options,
      signal: controller.signal,
      // Once the step that diverges is under way.
      onStep: () => setTimeout(() => setTimeout(() => { controller.abort() }, 1), 1) // prettier-ignore
    })
    expect(issues[0]._tag).toBe('Diverged')
    expect(reached!.stepsDone).toBe(1)
  })
})
