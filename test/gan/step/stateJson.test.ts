/** A state as text: to its bits and back, and whatever else may come in its place. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import * as E from '#fp-ts/Either'
import { Gan, Issue, Net, Opt, treeLeaves, treeMap } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { fromBase64, lettersFor, toBase64 } from '../../../src/gan/step/base64.ts'
import { chance, anyValue } from '../../exports/values.ts'
import { bits, compiled, leftOf, pathsOf, points, rightOf, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x
const spec = smallSpec(
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 })),
  Gan.withAverage({ decay: 0.9, statistics: 'average' })
)
const read = (text: unknown, of = spec) => Gan.stateFromJson(of, js(text))
const bytes = (state: Gan.State) =>
  treeLeaves(state).map(({ data }) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])

describe('base64', () => {
  it('is Node’s own, of any bytes, and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        const text = toBase64(data)
        expect(text).toBe(Buffer.from(data).toString('base64'))
        expect(text.length).toBe(lettersFor(data.length))
        expect(fromBase64(text, data.length)).toEqual(data)
        expect(fromBase64(text, data.length + 3)).toBeUndefined()
        if (data.length % 3 !== 0) expect(fromBase64(text, data.length + 1)).toBeUndefined()
      })
    )
    const large = Uint8Array.from({ length: 60_001 }, (_, i) => i)
    expect(fromBase64(toBase64(large), 60_001)).toEqual(large)
    expect(toBase64(large.subarray(1, 4))).toBe('AQID')
    expect(fromBase64('AQ*D', 3)).toBeUndefined()
  })
})

describe('a state as text', () => {
  it('has every bit: NaN, infinities, -0 and the smallest numbers', async () => {
    const { state } = await trained(spec, { steps: 3 })
    const special = [NaN, Infinity, -Infinity, -0, 2 ** -149, 3.4028234663852886e38]
    let i = 0
    const strange = treeMap(
      (x: Tensor) => (x.dtype === 'float32' ? { ...x, data: x.data.map(() => special[i++ % 6]!) } : x),
      state
    )
    for (const one of [state, strange]) {
      const again = rightOf(read(Gan.stateToJson(one)))
      expect(bytes(again)).toEqual(bytes(one))
      expect(again).toEqual(one)
    }
  })
  it('goes on to the same bits as without it', async () => {
    const whole = await trained(spec, { steps: 6 })
    const half = await trained(spec, { steps: 3 })
    const state = rightOf(read(Gan.stateToJson(half.state)))
    expect(bits((await trained(spec, { steps: 3, state })).state)).toEqual(bits(whole.state))
  })
  it('keeps doubles', async () => {
    const { state } = await trained(spec, { steps: 2, engine: 'reference:float64' })
    expect(treeLeaves(state).some(({ data }) => data instanceof Float64Array)).toBe(true)
    expect(bytes(rightOf(read(Gan.stateToJson(state))))).toEqual(bytes(state))
  })
  it('of another spec has every difference named', async () => {
    const { state } = await trained(smallSpec(), { steps: 1 })
    const issues = leftOf(read(Gan.stateToJson(state)))
    expect(issues.every(({ _tag, actual }) => _tag === 'BadState' && actual === 'nothing')).toBe(true)
    expect(new Set(pathsOf(issues).map((path) => path.split('.').slice(0, 4).join('.')))).toEqual(
      new Set(['state.averages.generator.0', 'state.averages.generator.2', 'state.players.generator.optimizer'])
    )
    const wide = { ...spec, networks: { ...spec.networks, generator: Net.dense(2, 2) } }
    const { state: own } = await trained(spec, { steps: 1 })
    for (const { expected, actual } of leftOf(read(Gan.stateToJson(own), wide)))
      expect([expected, actual]).toContain('nothing')
    const narrow = Net.serial(Net.dense(2, 4), Net.tanh, Net.dense(4, 2))
    const misfits = leftOf(read(Gan.stateToJson(own), { ...spec, networks: { ...spec.networks, generator: narrow } }))
    expect(misfits).toContainEqual(
      expect.objectContaining({
        path: ['state', 'players', 'generator', 'params', 0, 'weights'],
        expected: 'float32[2, 4]',
        actual: 'float32[2, 3]'
      })
    )
  })
  it('refuses, in words, whatever else is given', async () => {
    const step = await compiled(spec, { sampler: points })
    const text = Gan.stateToJson(await step.init(0))
    step.dispose()
    const parsed = () => JSON.parse(text)
    const edited = (edit: (all: any) => void) => {
      const all = parsed()
      edit(all)
      return JSON.stringify(all)
    }
    const next = chance(3)
    const values = Array.from({ length: 40 }, () => anyValue(next, true))
    const strange: readonly unknown[] = [
      ...values,
      '',
      '{',
      text.slice(0, -20),
      '[]',
      '{"format":"saddlepoint state 2","tensors":[]}',
      '{"format":"saddlepoint state 1"}',
      '{"format":"saddlepoint state 1","tensors":[]}',
      '{"format":"saddlepoint state 1","tensors":[1]}',
      edited((all) => all.tensors.pop()),
      edited((all) => all.tensors.push({ path: ['__proto__', 'x'], dtype: 'float32', shape: [1], data: 'AAAAAA==' })),
      edited((all) => (all.tensors[0].data = all.tensors[0].data.slice(4))),
      edited((all) => (all.tensors[0].data = '*'.repeat(all.tensors[0].data.length))),
      edited((all) => (all.tensors[0].shape = [2 ** 40])),
      edited((all) => (all.tensors[0].shape = [-1])),
      edited((all) => (all.tensors[0].dtype = 'toString')),
      edited((all) => (all.tensors[0].path = 'players')),
      edited((all) => (all.tensors[0].path = [['players']]))
    ]
    for (const given of strange) {
      const issues = leftOf(read(given))
      expect(Issue.show(issues)).toMatch(/^\d+ problems? in this training\n/)
      expect(issues.every(({ _tag }) => _tag === 'BadState')).toBe(true)
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    expect(E.isRight(read(text))).toBe(true)
    expect(E.isLeft(Gan.stateFromJson(js(undefined), text))).toBe(true)
    for (const none of [{}, [], 3, 'text', { a: 1 }, JSON.parse(JSON.stringify(rightOf(read(text))))])
      expect(() => Gan.stateToJson(js(none))).toThrow(/in Gan\.stateToJson/)
  })
})
