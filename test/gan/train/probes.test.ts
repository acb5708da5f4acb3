/** Probes of a training: when they run, what they see, and that training does not notice them. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Gan, Issue, Objective, mean, square, treeLeaves } from '../../../src/index.ts'
import { bits, failed, leftOf, points, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const norm: Gan.Probe<{ norm: number }> = {
  name: 'norm',
  run: (_, { players }) => ({ norm: Math.hypot(...bits(players['generator']!.params).flat()) })
}
const keys: Gan.Probe<{ key: Gan.State['key'] }> = { name: 'keys', run: (_, __, key) => Promise.resolve({ key }) }
const at = (probe: Gan.Probe<any>, every: number): Gan.ScheduledProbe => ({ every, probe })
const stepsOf = (probe: Gan.Probe<any>, reached: Gan.Reached) =>
  Gan.measurementsOf(probe, reached).map(({ step }) => step)

describe('a probe', () => {
  it('runs at the steps divisible by its number, the first state included, and measures that state', async () => {
    const told: Gan.Measurement[] = []
    const reached = await trained(smallSpec(), {
      steps: 7,
      probes: [at(norm, 2), at(keys, 3)],
      onProbe: (one) => told.push(one)
    })
    expect(stepsOf(norm, reached)).toEqual([0, 2, 4, 6])
    expect(stepsOf(keys, reached)).toEqual([0, 3, 6])
    expect(told).toEqual(reached.measurements)
    const { state } = await trained(smallSpec(), { steps: 4 })
    expect(Gan.measurementsOf(norm, reached)[2]!.figures).toEqual(norm.run(smallSpec(), state, state.key))
  })
  it('goes on where training goes on: not twice at a step, with the keys of a whole training', async () => {
    const probes = [at(keys, 3)]
    const whole = await trained(smallSpec(), { steps: 9, probes })
    const half = await trained(smallSpec(), { steps: 6, probes })
    const rest = await trained(smallSpec(), { steps: 3, probes, state: half.state })
    expect([...half.measurements, ...rest.measurements]).toEqual(whole.measurements)
    const seen = new Set(Gan.measurementsOf(keys, whole).map(({ figures }) => figures.key.data.join()))
    expect(seen.size).toBe(4)
    expect(seen.has(whole.state.key.data.join())).toBe(false)
    const other = await trained(smallSpec(), { steps: 9, probes, seed: 1 })
    expect(other.measurements).not.toEqual(whole.measurements)
  })
  it('changes nothing of what is trained, also where it writes to all that it is given, or gives it away', async () => {
    const plain = await trained(smallSpec(), { steps: 9 })
    const spoil: Gan.Probe = {
      name: 'spoil',
      run: (_, state, key) => {
        key.data.fill(7)
        for (const { data } of treeLeaves(state)) data.fill(NaN)
        structuredClone(state.step.data.buffer, { transfer: [state.step.data.buffer as ArrayBuffer] })
        return {}
      }
    }
    const reached = await trained(smallSpec(), { steps: 9, probes: [at(spoil, 1), at(norm, 2)] })
    expect(bits(reached.state)).toEqual(bits(plain.state))
    expect(reached.figures).toEqual(plain.figures)
    const alone = await trained(smallSpec(), { steps: 9, probes: [at(norm, 2)] })
    expect(Gan.measurementsOf(norm, reached)).toEqual(alone.measurements)
  })
  it('is asked once with no steps to do, and not where training was stopped before it began', async () => {
    expect((await trained(smallSpec(), { steps: 0, probes: [at(norm, 2)] })).measurements).toHaveLength(1)
    const stopped = await trained(smallSpec(), { steps: 4, probes: [at(norm, 2)], signal: { aborted: true } })
    expect([stopped.stopped, stopped.measurements]).toEqual(['aborted', []])
  })
  it('sees each state before the callback of a later step does, and before onState', async () => {
    const heard: string[] = []
    await trained(smallSpec(), {
      steps: 4,
      stateEvery: 2,
      onState: (_, step) => heard.push(`state ${String(step)}`),
      probes: [at(norm, 2)],
      onProbe: async ({ step }) => {
        await new Promise((resolve) => setTimeout(resolve, 2))
        heard.push(`probe ${String(step)}`)
      }
    })
    expect(heard).toEqual(['probe 0', 'probe 2', 'state 2', 'probe 4', 'state 4'])
  })
})

describe('a probe that fails', () => {
  const cause = new Error('mine')
  const failing = (run: (step: number) => unknown): Gan.Probe => ({
    name: 'mine',
    run: js((_: unknown, { step }: Gan.State) => (step.data[0] === 4 ? run(4) : { fine: 1 }))
  })
  const throwing = (): never => {
    throw cause
  }
  it.each<readonly [string, () => unknown, RegExp]>([
    ['throws', throwing, /^Error: mine$/],
    ['rejects', () => Promise.reject(cause), /^Error: mine$/],
    ['answers nothing', () => undefined, /^undefined$/],
    ['answers with text', () => ({ loss: 'small' }), /^an object$/],
    ['answers with a thenable that throws', () => ({ then: throwing }), /^Error: mine$/],
    ['answers with a revoked proxy', () => {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      return proxy
    }, /revoked/] // prettier-ignore
  ])('%s is told, with the state that it was asked of and what was measured before', async (_, run, actual) => {
    const { issues, reached } = await failed(smallSpec(), {
      steps: 9,
      probes: [at(norm, 4), at(failing(run), 2)]
    })
    expect(issues).toMatchObject([{ _tag: 'CallbackFailed', path: ['train', 'probes', 'mine'] }])
    expect(issues[0].actual).toMatch(actual)
    expect(Issue.show(issues)).toContain('train.probes.mine: expected')
    expect(reached!.stepsDone).toBe(4)
    expect(bits(reached!.state)).toEqual(bits((await trained(smallSpec(), { steps: 4 })).state))
    expect(reached!.measurements.map(({ probe, step }) => `${probe} ${String(step)}`)).toEqual([
      'norm 0',
      'mine 0',
      'mine 2',
      'norm 4'
    ])
  })
  it('has a callback that fails beside it: told, too', async () => {
    const { issues, reached } = await failed(smallSpec(), { steps: 4, probes: [at(norm, 2)], onProbe: throwing })
    expect(issues).toMatchObject([{ _tag: 'CallbackFailed', path: ['train', 'onProbe'], actual: 'Error: mine' }])
    expect(reached!.stepsDone).toBe(0)
  })
  it('never answers: training ends when it is told to stop', async () => {
    const controller = new AbortController()
    const probe = failing(() => {
      setTimeout(() => controller.abort(), 1)
      return new Promise(() => undefined)
    })
    const reached = await trained(smallSpec(), { steps: 9, probes: [at(probe, 2)], signal: controller.signal })
    expect([reached.stopped, reached.stepsDone, reached.measurements.length]).toEqual(['aborted', 4, 2])
    expect(bits(reached.state)).toEqual(bits((await trained(smallSpec(), { steps: 4 })).state))
  })
  it('measures a training that diverges up to where it was sound', async () => {
    const explosive = smallSpec(
      Gan.withRegularizer(
        'generator',
        pipe(
          Objective.of('explosive', ({ G, latent }) => mean(square(G(latent)))),
          Objective.scale(1e30)
        )
      )
    )
    const { issues, reached } = await failed(explosive, { steps: 9, probes: [at(norm, 1)] })
    expect(issues[0]._tag).toBe('Diverged')
    expect(reached!.measurements.every(({ figures }) => Number.isFinite(figures['norm']))).toBe(true)
  })
})

describe('probes that are none', () => {
  const told = async (probes: unknown) => {
    const given = { data: points, batchSize: 4, steps: 1, engine: 'reference', probes }
    return leftOf(await pipe(smallSpec(), Gan.train(js(given)))()).map(
      ({ path, actual }) => `${path.join('.')}: ${actual}`
    )
  }
  it.each<readonly [unknown, readonly string[]]>([
    [3, ['train.probes: 3']],
    [[3], ['train.probes.0: 3']],
    [[{ every: 0, probe: norm }], ['train.probes.0.every: 0']],
    [[{ every: 2, probe: norm.run }], ['train.probes.0.probe: the function run']],
    [[{ every: 2, probe: { name: '', run: norm.run } }], ['train.probes.0.probe: an object']],
    [[at(norm, 2), at(norm, 3)], ['train.probes.1.probe: "norm"']],
    [[{ every: 2, probe: norm, name: 'mine' }], ['train.probes.0: "name"']],
    [[{}], ['train.probes.0.every: undefined', 'train.probes.0.probe: undefined']]
  ])('%j are told in words', async (probes, paths) => {
    expect(await told(probes)).toEqual(paths)
  })
  it('and measurements of none are refused', () => {
    expect(() => Gan.measurementsOf(js(3), { measurements: [] })).toThrow('a probe { name, run }')
    expect(() => Gan.measurementsOf(norm, js({}))).toThrow('{ measurements }')
  })
})
