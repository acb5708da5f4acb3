/** Checkpoints: which are kept, which is loaded, and what a crash leaves. */
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Checkpoint, Gan, Opt, tensor } from '../../src/index.ts'
import { bits, compiled, leftOf, rightOf, smallSpec, trained } from '../support/smallGan.ts'

const js = (x: unknown): any => x
const spec = smallSpec()
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'checkpoints-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const at = async (step: number): Promise<Gan.State> => {
  const state = await (await compiled(spec)).init(0)
  return { ...state, step: tensor([step], [], 'int32') }
}
const save = async (step: number, options: Checkpoint.SaveOptions = {}) =>
  rightOf(await Checkpoint.save(directory, await at(step), options)())
const names = () => readdirSync(directory).sort()
const stepOf = ({ state }: Checkpoint.Checkpoint) => state.step.data[0]

describe('checkpoints', () => {
  it('go on to the same bits', async () => {
    const whole = await trained(spec, { steps: 6 })
    const half = await trained(spec, { steps: 3 })
    const file = rightOf(await Checkpoint.save(join(directory, 'a/b'), half.state, { metadata: { note: 'x' } })())
    const loaded = rightOf(await Checkpoint.load(join(directory, 'a/b'), spec)())
    expect(loaded).toMatchObject({ file, warnings: [], metadata: { note: 'x' } })
    expect(bits((await trained(spec, { steps: 3, state: loaded.state })).state)).toEqual(bits(whole.state))
  })
  it('are kept: the latest and the best', async () => {
    await save(1, { keep: 2, score: 0.5 })
    await save(2, { keep: 2, score: 0.75 })
    await save(3, { keep: 2, score: 1e-7 })
    await save(10, { keep: 2, score: -2 })
    await save(2_000_000_000, { keep: 2 })
    expect(names()).toEqual([
      'step-000000002.score0.75.safetensors',
      'step-000000010.score-2.safetensors',
      'step-2000000000.safetensors'
    ])
    expect(stepOf(rightOf(await Checkpoint.load(directory, spec)()))).toBe(2_000_000_000)
  })
  it('of one step are one file', async () => {
    await save(5)
    await save(5)
    expect(names()).toEqual(['step-000000005.safetensors'])
  })
  it('remove what a killed process left, and nothing else', async () => {
    writeFileSync(join(directory, '.step-000000004.safetensors.1234.tmp'), 'half')
    writeFileSync(join(directory, 'notes.txt'), 'mine')
    await save(5)
    expect(names()).toEqual(['notes.txt', 'step-000000005.safetensors'])
  })
  it('that are broken are passed over with a warning', async () => {
    const good = await save(1)
    copyFileSync(good, join(directory, 'step-000000002.safetensors'))
    writeFileSync(join(directory, 'step-000000003.safetensors'), readFileSync(good).subarray(0, 100))
    writeFileSync(join(directory, 'step-000000004.safetensors'), '')
    const loaded = rightOf(await Checkpoint.load(directory, spec)())
    expect(loaded.file).toBe(join(directory, 'step-000000002.safetensors'))
    expect(loaded.warnings).toMatchObject([{ severity: 'warning' }, { severity: 'warning' }])
  })
  it('of another spec say how they differ', async () => {
    await save(1)
    const other = smallSpec(Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 })))
    const issues = leftOf(await Checkpoint.load(directory, other)())
    expect(issues.length).toBeGreaterThan(3)
    expect(issues.every(({ path }) => path[0] === 'state')).toBe(true)
  })
  it('that cannot be had are Issues', async () => {
    expect(leftOf(await Checkpoint.load(directory, spec)())).toMatchObject([
      { _tag: 'BadFile', actual: 'none in the directory' }
    ])
    expect(leftOf(await Checkpoint.load(join(directory, 'none'), spec)())).toMatchObject([{ _tag: 'BadFile' }])
    writeFileSync(join(directory, 'file'), '')
    expect(leftOf(await Checkpoint.save(join(directory, 'file/x'), await at(1))())).toMatchObject([{ _tag: 'BadFile' }])
    expect(leftOf(await Checkpoint.save(directory, js({}))())).toMatchObject([{ _tag: 'BadState' }])
    expect(leftOf(await Checkpoint.save(js(3), await at(1))())).toMatchObject([{ path: ['directory'] }])
    const options = { keep: 0, score: NaN, metadata: { a: 1 }, kep: 2 }
    expect(leftOf(await Checkpoint.save(directory, await at(1), js(options))())).toHaveLength(4)
    expect(E.isLeft(await Checkpoint.load(directory, js(undefined))())).toBe(true)
    expect(names()).toEqual(['file'])
  })
})
